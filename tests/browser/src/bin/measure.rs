//! Measures the page as on a slow phone. Takes the folder of the built site, and prints Markdown; `cargo xtask bench
//! page` runs it. It reports what a first visit loads, when the text is readable and the button works, and the time
//! from the provider's redirect to the person's name.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::Stack;
use xtask::statistics::Spread;
use xtask::tools::{self, Tool};
use xtask::workspace;

use browser::driver::{Driver, Engine};
use browser::stacks::{Setting, Stacks};
use browser::world::{LOG_IN, World};

/// The number of visits of each kind, each by a new browser.
const ROUNDS: usize = 9;

/// "Slow 4G", as in Lighthouse: latency of a round trip, 1.6 Mbit/s down and 750 kbit/s up.
const LATENCY_MS: u32 = 150;
const DOWN: u32 = 1_600_000 / 8;
const UP: u32 = 750_000 / 8;
/// The factor by which the processor is slowed down.
const SLOWER: u32 = 4;

/// Records when the awaited elements appear, in milliseconds since the navigation began, and the layout shifts until
/// then.
const WATCH: &str = r#"
    window.noted = { shift: 0 };
    const look = () => {
        const is = (name, css) => { if (!(name in noted) && document.querySelector(css)) noted[name] = performance.now(); };
        is("button", "main button:not([disabled])");
        is("name", "main .person h1");
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) noted.shift += entry.value; })
        .observe({ type: "layout-shift", buffered: true });
"#;

/// The browser's own measurements of the current page.
const READ: &str = r#"
    const page = performance.getEntriesByType("navigation")[0];
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const files = performance.getEntriesByType("resource");
    return {
        ...noted,
        text: paint ? paint.startTime : null,
        bytes: [page, ...files].reduce((sum, entry) => sum + entry.encodedBodySize, 0),
        requests: [page, ...files].filter((entry) => entry.transferSize > 0).length,
    };
"#;

/// The measurements of several visits.
struct Visits(Vec<Value>);

impl Visits {
    /// One measurement over all visits, as a table cell.
    fn cell(&self, name: &str, unit: &str) -> Result<String> {
        let numbers: Option<Vec<f64>> = self.0.iter().map(|visit| visit[name].as_f64()).collect();
        let spread = Spread::of(numbers.with_context(|| format!("a visit without {name}: {:?}", self.0))?);
        let spread = spread.context("there are no visits")?;
        // A shift is a fraction of the window; all other numbers are whole.
        let digits = if name == "shift" { 4 } else { 0 };
        let [median, low, high] = [spread.median, spread.low, spread.high].map(|number| format!("{number:.digits$}"));
        Ok(if low == high { format!("{median}{unit}") } else { format!("{median}{unit} ({low}…{high})") })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let site = std::env::args_os().nth(1).context("the folder of the site is missing")?.into();
    let log = workspace().join("target/e2e");
    let toolbox = tools::ensure(&[Tool::Chromium, Tool::CargoLambda])?;
    let driver = Driver::start(Engine::Chromium, &toolbox, &log).await?;
    let stacks = Stacks::new(toolbox, site, log);
    let stack = stacks.with(Setting::AniApi).await?;
    page(&stack, &driver).await?;
    drop(stack);
    stacks.stop().await;
    Ok(())
}

/// Makes the visits, and prints the measurements.
async fn page(stack: &Arc<Stack>, driver: &Driver) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "### The page\n")?;
    writeln!(out, "| | text to read | the button works | layout shift | requests | bytes of them |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    let mut back = Vec::new();
    for (network, is_slow) in [("this machine", false), ("slow 4G", true)] {
        let (mut first, mut returned) = (Visits(Vec::new()), Visits(Vec::new()));
        for _ in 0..ROUNDS {
            let world = World::new(Arc::clone(stack), driver).await.context("starting the browser")?;
            let visits = visit(&world, is_slow).await;
            world.browser.clone().quit().await?;
            let (visit, came_back) = visits?;
            first.0.push(visit);
            returned.0.push(came_back);
        }
        writeln!(
            out,
            "| first visit, {network} | {} | {} | {} | {} | {} |",
            first.cell("text", " ms")?,
            first.cell("button", " ms")?,
            first.cell("shift", "")?,
            first.cell("requests", "")?,
            first.cell("bytes", "")?
        )?;
        back.push((network, returned));
    }
    writeln!(out, "\n| from the provider's redirect | to the name | requests | layout shift |")?;
    writeln!(out, "| --- | --- | --- | --- |")?;
    for (network, returned) in back {
        let (name, requests, shift) =
            (returned.cell("name", " ms")?, returned.cell("requests", "")?, returned.cell("shift", "")?);
        writeln!(out, "| {network} | {name} | {requests} | {shift} |")?;
    }
    Ok(writeln!(out)?)
}

/// A first visit, followed by a login.
async fn visit(world: &World, is_slow: bool) -> Result<(Value, Value)> {
    world.on_every_page(WATCH).await?;
    if is_slow {
        let cdp = world.browser.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        let network = json!({
            "offline": false, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP,
        });
        cdp.send_raw("Network.emulateNetworkConditions", network).await?;
        cdp.send_raw("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;
    }
    world.open("/").await?;
    // The browser reports a paint only after it has happened.
    let is_there = "return 'button' in noted && performance.getEntriesByName('first-contentful-paint').length > 0";
    world.until("the button is there", is_there).await?;
    let first = world.script(READ).await?;
    world.press(LOG_IN).await?;
    world.finish().await?;
    Ok((first, world.script(READ).await?))
}
