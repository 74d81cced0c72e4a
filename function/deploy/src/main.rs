//! The program behind `cargo xtask build`, `deploy`, `doctor`, `destroy` and `provider`. It takes its tools (Trunk,
//! cargo-lambda, the AWS command line, …) from the `PATH`; `cargo xtask` sets them up and puts them there.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use deploy::build::Part;
use deploy::{Options, build, destroy, doctor, provider};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what is deployed into `target`: the site and the function's archives.
    Build {
        /// Only this part.
        #[arg(value_enum)]
        part: Option<Part>,
    },
    /// Turn a stack trace of the built site into names of functions.
    ///
    /// Reads the stack trace from the standard input, as a browser's console prints it, and uses the names that
    /// `cargo xtask build` kept for the site in `target`.
    Trace,
    /// Put the app and the function on AWS, or update the deployment that is there.
    Deploy(Options),
    /// Check a deployment from outside; changes nothing.
    Doctor {
        /// The app's address, such as https://login.example.com.
        url: String,
        /// The function's own URL, which must not answer.
        #[arg(long, value_name = "URL")]
        function_url: Option<String>,
    },
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
        Command::Doctor { url, function_url } => doctor::run(&url, function_url.as_deref()),
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
