//! What the README lets people do by hand, beside the browser: the function is called with the event files.

use anyhow::{Context as _, Result, ensure};
use url::Url;
use xtask::documented;
use xtask::tools::{self, Tool};

use browser::world::World;

pub async fn the_running_function_answers_each_event_file(world: World) -> Result<()> {
    let toolbox = tools::ensure(&[Tool::CargoLambda])?;
    let port = Url::parse(&world.stack.function_url)?.port().context("it listens somewhere")?.to_string();
    for (file, status, told) in [
        ("config.json", 200, "authorize_url"),
        ("health.json", 204, ""),
        // Of this stack the app is elsewhere than in the file.
        ("token.json", 403, "origin_not_allowed"),
    ] {
        let mut invoke = documented("cargo lambda invoke function -A 127.0.0.1 --data-file");
        invoke.args([&format!("function/events/{file}"), "-P", &port]).env("PATH", toolbox.path_env());
        let output = invoke.output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{file}: {said}{}", String::from_utf8_lossy(&output.stderr));
        ensure!(said.contains(&format!("\"statusCode\":{status}")) && said.contains(told), "{file}: {said}");
    }
    ensure!(world.emulator().exchanges() == 0);
    Ok(())
}
