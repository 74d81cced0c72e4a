//! A picture of every state, in both themes and two widths; `cargo xtask screenshots` runs this.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::json;
use stack::Stack;

use crate::driver::Driver;
use crate::states::STATES;
use crate::world::World;

/// The system themes that the app follows.
pub const THEMES: [&str; 2] = ["light", "dark"];

/// The sizes of a small phone and of a desktop window.
const SCREENS: [(u32, u32); 2] = [(320, 640), (1000, 700)];

/// Takes the pictures.
pub async fn take(stack: &Arc<Stack>, driver: &Driver, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for (name, reach) in STATES {
        let world = World::new(Arc::clone(stack), driver).await.context("starting the browser")?;
        let held = reach(&world).await.with_context(|| format!("reaching {name}"))?;
        for theme in THEMES {
            set_theme(&world, theme).await?;
            for (width, height) in SCREENS {
                set_window(&world, width, height).await?;
                let picture = world.browser.screenshot_as_png().await.with_context(|| format!("of {name}"))?;
                let file = folder.join(format!("{name}-{theme}-{width}.png"));
                fs::write(&file, picture).with_context(|| format!("writing {}", file.display()))?;
            }
        }
        eprintln!("{name}");
        world.browser.clone().quit().await.context("ending the browser")?;
        drop(held);
    }
    Ok(())
}

/// Emulates a system that prefers this theme and no motion.
pub async fn set_theme(world: &World, theme: &str) -> Result<()> {
    let features = json!({ "features": [
        { "name": "prefers-color-scheme", "value": theme },
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ] });
    world.browser.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
    Ok(())
}

/// Emulates a window of this size.
pub async fn set_window(world: &World, width: u32, height: u32) -> Result<()> {
    let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    world.browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
    Ok(())
}
