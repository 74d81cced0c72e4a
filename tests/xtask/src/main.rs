//! `cargo xtask`: the development tasks of this project. Commands that need more than the standard library are separate
//! programs, which are compiled when they are run, so that this one starts at once.

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
        .about("The development tasks of this project. Each command sets up the tools that it needs.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(dev())
        .subcommand(yes(Command::new("test").about("Run every test")))
        .subcommand(forwarded("build", "Build the site and the function's archives into target/"))
        .subcommand(forwarded("trace", "Resolve the function names in a stack trace of the built site"))
        .subcommand(forwarded("bench", "Measure the function and the page, and compare them with alternatives"))
        .subcommand(yes(
            Command::new("screenshots").about("Take screenshots of every state of the app into target/screenshots")
        ))
        .subcommand(forwarded("provider", "Print the variables for a server, from its metadata"))
        .subcommand(forwarded("deploy", "Deploy the app and the function to AWS, or update a deployment"))
        .subcommand(forwarded("doctor", "Check a deployment from outside"))
        .subcommand(forwarded("rollback", "Go back to the version of the function before the live one"))
        .subcommand(forwarded("rotate-session-key", "Replace a deployment's session key, one step at a time"))
        .subcommand(forwarded("destroy", "Delete a deployment"))
        .subcommand(setup())
}

fn dev() -> Command {
    yes(Command::new("dev"))
        .about("Run the app at http://localhost:3000, with the function and an emulated provider")
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
                .help("Use the real provider configured by the variables in this file; see .env.example")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(
            Arg::new("session")
                .long("session")
                .value_name("MODE")
                .help("Where sessions are kept: in each tab, in a cookie, or in a cookie with API calls through the function [default: OAUTH_SESSION in the file, or cookie]")
                .value_parser(["tab", "cookie", "proxy"]),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .help("The app's port; the function uses this port plus 6000, emulators start at plus 1000, and redirect URIs are adapted")
                .value_parser(value_parser!(u16).range(1..=59_535))
                .default_value("3000"),
        )
}

fn setup() -> Command {
    yes(Command::new("setup"))
        .about("Set up every tool that the commands use, and list their purposes")
        .arg(Arg::new("list").long("list").help("Only list the tools").action(ArgAction::SetTrue))
}

fn yes(command: Command) -> Command {
    let help = "Install system packages without asking, if a tool has no other source";
    command.arg(Arg::new("yes").long("yes").help(help).action(ArgAction::SetTrue))
}

/// A command of another program, which parses its own arguments.
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
    fn arguments_of_other_programs_are_forwarded_unchanged() {
        let matches = parse("deploy --dry-run MemorySize=512 --help").expect("the command is valid");
        let (_, arguments) = matches.subcommand().expect("there is a subcommand");
        assert_eq!(rest(arguments), ["--dry-run", "MemorySize=512", "--help"]);
    }

    #[test]
    fn wrong_arguments_are_rejected_with_a_reason() {
        for (words, reason) in [
            ("fly", "unrecognized subcommand 'fly'"),
            ("dev --provider moon", "possible values: aniapi"),
            ("dev --provider github --env-file .env", "cannot be used with"),
            ("dev --session moon", "possible values: tab, cookie, proxy"),
            ("dev --port 0", "0 is not in 1..=59535"),
            ("dev github", "unexpected argument 'github'"),
            ("test e2e", "unexpected argument 'e2e'"),
        ] {
            let error = parse(words).expect_err(words).to_string();
            assert!(error.contains(reason), "{words}: {error}");
        }
    }

    #[test]
    fn every_command_has_help() {
        for command in command_line().get_subcommands().filter(|command| !command.is_disable_help_flag_set()) {
            let error = parse(&format!("{} --help", command.get_name())).expect_err("help ends the parsing");
            assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp, "{}", command.get_name());
        }
    }
}
