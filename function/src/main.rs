//! Wires the function together: environment, HTTP client, secret, service, Lambda runtime.

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use function::app::App;
use function::config::{self, Config};
use function::log;
use lambda_http::{Body, BoxFuture, Error, IntoResponse, Request, Response, run, service_fn};

/// How long reading the secrets may take. Lambda gives a start 10 seconds, and says nothing of why one took longer.
const SECRET_WITHIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    log::silence_panics();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If even standard error is gone, the exit code is all that is left to say it with.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Error> {
    let variable = |name: &str| std::env::var_os(name);
    if variable("AWS_LAMBDA_RUNTIME_API").is_none() {
        Config::from_env(variable)?;
        return Err("the environment is right, but there is no Lambda: run me with `cargo lambda watch`".into());
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (config, client) = config::load(variable, SECRET_WITHIN).await?;
        let app = App::new(config, client, log::to_stdout);
        run(service_fn(async |request: Request| Ok::<_, Infallible>(AsItIs(app.handle(request).await)))).await
    })
}

/// An answer that goes out as it is: our texts are UTF-8. Of a plain response `lambda_http` would read the charset and
/// decode the text, and bring the tables of every encoding there is.
struct AsItIs(Response<Body>);

impl IntoResponse for AsItIs {
    fn into_response(self) -> BoxFuture<'static, Response<Body>> {
        Box::pin(std::future::ready(self.0))
    }
}
