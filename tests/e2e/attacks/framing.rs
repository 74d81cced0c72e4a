//! The attacker wants the person to press a button that they do not see, in an invisible frame with the app (RFC 9700,
//! 4.16). Defence: `frame-ancestors 'none'`.

use anyhow::{Result, ensure};
use browser::world::World;
use stack::site::Site;

use super::attacker::Attacker;

pub async fn the_app_does_not_start_in_a_frame(world: World) -> Result<()> {
    let unprotected = world.site_without(&["content-security-policy", "x-frame-options"]).await?;
    frame(&world, &unprotected).await?;
    // The first thing that the app and its shell do is request the configuration.
    ensure!(!unprotected.calls().is_empty(), "control: even without its headers the app does not start in a frame");
    frame(&world, world.site()).await?;
    ensure!(world.site().calls().is_empty(), "{:?}", world.site().calls());
    Ok(())
}

/// Opens an attacker's page with the app in frames.
async fn frame(world: &World, site: &Site) -> Result<()> {
    let frames: String =
        ["/", "/auth", "/anywhere"].map(|path| format!("<iframe src='{}{path}'></iframe>", site.url())).concat();
    let attacker =
        Attacker::start(format!("{frames}<script>onload = () => document.title = 'loaded'</script>")).await?;
    world.browser.goto(attacker.url()).await?;
    world.until("every frame has loaded or was refused", "return document.title === 'loaded'").await
}
