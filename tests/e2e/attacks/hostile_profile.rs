//! The attacker wants to run script in the app, and has a name or a picture at the provider, or is the provider.
//! RFC 10017, 5.1. What stops it: what comes from outside is shown as text, a picture must be one, and the policy runs
//! no inline script.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::aniapi::{Endpoint, Fault};

use crate::world::World;

pub async fn what_a_profile_says_is_text_and_nothing_else(world: World) -> Result<()> {
    let name = "<img src=x onerror=wasRun=1><script>wasRun=1</script>{{7*7}}${7*7}\u{202e}";
    world.log_in().await?;
    for avatar in [
        "javascript:wasRun=1",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='wasRun=1'/>",
        "\" onerror=\"wasRun=1",
        "//evil.example/x.png",
        "http://evil.example/x.png",
        "file:///etc/passwd",
        "",
    ] {
        let body = json!({ "status_code": 200, "data": { "username": name, "avatar": avatar, "role": 2 } }).to_string();
        let headers = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "authorization")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        world.emulator().misbehave(Endpoint::Profile, Fault::Raw { status: 200, headers, body: body.into_bytes() });
        world.browser.refresh().await?;
        world.is_greeted().await?;
        ensure!(world.script("return document.querySelector('main h1').textContent").await? == name);
        ensure!(
            world.script("return document.querySelectorAll('main img, main script').length").await? == 0,
            "{avatar}"
        );
        ensure!(world.script("return window.wasRun === undefined").await? == true, "{avatar}");
    }
    Ok(())
}
