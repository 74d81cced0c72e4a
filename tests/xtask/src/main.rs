//! `cargo xtask`: every chore of this project. What needs more than the standard library is a program of its own, which is
//! compiled when its command is run, so that this one prints at once.

mod advisories;
mod bench;
mod dev;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

fn command_line() -> Command {
    Command::new("cargo xtask")
        .bin_name("cargo xtask")
        .about("Every chore of this project. Each command sets up the tools that it needs and that are missing.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(dev())
        .subcommand(yes(Command::new("test").about("Run every test")))
        .subcommand(forwarded("build", "Build what is deployed into target/: the site and the function's archives"))
        .subcommand(forwarded("trace", "Turn a stack trace of the built site into names of functions"))
        .subcommand(forwarded("bench", "Measure the function and the page, beside others that do the same"))
        .subcommand(yes(
            Command::new("screenshots").about("Take a picture of every state of the app, into target/screenshots")
        ))
        .subcommand(forwarded("provider", "Read a server's metadata and print the variables to set for it"))
        .subcommand(forwarded("deploy", "Put the app and the function on AWS, or update the deployment that is there"))
        .subcommand(forwarded("doctor", "Check a deployment from outside"))
        .subcommand(forwarded("destroy", "Delete a deployment"))
        .subcommand(setup())
}

fn dev() -> Command {
    yes(Command::new("dev"))
        .about("Run everything on this machine: the app at http://localhost:3000, the function, and an emulator")
        .arg(
            Arg::new("provider")
                .long("provider")
                .value_name("NAME,…")
                .help("Emulate these providers in place of AniAPI")
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(xtask::PROVIDERS))
                .conflicts_with("env-file"),
        )
        .arg(
            Arg::new("env-file")
                .long("env-file")
                .value_name("FILE")
                .help("Use the real provider that the variables in this file are for; .env.example shows one")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .help("The app's port; the function's is 6000 higher, and the emulators' begin 1000 higher")
                .value_parser(value_parser!(u16).range(1..=59_535))
                .default_value("3000"),
        )
}

fn setup() -> Command {
    yes(Command::new("setup"))
        .about("Set up every tool that the commands use, and say what each is for")
        .arg(Arg::new("list").long("list").help("Only list them").action(ArgAction::SetTrue))
}

fn yes(command: Command) -> Command {
    let help = "Install system packages without asking, where a tool has no other source";
    command.arg(Arg::new("yes").long("yes").help(help).action(ArgAction::SetTrue))
}

/// A command of another program, which reads its arguments itself.
fn forwarded(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .disable_help_flag(true)
        .arg(Arg::new("rest").value_name("ARGUMENTS").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true))
}

fn rest(arguments: &ArgMatches) -> Vec<String> {
    arguments.get_many::<String>("rest").into_iter().flatten().cloned().collect()
}

fn main() -> ExitCode {
    let matches = command_line().get_matches();
    let Some((name, arguments)) = matches.subcommand() else {
        return ExitCode::from(2);
    };
    if arguments.try_get_one::<bool>("yes").is_ok_and(|yes| yes == Some(&true)) {
        xtask::tools::consent::always();
    }
    let outcome = match name {
        "dev" => dev::run(&dev::Options::of(arguments)),
        "test" => test::run(),
        "screenshots" => run::screenshots(),
        "bench" => bench::run(&rest(arguments)),
        "setup" => setup::run(arguments.get_flag("list")),
        other => run::deploy(other, &rest(arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<ArgMatches, clap::Error> {
        command_line().try_get_matches_from(["xtask"].into_iter().chain(words.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_consistent() {
        command_line().debug_assert();
    }

    #[test]
    fn arguments_of_another_program_are_passed_on_as_they_are() {
        let matches = parse("deploy --dry-run ClientId=1 --help").expect("it is a command");
        let (_, arguments) = matches.subcommand().expect("it is a command");
        assert_eq!(rest(arguments), ["--dry-run", "ClientId=1", "--help"]);
    }

    #[test]
    fn wrong_arguments_are_rejected_with_a_reason() {
        for (words, reason) in [
            ("fly", "unrecognized subcommand 'fly'"),
            ("dev --provider moon", "possible values: aniapi"),
            ("dev --provider github --env-file .env", "cannot be used with"),
            ("dev --port 0", "0 is not in 1..=59535"),
            ("dev github", "unexpected argument 'github'"),
            ("test e2e", "unexpected argument 'e2e'"),
        ] {
            let error = parse(words).expect_err(words).to_string();
            assert!(error.contains(reason), "{words}: {error}");
        }
    }

    #[test]
    fn every_command_answers_help() {
        for command in command_line().get_subcommands().filter(|command| !command.is_disable_help_flag_set()) {
            let error = parse(&format!("{} --help", command.get_name())).expect_err("help is not a run");
            assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp, "{}", command.get_name());
        }
    }
}
