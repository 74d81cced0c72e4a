//! The program behind `cargo xtask dev`, which first sets up the tools and compiles this program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, value_parser};
use deploy::env_file;
use emulator::Service;
use stack::dev::{self, Options};
use stack::session::SessionMode;
use stack::{Ports, Provider};

fn main() -> ExitCode {
    let arguments = command_line().get_matches();
    match options(&arguments).and_then(dev::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command_line() -> Command {
    Command::new("stack")
        .about("Run emulators, the function and the app on this machine. Use it through `cargo xtask dev`")
        .arg(Arg::new("provider").long("provider").value_delimiter(',').default_value("aniapi"))
        .arg(Arg::new("env-file").long("env-file").value_parser(value_parser!(PathBuf)))
        .arg(Arg::new("session").long("session").value_parser(["tab", "cookie", "proxy"]))
        .arg(Arg::new("port").long("port").value_parser(value_parser!(u16)).default_value("3000"))
}

fn options(arguments: &ArgMatches) -> anyhow::Result<Options> {
    let port = *arguments.get_one::<u16>("port").unwrap_or(&3000);
    let provider = match arguments.get_one::<PathBuf>("env-file") {
        Some(file) => Provider::Elsewhere(env_file::read(file)?),
        None => {
            let names = arguments.get_many::<String>("provider").into_iter().flatten();
            let services = names.map(|name| Service::of_preset(name).ok_or(name)).collect::<Result<_, _>>();
            let services = services.map_err(|name| anyhow::anyhow!("there is no emulator for `{name}`"))?;
            // By default AniAPI is emulated, with the documented redirect URI `/auth`.
            let own_redirect_uris = arguments.value_source("provider") == Some(ValueSource::CommandLine);
            Provider::Emulated { services, own_redirect_uris }
        }
    };
    let flag = arguments.get_one::<String>("session").and_then(|name| SessionMode::named(name));
    let session = flag.map_or_else(|| dev::session_of(&provider), Ok)?;
    Ok(Options { ports: Ports::from(port), provider, session })
}
