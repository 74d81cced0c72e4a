//! The attacker wants the person to press a button they do not see: the app in an invisible frame. RFC 9700, 4.16.
//! What stops it: `frame-ancestors 'none'`.

use anyhow::{Result, ensure};

use super::attacker::Attacker;
use browser::world::World;

pub async fn the_app_does_not_start_in_a_frame(world: World) -> Result<()> {
    let frames: String = ["/", "/auth", "/anywhere"]
        .map(|path| format!("<iframe src='{}{path}'></iframe>", world.site().url()))
        .concat();
    let attacker =
        Attacker::start(format!("{frames}<script>onload = () => document.title = 'loaded'</script>")).await?;
    world.browser.goto(attacker.url()).await?;
    world.until("every frame has loaded or was refused", "return document.title === 'loaded'").await?;
    // The app's first act, and its shell's, is to ask for its configuration.
    ensure!(world.site().calls().is_empty(), "{:?}", world.site().calls());
    Ok(())
}
