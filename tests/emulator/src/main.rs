//! An emulator as a program, for trying a login by hand. Default: AniAPI.

use std::io::ErrorKind;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use emulator::{Emulator, Options, PEOPLE, Service, Tokens, loopback_listeners};

const USAGE: &str = "\
Usage: cargo run -p emulator [-- OPTIONS]

  --port PORT          the port on loopback addresses, 0 for any free one; default: 4000
  --provider ID        the preset to emulate; default: aniapi
  --redirect-uri URI   the client's registered redirect URI; default: http://localhost:3000/auth
  --access-token-s N   the lifetime of access tokens in seconds; default: the service's
  --refresh BOOL       whether logins get refresh tokens; default: as at the service
  --rotate BOOL        whether each renewal replaces the refresh token; default: as at the service
  --help               print this text

AniAPI itself issues no refresh tokens. To change the token settings of a running emulator, and to reset it:

  curl -X PUT http://localhost:4000/_emulator -d '{\"access_token_s\":60,\"refresh\":true,\"rotate\":true}'
  curl -X DELETE http://localhost:4000/_emulator
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
            anyhow!("port {port} is in use; stop the other program, or choose another port with --port")
        }
        _ => anyhow!("cannot listen on port {port}: {error}"),
    })?;
    let emulator = Emulator::start_on(listeners, options).await?;

    say(&greeting(&emulator));
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    emulator.stop().await;
    Ok(())
}

/// The port and the options, or `None` for `--help`.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<Option<(u16, Options)>> {
    let mut port = 4000;
    let mut service = Service::AniApi;
    let mut redirect_uri = None;
    let mut tokens = Tokens::default();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match word.as_str() {
            "--port" => port = parsed(&value()?, "a port")?,
            "--provider" => {
                let id = value()?;
                service = Service::of_preset(&id).with_context(|| {
                    format!("not a provider: {id:?}; one of {}", Service::ALL.map(Service::id).join(", "))
                })?;
            }
            "--redirect-uri" => redirect_uri = Some(value()?),
            "--access-token-s" => tokens.access_token_s = Some(parsed(&value()?, "a number of seconds")?),
            "--refresh" => tokens.refresh = Some(parsed(&value()?, "true or false")?),
            "--rotate" => tokens.rotate = Some(parsed(&value()?, "true or false")?),
            "--help" | "-h" => return Ok(None),
            _ => bail!("unknown option {word:?}; --help lists the options"),
        }
    }
    let defaults = Options::of(service);
    let redirect_uri = redirect_uri.unwrap_or_else(|| defaults.redirect_uri.clone());
    Ok(Some((port, Options { redirect_uri, tokens, ..defaults })))
}

fn parsed<T: FromStr>(value: &str, what: &str) -> Result<T> {
    value.parse().map_err(|_| anyhow!("not {what}: {value:?}"))
}

fn greeting(emulator: &Emulator) -> String {
    let url = emulator.url();
    let service = emulator.service();
    let (id, secret) = service.client();
    let people: String =
        PEOPLE.iter().map(|person| format!("                 {} / {}\n", person.email, person.password)).collect();
    let more: String = [("revoke", emulator.revoke_url()), ("log out", emulator.logout_url())]
        .into_iter()
        .filter_map(|(name, url)| Some(format!("{name:<16} {}\n", url?)))
        .collect();
    format!(
        "\
The {} emulator is at {url}

client id        {id}
client secret    {secret}
redirect URI     {}
authorize        {}
token            {}
profile          {}
API              {}/echo/…
{more}demo logins
{people}
Break it:        curl -X PUT {url}/_emulator/fault -d '{{\"at\":\"token\",\"fault\":\"delay\",\"ms\":3000}}'
Short tokens:    curl -X PUT {url}/_emulator -d '{{\"access_token_s\":60}}'
Reset it:        curl -X DELETE {url}/_emulator
End it:          Ctrl-C
",
        service.name(),
        emulator.redirect_uri(),
        emulator.authorize_url(),
        emulator.token_url(),
        emulator.profile_url(),
        emulator.api_url(),
    )
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn say(text: &str) {
    print!("{text}");
}
