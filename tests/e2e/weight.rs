//! The size of a first visit, and its layout while it loads.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use stack::site::Call;

use browser::sessions::SESSION;
use browser::world::{LOG_IN, World};
use xtask::budget;

/// The budget for JavaScript and WebAssembly of the app together, compressed as they are stored, in bytes.
const APP: u64 = 85_000;

/// The budget for a whole first visit, in bytes.
const VISIT: u64 = 88_000;

pub async fn app_and_first_visit_are_within_their_budgets(world: World) -> Result<()> {
    first_visit(&world).await?;
    let sizes = "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])";
    let sizes = world.script(sizes).await?;
    let sizes: Vec<(String, u64)> = serde_json::from_value(sizes)?;
    let sum = |of: &dyn Fn(&str) -> bool| sizes.iter().filter(|(path, _)| of(path)).map(|(_, size)| size).sum::<u64>();
    let app = sum(&|path| path.ends_with(".wasm") || path.ends_with(".js"));
    ensure!(sizes.iter().all(|(_, size)| *size > 0), "a size is missing: {sizes:?}");
    budget::enforce("bytes of the app", app, APP)?;
    budget::enforce("bytes of a first visit", sum(&|_| true), VISIT)
}

/// Everything that the page names is requested as soon as the page is there, so that a visit takes two round trips, not
/// three or four.
pub async fn first_visit_requests_each_resource_once(world: World) -> Result<()> {
    first_visit(&world).await?;
    let asked: Vec<Call> = world.site().requests().into_iter().filter(|call| call.path != "/").collect();
    let page = "const done = arguments[0]; fetch('/').then((answer) => answer.text()).then(done)";
    let page = world.browser.execute_async(page, vec![]).await?.json().clone();
    let page = page.as_str().context("the page is not text")?;
    ensure!(asked.len() >= 7, "not styles, icon, two scripts, WebAssembly, configuration, session: {asked:?}");
    for Call { path, .. } in &asked {
        // The first script requests the session; after the first visit, that script is cached.
        let is_named = page.contains(path.as_str()) || path == SESSION;
        ensure!(is_named, "{path} is requested late: the page does not name it");
        ensure!(asked.iter().filter(|call| call.path == *path).count() == 1, "{path} is requested twice");
    }
    Ok(())
}

/// From the provider's redirect to the name, the app makes two round trips, and then the provider's own: by then the
/// configuration, which the page preloads, and the session are there, and nothing else is requested.
pub async fn return_from_the_provider_needs_only_the_page_and_the_exchange(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.site().forget();
    world.finish().await?;
    let mut asked: Vec<String> = world
        .site()
        .requests()
        .into_iter()
        .map(|call| call.path.split('?').next().unwrap_or_default().to_owned())
        .collect();
    let mut expected = ["/auth", "/api/config", SESSION, "/api/token"];
    expected.sort_unstable();
    asked.sort_unstable();
    ensure!(asked == expected, "{asked:?}");
    Ok(())
}

pub async fn nothing_moves_when_the_app_replaces_the_shell(world: World) -> Result<()> {
    // The first frame is painted when the styles are loaded; the script runs before everything else.
    let look = "window.boxes = () => ['.pass', '.said', '.done', 'h1', '.quiet'].map((of) => {
            const { x, y, width, height } = document.querySelector(of).getBoundingClientRect();
            return [x, y, width, height];
        });
        window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
            .observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => {
            window.shell = document.getElementById('shell') ? boxes() : null;
        });";
    world.on_every_page(look).await?;
    for width in [360, 1000] {
        let screen = json!({ "width": width, "height": 700, "deviceScaleFactor": 1, "mobile": false });
        world.browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
        // A slow mobile network, so that the shell is visible.
        let slow =
            json!({ "offline": false, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000 });
        world.keep_no_cache().await?;
        world.browser.cdp().send_raw("Network.emulateNetworkConditions", slow).await?;
        world.open("/").await?;
        world.sees(LOG_IN).await?;
        let seen = world.script("return [shell, boxes(), shifts]").await?;
        ensure!(seen[0] != Value::Null, "the shell was not visible");
        ensure!(seen[0] == seen[1], "{width} wide: the shell's boxes are {}, the app's {}", seen[0], seen[1]);
        ensure!(seen[2] == json!([]), "{width} wide: something moved, by {}", seen[2]);
    }
    Ok(())
}

/// Opens the front page as on a first visit.
async fn first_visit(world: &World) -> Result<()> {
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    // The browser loads the icon with low priority.
    world.until_there("the icon", |world| world.site().requests().iter().any(|call| call.path.ends_with(".svg"))).await
}
