//! The program behind `cargo xtask build`, `trace`, `deploy`, `doctor`, `rollback`, `rotate-session-key`, `destroy` and
//! `provider`. It finds its tools (Trunk, cargo-lambda, the AWS command line, …) on the `PATH`; `cargo xtask` installs
//! them and puts them there.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use deploy::build::Part;
use deploy::{Options, build, destroy, doctor, provider, rollback, rotate};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site and the function's archives into `target`.
    Build {
        /// Build only this part.
        #[arg(value_enum)]
        part: Option<Part>,
    },
    /// Turn a stack trace of the built site into names of functions.
    ///
    /// Reads a stack trace from standard input, as a browser's console prints it, and uses the names that `cargo xtask
    /// build` kept for the site in `target`.
    Trace,
    /// Deploy the app and the function to AWS, or update the deployment.
    Deploy(Options),
    /// Check a deployment from outside; changes nothing.
    Doctor {
        /// The app's address, such as https://login.example.com.
        url: String,
        /// The function's own URL, which must reject requests.
        #[arg(long, value_name = "URL")]
        function_url: Option<String>,
        /// The distribution's own host, if the app's name does not resolve to it yet.
        #[arg(long, value_name = "HOST")]
        through: Option<String>,
    },
    /// Go back to the version of the function before the live one, with its settings and secrets, in seconds.
    ///
    /// The site stays as it is. The next `cargo xtask deploy` makes the newest version live again.
    Rollback(rollback::Options),
    /// Replace the session key, one step at a time, without signing anyone out.
    ///
    /// There are three steps: every instance gets the new key; the new key encrypts; after as many days as a session
    /// can last, the old key is removed. Each run does the next step and reports when to run the command again.
    RotateSessionKey(rotate::Options),
    /// Delete a deployment, after asking.
    Destroy(destroy::Options),
    /// Read a server's metadata and print the variables to set for it.
    Provider {
        /// The issuer's URL, such as https://login.example.com.
        issuer: String,
    },
}

fn main() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Build { part } => build::run(part),
        Command::Trace => build::trace(),
        Command::Deploy(options) => deploy::run(options.into()),
        Command::Doctor { url, function_url, through } => {
            doctor::run(&url, function_url.as_deref(), through.as_deref())
        }
        Command::Rollback(options) => rollback::run(&options),
        Command::RotateSessionKey(options) => rotate::run(&options),
        Command::Destroy(options) => destroy::run(&options),
        Command::Provider { issuer } => provider::run(&issuer),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
