//! The attacker wants the login to end on a page of theirs, which looks like the app: a place to come back to that is
//! none of this app's. RFC 9700, 4.11. What stops it: only a path of this app is kept, and it is checked again when it
//! is read; and no parameter of an address says where to go.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn an_address_that_names_another_place_is_only_an_address(world: World) -> Result<()> {
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

pub async fn a_place_that_was_tampered_with_is_not_gone_to(world: World) -> Result<()> {
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
