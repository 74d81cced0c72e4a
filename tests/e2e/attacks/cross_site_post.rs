//! The attacker wants the function to exchange a code for a page of theirs, or to use up the exchanges that the
//! provider allows us, by a POST from another site (RFC 10017, 6.1.3.3). Defence: `Origin` must be one of ours, the
//! body must be JSON, and there are no CORS headers.

use anyhow::{Result, ensure};

use super::attacker::Attacker;
use browser::world::{PERSON, World};

pub async fn cross_site_post_never_reaches_the_provider(world: World) -> Result<()> {
    let target = format!("{}/api/token", world.site().url());
    let code = world.emulator().issue_code(PERSON);
    let redirect_uri = format!("{}/auth", world.site().url());
    let body = format!(r#"{{"provider":"aniapi","code":"{code}","redirect_uri":"{redirect_uri}"}}"#);
    let fetch = |mode: &str, media_type: &str| {
        format!(
            "fetch('{target}', {{ method: 'POST', mode: '{mode}', body: '{body}', headers: {{ 'content-type': '{media_type}' }} }})
                .then(() => document.title = 'answered', () => document.title = 'failed')"
        )
    };
    let form = format!(
        "<form method=post enctype=text/plain action='{target}'><input name='{}' value='\"}}'></form>",
        body.trim_end_matches("\"}").replace('"', "&quot;")
    );
    let sandboxed =
        format!("<script>{}</script>", fetch("no-cors", "text/plain").replace("document.title", "parent.x"));
    for (how, page, posts) in [
        ("a form", format!("{form}<script>document.forms[0].submit()</script>"), 1),
        ("fetch without CORS", format!("<script>{}</script>", fetch("no-cors", "text/plain")), 1),
        // The preflight response gives no permission, so the request is never made.
        ("fetch with CORS", format!("<script>{}</script>", fetch("cors", "application/json")), 0),
        (
            "a sandboxed frame",
            format!("<iframe sandbox='allow-scripts' srcdoc=\"{}\"></iframe>", sandboxed.replace('"', "&quot;")),
            1,
        ),
    ] {
        world.site().forget();
        let attacker = Attacker::start(page).await?;
        world.browser.goto(attacker.url()).await?;
        world.until_there(how, |world| !world.site().calls().is_empty()).await?;
        let calls = world.site().calls();
        ensure!(world.site().exchanges() == posts, "{how}: {calls:?}");
        for call in calls {
            let origin = call.headers.get("origin").map(|origin| origin.to_str().unwrap_or_default().to_owned());
            let is_foreign = origin.as_deref() == Some("null") || origin.as_deref() == Some(attacker.url());
            ensure!(is_foreign, "{how}: {origin:?}");
        }
    }
    ensure!(world.emulator().exchanges() == 0, "a code was exchanged for another site");
    Ok(())
}
