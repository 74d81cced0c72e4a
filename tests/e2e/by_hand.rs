//! What the documents show for running by hand, without a browser: calling the function with the event files.

use anyhow::{Context as _, Result, ensure};
use url::Url;
use xtask::documented;
use xtask::tools::{self, Tool};

use browser::world::World;

pub async fn the_running_function_answers_each_event_file(world: World) -> Result<()> {
    let toolbox = tools::ensure(&[Tool::CargoLambda])?;
    let port = Url::parse(&world.stack.function_url)?.port().context("the function's address has no port")?.to_string();
    for (file, status, text) in [
        ("config.json", 200, "authorize_url"),
        ("health.json", 204, ""),
        // In this stack, the app's origin is not the one in the file.
        ("token.json", 403, "origin_not_allowed"),
    ] {
        let mut invoke = documented("cargo lambda invoke function -A 127.0.0.1 --data-file");
        invoke.args([&format!("function/events/{file}"), "-P", &port]).env("PATH", toolbox.path_env());
        let output = invoke.output()?;
        let response = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{file}: {response}{}", String::from_utf8_lossy(&output.stderr));
        ensure!(
            response.contains(&format!("\"statusCode\":{status}")) && response.contains(text),
            "{file}: {response}"
        );
    }
    ensure!(world.emulator().exchanges() == 0);
    Ok(())
}
