//! `cargo xtask`: every chore of this project, in Rust.

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use tests::tools;
use tests::usage::Usage;

const HELP: &str = "\
usage: cargo xtask <command>

commands:
  dev                       run everything on this machine: http://localhost:3000
      --provider <name>     with emulators of these in AniAPI's place: aniapi, anilist, github, myanimelist, oauth2;
                            several with commas
      --env-file <file>     with the real provider that the file is for
  test                      run every test
  build [site|function]     make the release artefacts in target/
  bench [function|page]     measure it, beside others that do the same; prints Markdown
  screenshots               take a picture of every state the app can be in, into target/screenshots
  provider <issuer>         read what a server says of itself, and print the variables to set for it
  deploy [Parameter=value…] put both on AWS, or bring what is there up to date
      --dry-run             only say what would happen
      --secret-stdin        with a new secret, from the standard input
      --stack <name>, --region <name>
  doctor <address>          look at a deployment from outside
      --function-url <address>
                            and at the function's own address, which should answer nobody
  destroy                   take a deployment away
      --yes                 without asking
      --stack <name>, --region <name>
  setup                     only set up the tools that the commands use

Each command first sets up the tools that it needs and that are missing.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Err(error) = run(&arguments) else {
        return ExitCode::SUCCESS;
    };
    if error.is::<Usage>() {
        eprintln!("{error}\n\n{HELP}");
        return ExitCode::from(2);
    }
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Usage("which command?".to_owned()).into());
    };
    match command.as_str() {
        "dev" => tests::dev::run(rest),
        "test" => tests::check::run(rest),
        "build" => tests::artefacts::run(rest),
        "bench" => tests::bench::run(rest),
        "screenshots" => tests::screenshots::run(rest),
        "provider" => tests::provider::run(rest),
        "deploy" => tests::deploy::run(rest),
        "doctor" => tests::deploy::doctor::run(rest),
        "destroy" => tests::deploy::destroy::run(rest),
        "setup" if rest.is_empty() => tools::ensure(tools::TEST).map(drop),
        "help" | "--help" | "-h" => {
            eprint!("{HELP}");
            Ok(())
        }
        other => Err(Usage(format!("no command `{other}`")).into()),
    }
}
