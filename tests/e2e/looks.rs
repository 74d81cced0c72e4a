//! Accessibility: each state, in both themes, checked by axe-core, measured for contrast, narrow and with large text,
//! and used by keyboard only.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, Key, TypingData};

use browser::screenshots::{THEMES, set_theme, set_window};
use browser::states::{self, STATES};
use browser::world::{LOG_IN, World};

/// The minimum contrast of a text with its background (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// Every text on the page with its contrast, as the browser renders both colours.
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

/// Elements that are wider than their place, and the page if it is wider than the window.
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
            set_theme(&world, theme).await?;
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

pub async fn every_text_has_enough_contrast_in_both_themes(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for theme in THEMES {
            set_theme(&world, theme).await?;
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

/// At 320 pixels, and with text of twice the size (WCAG 2.2, 1.4.4 and 1.4.10); there is at most one live region of
/// each kind.
pub async fn no_state_overflows_when_narrow_or_with_large_text(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for (width, size) in [(320, "100%"), (1000, "200%"), (640, "200%")] {
            set_window(&world, width, 700).await?;
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

/// A state that does not render is blank.
pub async fn every_state_is_rendered(world: World) -> Result<()> {
    states::each(&world, async |name| {
        for theme in THEMES {
            set_theme(&world, theme).await?;
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

/// The share of a picture that is not of its most frequent colour.
fn ink(picture: &[u8]) -> Result<f64> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("the picture is too large")?];
    let info = reader.next_frame(&mut pixels)?;
    let mut colours = std::collections::HashMap::<&[u8], usize>::new();
    for pixel in pixels[..info.buffer_size()].chunks(info.color_type.samples()) {
        *colours.entry(pixel).or_default() += 1;
    }
    let all: usize = colours.values().sum();
    let ground = colours.values().max().context("the picture has no pixels")?;
    Ok(1.0 - *ground as f64 / all as f64)
}

pub async fn a_person_logs_in_and_out_by_keyboard_only(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    press(&world, Key::Tab.into()).await?;
    ensure!(focused(&world).await?.contains("theme"), "the first Tab does not lead to the theme");
    press(&world, Key::Tab.into()).await?;
    ensure!(focused(&world).await?.contains(LOG_IN), "the second Tab does not lead to the login");
    press(&world, Key::Enter.into()).await?;
    world.finish().await?;
    // The heading says where they are now, and the next Tab leads to the only action.
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

pub async fn chosen_theme_is_kept(world: World) -> Result<()> {
    let ground = "return getComputedStyle(document.body).backgroundColor";
    set_theme(&world, "light").await?;
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    let light = world.script(ground).await?;
    world.find("#theme").await?.click().await?;
    let dark = world.script(ground).await?;
    ensure!(light != dark, "the theme did not change");
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script(ground).await? == dark, "the theme was not kept");
    world.find("#theme").await?.click().await?;
    ensure!(world.script(ground).await? == light, "the theme did not change back");
    Ok(())
}

pub async fn app_uses_the_persons_language(world: World) -> Result<()> {
    for (language, log_in, lang) in [("de-AT", "Mit AniAPI anmelden", "de"), ("fr", LOG_IN, "en")] {
        let speak = json!({ "userAgent": "", "acceptLanguage": language });
        world.browser.cdp().send_raw("Emulation.setUserAgentOverride", speak).await?;
        world.open("/").await?;
        world.sees(log_in).await?;
        ensure!(world.script("return document.documentElement.lang").await? == lang, "{language}");
    }
    Ok(())
}

/// The page notices that the network goes away and comes back.
pub async fn app_continues_after_being_offline(world: World) -> Result<()> {
    let network =
        |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.site().point_at("http://127.0.0.1:1");
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.is_alerted("not available right now").await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", network(true)).await?;
    world.site().point_at(&world.stack.function_url);
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", network(false)).await?;
    world.sees(LOG_IN).await
}

pub async fn request_id_can_be_copied(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "provider-down").context("there is no such state")?;
    let _held = reach(&world).await?;
    let said = world.find("[role=alert]").await?.text().await?;
    world.press("Copy the request ID").await?;
    world.sees("Copied").await?;
    // Pasted on another page, to which the site's policy does not apply.
    world.browser.goto(world.emulator().url()).await?;
    world.script("document.body.append(Object.assign(document.createElement('input'), { id: 'paste' }))").await?;
    let field = world.find("#paste").await?;
    field.send_keys(Key::Control + "v").await?;
    let pasted = field.prop("value").await?.unwrap_or_default();
    ensure!(pasted.len() > "Request ID: ".len() && said.contains(pasted.trim()), "{pasted:?} of {said:?}");
    Ok(())
}

/// After two seconds each wait has a text, and after ten a button.
pub async fn long_wait_offers_a_way_out(world: World) -> Result<()> {
    let reach = |state: &str| {
        let found = STATES.iter().find(|(name, _)| *name == state).map(|(_, reach)| *reach);
        found.with_context(|| format!("there is no state {state}"))
    };
    let held = reach("leaving")?(&world).await?;
    // The button was disabled; the press waits until it is enabled again.
    world.press(LOG_IN).await?;
    world.sees("Taking you to the login page").await?;
    drop(held);
    states::leave(&world).await?;

    let held = reach("one-moment")?(&world).await?;
    world.sees("This is taking longer than usual").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.sees(LOG_IN).await?;
    drop(held);
    states::leave(&world).await?;

    let _held = reach("loading-profile")?(&world).await?;
    world.sees("This is taking longer than usual").await?;
    world.emulator().reset();
    world.press("Reload your profile").await?;
    world.is_greeted().await
}

/// A hint for developers appears only on a developer's machine: under another name the same page does not have it.
pub async fn variables_are_named_only_to_developers(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "provider-down").context("there is no such state")?;
    let _held = reach(&world).await?;
    let hint = world.browser.find(By::Css("[role=alert] .hint")).await?.text().await?;
    ensure!(hint.contains("OAUTH_TOKEN_URL"), "{hint}");
    states::leave(&world).await?;
    let elsewhere = world.site().url().replace("//localhost", "//app.localhost");
    ensure!(elsewhere != world.site().url());
    world.browser.goto(elsewhere).await?;
    world.press(LOG_IN).await?;
    world.is_alerted("You cannot log in at this address").await?;
    let everything: Value = world.script("return document.body.textContent").await?;
    ensure!(!everything.as_str().unwrap_or_default().contains("OAUTH_"), "{everything}");
    Ok(())
}
