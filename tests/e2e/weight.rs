//! How heavy a first visit is, and what it looks like while it comes.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use stack::site::Call;

use browser::world::{LOG_IN, World};
use xtask::budget;

/// The most that JavaScript and WebAssembly of the app may weigh together, compressed as they are stored: bytes.
const APP: u64 = 70_500;

/// The most that all of a first visit may weigh: bytes.
const VISIT: u64 = 73_500;

pub async fn the_app_and_a_first_visit_weigh_no_more_than_they_may(world: World) -> Result<()> {
    first_visit(&world).await?;
    let sizes = "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])";
    let sizes = world.script(sizes).await?;
    let sizes: Vec<(String, u64)> = serde_json::from_value(sizes)?;
    let sum = |of: &dyn Fn(&str) -> bool| sizes.iter().filter(|(path, _)| of(path)).map(|(_, size)| size).sum::<u64>();
    let app = sum(&|path| path.ends_with(".wasm") || path.ends_with(".js"));
    ensure!(sizes.iter().all(|(_, size)| *size > 0), "a size is not told: {sizes:?}");
    budget::enforce("bytes of the app", app, APP)?;
    budget::enforce("bytes of a first visit", sum(&|_| true), VISIT)
}

/// What the page names is asked for as soon as the page is there: so a visit takes two rounds, not three or four.
pub async fn a_first_visit_asks_once_for_all_that_the_page_names(world: World) -> Result<()> {
    first_visit(&world).await?;
    let asked: Vec<Call> = world.site().requests().into_iter().filter(|call| call.path != "/").collect();
    let page = "const done = arguments[0]; fetch('/').then((answer) => answer.text()).then(done)";
    let page = world.browser.execute_async(page, vec![]).await?.json().clone();
    let page = page.as_str().context("the page is text")?;
    ensure!(asked.len() >= 6, "styles, icon, two scripts, WebAssembly, configuration: {asked:?}");
    for Call { path, .. } in &asked {
        ensure!(page.contains(path.as_str()), "{path} is asked for late: the page does not name it");
        ensure!(asked.iter().filter(|call| call.path == *path).count() == 1, "{path} is asked for twice");
    }
    Ok(())
}

/// Two round trips of ours from the provider's redirect to the name, then the provider's own: the configuration, which the page
/// preloads, is there by then, and nothing else is asked for.
pub async fn coming_back_takes_the_page_and_the_exchange_and_nothing_else(world: World) -> Result<()> {
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
    let mut expected = ["/auth", "/api/config", "/api/token"];
    expected.sort_unstable();
    asked.sort_unstable();
    ensure!(asked == expected, "{asked:?}");
    Ok(())
}

pub async fn nothing_moves_when_the_app_takes_the_place_of_the_shell(world: World) -> Result<()> {
    // The first frame is painted when the styles are there; the script runs before everything else.
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
        // As slow as a telephone in a train, so that the shell is seen.
        let slow =
            json!({ "offline": false, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000 });
        world.keep_no_cache().await?;
        world.browser.cdp().send_raw("Network.emulateNetworkConditions", slow).await?;
        world.open("/").await?;
        world.sees(LOG_IN).await?;
        let seen = world.script("return [shell, boxes(), shifts]").await?;
        ensure!(seen[0] != Value::Null, "the shell was not seen");
        ensure!(seen[0] == seen[1], "{width} wide: the shell's boxes are {}, the app's {}", seen[0], seen[1]);
        ensure!(seen[2] == json!([]), "{width} wide: something moved, by {}", seen[2]);
    }
    Ok(())
}

/// Opens the front page as somebody who was never here.
async fn first_visit(world: &World) -> Result<()> {
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    // The icon comes when the browser has time for it.
    world.until_there("the icon", |world| world.site().requests().iter().any(|call| call.path.ends_with(".svg"))).await
}
