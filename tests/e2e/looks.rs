//! For everyone: each state, in both themes, looked at by axe-core, measured for contrast, made large and made narrow,
//! and gone through by keyboard alone.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, Key, TypingData};

use browser::screenshots::{THEMES, sit_at, wear};
use browser::states::{self, STATES};
use browser::world::{LOG_IN, World};

/// The least contrast of a text with what it stands on (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// Every text on the page with its contrast, as the browser draws both.
const CONTRASTS: &str = r#"
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (color) => {
        const [r, g, b] = color.slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        const color = rgb(getComputedStyle(element).backgroundColor);
        return color[3] === 255 ? color : ground(element.parentElement);
    };
    const texts = [...document.querySelectorAll("body *")]
        .filter((element) => !element.closest("noscript, [disabled]"))
        .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    return texts.map((element) => {
        const [one, other] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
        return [element.textContent, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
    });
"#;

/// What is wider than its place, or than the window.
const TOO_WIDE: &str = r#"
    const isCut = (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
    const wide = [...document.querySelectorAll("main, main *")].filter(isCut).map((element) => element.textContent);
    const page = document.documentElement;
    return page.scrollWidth > page.clientWidth ? [...wide, "the page itself"] : wide;
"#;

pub async fn axe_finds_nothing_in_any_state(world: World) -> Result<()> {
    let axe = world.axe()?;
    states::each(&world, async |name| {
        for theme in THEMES {
            wear(&world, theme).await?;
            let run = format!(
                "{axe}; const done = arguments[0];
                 axe.run({{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})
                    .then((found) => done(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)])));"
            );
            let found = world.browser.execute_async(run, vec![]).await?.json().clone();
            ensure!(found == json!([]), "{name}, {theme}: {found}");
        }
        Ok(())
    })
    .await
}

pub async fn every_text_can_be_read_in_both_themes(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for theme in THEMES {
            wear(&world, theme).await?;
            let texts: Vec<(String, f64)> = serde_json::from_value(world.script(CONTRASTS).await?)?;
            ensure!(texts.len() >= 2, "{name}: {texts:?}");
            for (text, contrast) in texts {
                ensure!(contrast >= CONTRAST, "{name}, {theme}: {text:?} has a contrast of {contrast:.2}");
            }
        }
        Ok(())
    })
    .await
}

/// At 320 pixels, and at twice the size of text (WCAG 2.2, 1.4.4 and 1.4.10); and each thing is announced by one region.
pub async fn no_state_breaks_when_it_is_narrow_or_its_text_is_large(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for (width, size) in [(320, "100%"), (1000, "200%"), (640, "200%")] {
            sit_at(&world, width, 700).await?;
            world.script(&format!("document.documentElement.style.fontSize = '{size}'")).await?;
            let wide = world.script(TOO_WIDE).await?;
            ensure!(wide == json!([]), "{name}, {width} wide, text of {size}: {wide}");
        }
        let regions = "return ['alert', 'status'].map((role) => document.querySelectorAll(`[role=${role}]`).length)";
        let regions: Vec<u64> = serde_json::from_value(world.script(regions).await?)?;
        ensure!(regions.iter().all(|number| *number <= 1), "{name}: {regions:?}");
        Ok(())
    })
    .await
}

/// A state that no longer renders is a heading without ink.
pub async fn every_state_shows_what_it_says(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for theme in THEMES {
            wear(&world, theme).await?;
            for part in ["h1", ".said", ".done"] {
                let picture = world.find(part).await?.screenshot_as_png().await?;
                let drawn = ink(&picture).with_context(|| format!("the picture of {part} in {name}"))?;
                ensure!((0.005..0.9).contains(&drawn), "{name}, {theme}: {drawn:.4} of {part} is drawn on");
            }
        }
        let title = world.script("return [document.title, document.querySelector('h1').textContent]").await?;
        ensure!(title[0] == title[1] && title[0] != "", "{name}: {title}");
        Ok(())
    })
    .await
}

/// How much of a picture is not of its most frequent colour.
fn ink(picture: &[u8]) -> Result<f64> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("it is small")?];
    let info = reader.next_frame(&mut pixels)?;
    let mut colours = std::collections::HashMap::<&[u8], usize>::new();
    for pixel in pixels[..info.buffer_size()].chunks(info.color_type.samples()) {
        *colours.entry(pixel).or_default() += 1;
    }
    let all: usize = colours.values().sum();
    let ground = colours.values().max().context("it has pixels")?;
    Ok(1.0 - *ground as f64 / all as f64)
}

