//! Connects the parts of the function: environment, HTTP client, secrets, service and Lambda runtime.

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use function::app::App;
use function::config::{self, Config};
use function::log;
use lambda_http::{Body, BoxFuture, Error, IntoResponse, Request, Response, run, service_fn};

/// The timeout for reading the secrets. Lambda allows 10 seconds for a start, and does not report why one took longer.
const SECRET_WITHIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    log::silence_panics();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If writing to standard error fails too, only the exit code reports the error.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Error> {
    let variable = |name: &str| std::env::var_os(name);
    if variable("AWS_LAMBDA_RUNTIME_API").is_none() {
        Config::from_env(variable)?;
        return Err(
            "the environment is valid, but this is not running in Lambda: start the function with `cargo lambda watch`"
                .into(),
        );
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (config, client) = config::load(variable, SECRET_WITHIN).await?;
        let app = App::new(config, client, log::to_stdout);
        run(service_fn(async |request: Request| Ok::<_, Infallible>(Unchanged(app.handle(request).await)))).await
    })
}

/// A response that is passed on unchanged, because our text is UTF-8. For a plain response, `lambda_http` would read
/// the charset and decode the text, which would link the tables of every encoding into the program.
struct Unchanged(Response<Body>);

impl IntoResponse for Unchanged {
    fn into_response(self) -> BoxFuture<'static, Response<Body>> {
        Box::pin(std::future::ready(self.0))
    }
}
