//! The attacker wants the login to end on a page of theirs that looks like the app, by a return path that leads to
//! another origin (RFC 9700, 4.11). Defence: only a path of this app is stored, it is checked again when it is read,
//! and no parameter of an address sets it.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn address_parameters_do_not_redirect(world: World) -> Result<()> {
    for place in
        ["/?next=https://evil.example&return_to=//evil.example&redirect=%2F%2Fevil.example", "/#//evil.example"]
    {
        world.open(place).await?;
        world.begin().await?;
        world.finish().await?;
        let url = world.browser.current_url().await?;
        ensure!(url.as_str().starts_with(&format!("{}/", world.site().url())), "at {url}");
        ensure!(world.place().await? == place, "at {url}");
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn tampered_return_path_is_ignored(world: World) -> Result<()> {
    for place in [
        "https://evil.example/",
        "//evil.example/",
        "/\\\\evil.example/",
        "/\\t/evil.example/",
        "/.//evil.example/",
        "/%2e//evil.example/",
        "/x/..//evil.example/",
        "///evil.example/",
        "\\\\\\\\evil.example/",
        "/\\n/evil.example/",
        "https:evil.example",
        "https:/evil.example/",
        "http:evil.example",
        "@evil.example/",
        ".evil.example/",
        ":80@evil.example/",
        "data:text/html,x",
        "",
        "javascript:document.title=1",
        "/auth?code=x&state=y",
        "/api/config",
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        world.open("/anywhere").await?;
        world.tamper("aniapi-login.pending.", &format!("entry.return_to = '{place}'")).await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_greeted().await?;
        let url = world.browser.current_url().await?;
        ensure!(url.as_str() == format!("{}/", world.site().url()), "{place} led to {url}");
        world.press("Log out").await?;
        world.emulator().reset();
    }
    Ok(())
}
