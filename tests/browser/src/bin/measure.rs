//! The page, timed as a person with a slow phone has it: takes the folder of the built site, and prints Markdown.
//! `cargo xtask bench page` runs it. What a first visit loads, when there is something to read and to press, and how long it is from the
//! provider's redirect to the name.

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

/// How often each visit is made, each time by a browser without a past.
const ROUNDS: usize = 9;

/// "Slow 4G", as Lighthouse has it: a round trip, 1.6 Mbit/s down and 750 kbit/s up.
const LATENCY_MS: u32 = 150;
const DOWN: u32 = 1_600_000 / 8;
const UP: u32 = 750_000 / 8;
/// How much slower the processor is made.
const SLOWER: u32 = 4;

/// Notes when what is waited for is there, in milliseconds since the navigation began, and what moved meanwhile.
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

/// What the browser says of the page that it shows.
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

/// One visit's numbers, as the browser has them.
struct Visits(Vec<Value>);

impl Visits {
    /// One number of each, as a cell.
    fn cell(&self, name: &str, unit: &str) -> Result<String> {
        let numbers: Option<Vec<f64>> = self.0.iter().map(|visit| visit[name].as_f64()).collect();
        let spread = Spread::of(numbers.with_context(|| format!("a visit without {name}: {:?}", self.0))?);
        let spread = spread.context("there was a visit")?;
        // A shift is a part of the window, and all else is whole.
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

/// Makes the visits and prints what they took.
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

/// A first visit, and a login from it.
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
    // The browser says when it has painted only after it has.
    let is_there = "return 'button' in noted && performance.getEntriesByName('first-contentful-paint').length > 0";
    world.until("the button is there", is_there).await?;
    let first = world.script(READ).await?;
    world.press(LOG_IN).await?;
    world.finish().await?;
    Ok((first, world.script(READ).await?))
}
