//! The AniAPI emulator as a program, for whoever wants to try a login by hand.

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator, Options, PEOPLE, loopback_listeners};

const USAGE: &str = "\
Usage: cargo run -p emulator [-- OPTIONS]

  --port PORT          where to listen, on loopback addresses only; 4000, 0 for any free one
  --redirect-uri URI   the client's registered redirect address; http://localhost:3000/auth
  --help               this text
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("emulator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let Some((port, options)) = arguments(std::env::args().skip(1))? else {
        say(USAGE);
        return Ok(());
    };

    let listeners = loopback_listeners(port).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("port {port} is taken; end what uses it or choose another with --port")
        }
        _ => anyhow!("cannot listen on port {port}: {error}"),
    })?;
    let redirect_uri = options.redirect_uri.clone();
    let emulator = Emulator::start_on(listeners, options).await?;

    say(&greeting(&emulator, &redirect_uri));
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
    emulator.stop().await;
    Ok(())
}

/// The port and the options, or nothing where the person only wants to read the usage.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<Option<(u16, Options)>> {
    let mut port = 4000;
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match word.as_str() {
            "--port" => {
                let value = value()?;
                port = value.parse().with_context(|| format!("not a port: {value:?}"))?;
            }
            "--redirect-uri" => options.redirect_uri = value()?,
            "--help" | "-h" => return Ok(None),
            _ => bail!("unknown option {word:?}; --help tells the known ones"),
        }
    }
    Ok(Some((port, options)))
}

fn greeting(emulator: &Emulator, redirect_uri: &str) -> String {
    let url = emulator.url();
    let people: String =
        PEOPLE.iter().map(|person| format!("                 {} / {}\n", person.email, person.password)).collect();
    format!(
        "\
The AniAPI emulator is at {url}

client id        {CLIENT_ID}
client secret    {CLIENT_SECRET}
redirect URI     {redirect_uri}
authorize        {}
token            {}
profile          {}
demo logins
{people}
Break it:        curl -X PUT {url}/_emulator/fault -d '{{\"at\":\"token\",\"fault\":\"delay\",\"ms\":3000}}'
Mend it:         curl -X DELETE {url}/_emulator
End it:          Ctrl-C
",
        emulator.authorize_url(),
        emulator.token_url(),
        emulator.profile_url(),
    )
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn say(text: &str) {
    print!("{text}");
}