pub async fn a_person_logs_in_and_out_by_keyboard_alone(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    press(&world, Key::Tab.into()).await?;
    ensure!(focused(&world).await?.contains("theme"), "the first is the theme");
    press(&world, Key::Tab.into()).await?;
    ensure!(focused(&world).await?.contains(LOG_IN), "then the login");
    press(&world, Key::Enter.into()).await?;
    world.finish().await?;
    // The heading says where they are now, and the next step is the one thing that they can do.
    world.until("the heading has the focus", "return document.activeElement.tagName === 'H1'").await?;
    press(&world, Key::Tab.into()).await?;
    ensure!(focused(&world).await?.contains("Log out"), "{}", focused(&world).await?);
    press(&world, Key::Enter.into()).await?;
    world.sees(LOG_IN).await?;
    world.until("the heading has the focus", "return document.activeElement.tagName === 'H1'").await
}

async fn press(world: &World, key: TypingData) -> Result<()> {
    Ok(world.browser.action_chain().send_keys(key).perform().await?)
}

async fn focused(world: &World) -> Result<String> {
    let focused = world.script("return document.activeElement.outerHTML").await?;
    Ok(focused.as_str().unwrap_or_default().to_owned())
}

pub async fn a_theme_that_was_chosen_stays(world: World) -> Result<()> {
    let ground = "return getComputedStyle(document.body).backgroundColor";
    wear(&world, "light").await?;
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    let light = world.script(ground).await?;
    world.find("#theme").await?.click().await?;
    let dark = world.script(ground).await?;
    ensure!(light != dark, "nothing became dark");
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script(ground).await? == dark, "it is light again");
    world.find("#theme").await?.click().await?;
    ensure!(world.script(ground).await? == light, "and back");
    Ok(())
}

pub async fn a_person_reads_their_own_language(world: World) -> Result<()> {
    for (language, log_in, lang) in [("de-AT", "Mit AniAPI anmelden", "de"), ("fr", LOG_IN, "en")] {
        let speak = json!({ "userAgent": "", "acceptLanguage": language });
        world.browser.cdp().send_raw("Emulation.setUserAgentOverride", speak).await?;
        world.open("/").await?;
        world.sees(log_in).await?;
        ensure!(world.script("return document.documentElement.lang").await? == lang, "{language}");
    }
    Ok(())
}

/// Slow is said, and there is a way out; the network going away and coming back is noticed.
pub async fn whoever_comes_back_from_being_offline_goes_on(world: World) -> Result<()> {
    let network =
        |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.site().point_at("http://127.0.0.1:1");
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.is_alerted("not answering properly").await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", network(true)).await?;
    world.site().point_at(&world.stack.function_url);
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", network(false)).await?;
    world.sees(LOG_IN).await
}

pub async fn the_number_of_a_request_can_be_copied(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "provider-down").context("there is such a state")?;
    let _held = reach(&world).await?;
    let said = world.find("[role=alert]").await?.text().await?;
    world.press("Copy the number").await?;
    world.sees("Copied").await?;
    // Pasted where the site's own policy does not hold.
    world.browser.goto(world.emulator().url()).await?;
    world.script("document.body.append(Object.assign(document.createElement('input'), { id: 'paste' }))").await?;
    let field = world.find("#paste").await?;
    field.send_keys(Key::Control + "v").await?;
    let pasted = field.prop("value").await?.unwrap_or_default();
    ensure!(pasted.len() > "Request ".len() && said.contains(pasted.trim()), "{pasted:?} of {said:?}");
    Ok(())
}

/// Each wait has a word after two seconds, and after ten something to press.
pub async fn whoever_waits_too_long_has_a_way_out(world: World) -> Result<()> {
    let reach = |state: &str| {
        let found = STATES.iter().find(|(name, _)| *name == state).map(|(_, reach)| *reach);
        found.with_context(|| format!("there is no state {state}"))
    };
    let held = reach("leaving")?(&world).await?;
    // It was off; a press waits until it is on again.
    world.press(LOG_IN).await?;
    world.sees("Going to the login page").await?;
    drop(held);
    states::leave(&world).await?;

    let held = reach("one-moment")?(&world).await?;
    world.sees("This takes longer than usual").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.sees(LOG_IN).await?;
    drop(held);
    states::leave(&world).await?;

    let _held = reach("loading-profile")?(&world).await?;
    world.sees("This takes longer than usual").await?;
    world.emulator().reset();
    world.press("Load the profile again").await?;
    world.is_greeted().await
}

/// A hint for whoever sets the app up is for them alone: elsewhere the very same page does not have it.
pub async fn only_whoever_sets_the_app_up_reads_of_variables(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "provider-down").context("there is such a state")?;
    let _held = reach(&world).await?;
    let hint = world.browser.find(By::Css("[role=alert] .hint")).await?.text().await?;
    ensure!(hint.contains("OAUTH_TOKEN_URL"), "{hint}");
    states::leave(&world).await?;
    let elsewhere = world.site().url().replace("//localhost", "//app.localhost");
    ensure!(elsewhere != world.site().url());
    world.browser.goto(elsewhere).await?;
    world.press(LOG_IN).await?;
    world.is_alerted("This address is not registered for logging in").await?;
    let everything: Value = world.script("return document.body.textContent").await?;
    ensure!(!everything.as_str().unwrap_or_default().contains("OAUTH_"), "{everything}");
    Ok(())
}
