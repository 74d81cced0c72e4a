//! Browsers and their drivers, for the tests.

use std::env;
use std::env::consts::OS;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::progress::{say, step};
use super::search::{is_program, on_path};
use super::toolbox::Found;
use super::version::Version;
use super::{debian, install, table};

const CHROMIUMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROME_ON_A_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const ADVICE: &str = "install Chromium (or Chrome) and the chromedriver of the same major version, on the PATH or in \
                      the variables CHROME and CHROMEDRIVER";

const FIREFOXES: [&str; 2] = ["firefox", "firefox-esr"];
const FIREFOX_ON_A_MAC: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// WebKit's browser for tests, which is not on the `PATH`, in Debian and other systems.
const MINI_BROWSERS: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
];

/// Finds Chromium, or installs Debian's. The tests require it.
pub(super) fn chromium() -> Result<Found> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    if env::var_os("CHROME").is_some() || env::var_os("CHROMEDRIVER").is_some() {
        say("chromium", "CHROME and CHROMEDRIVER are not a matching pair");
    }
    step("chromium", "installing Debian's package and its driver", || {
        debian::apt_install("chromium", &["chromium", "chromium-driver"])
    })
    .with_context(|| format!("no browser for the tests: {ADVICE}"))?;
    match find_chromium() {
        Some(found) => Ok(found),
        None => bail!("Chromium was installed, but no matching pair was found: {ADVICE}"),
    }
}

fn find_chromium() -> Option<Found> {
    let browsers = candidates("CHROME", &CHROMIUMS, &[CHROME_ON_A_MAC.into()]);
    // The driver's folder on GitHub's machines.
    let folder = env::var_os("CHROMEWEBDRIVER").map(PathBuf::from);
    let beside: Vec<_> = folder.into_iter().map(|f| f.join("chromedriver")).collect();
    let drivers = candidates("CHROMEDRIVER", &["chromedriver"], &beside);
    let (browser, driver) = matching(&majors(browsers), &majors(drivers))?;
    Some(Found { paths: vec![("chromium", browser), ("chromedriver", driver)], ..Found::default() })
}

/// Finds Firefox and its driver, or installs them.
pub(super) fn firefox() -> Result<Found> {
    let find = || candidates("FIREFOX", &FIREFOXES, &[FIREFOX_ON_A_MAC.into()]).into_iter().next();
    let browser = match find() {
        Some(browser) => browser,
        None => {
            let install = || debian::apt_install("firefox", &["firefox-esr"]);
            if let Err(error) = step("firefox", "installing Debian's package", install) {
                return Ok(Found::missing(format!("{error:#}")));
            }
            find().context("Firefox was installed, but is not on the PATH")?
        }
    };
    match install::ensure(&table::GECKODRIVER) {
        Ok(mut found) => {
            found.paths.push(("firefox", browser));
            Ok(found)
        }
        Err(error) => Ok(Found::missing(format!("{error:#}"))),
    }
}

/// Finds WebKit's browser for tests, its driver and a virtual screen, or installs Debian's.
pub(super) fn webkit() -> Result<Found> {
    if let Some(found) = find_webkit() {
        return Ok(found);
    }
    let install = || {
        if OS != "linux" {
            bail!("on this system WebKit is Safari, which is tested by hand");
        }
        debian::apt_install("webkit", &["webkit2gtk-driver", "xvfb", "xauth"])
    };
    if let Err(error) = step("webkit", "installing Debian's package and its driver", install) {
        return Ok(Found::missing(format!("{error:#}")));
    }
    Ok(find_webkit().unwrap_or_else(|| Found::missing("its packages lack expected files".to_owned())))
}

fn find_webkit() -> Option<Found> {
    let driver = on_path("WebKitWebDriver").into_iter().next()?;
    let screen = on_path("Xvfb").into_iter().next()?;
    let browser = MINI_BROWSERS.iter().map(Path::new).find(|path| is_program(path))?;
    let paths = vec![("WebKitWebDriver", driver), ("MiniBrowser", browser.to_owned()), ("Xvfb", screen)];
    Some(Found { paths, ..Found::default() })
}

/// The variable's value, and nothing else; without it, programs on the `PATH` and in the usual places.
fn candidates(variable: &str, names: &[&str], usual: &[PathBuf]) -> Vec<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return vec![path.into()];
    }
    let mut found: Vec<PathBuf> = names.iter().flat_map(|name| on_path(name)).collect();
    found.extend(usual.iter().filter(|path| is_program(path)).cloned());
    found
}

fn majors(programs: Vec<PathBuf>) -> Vec<(PathBuf, u32)> {
    let major = |path: PathBuf| {
        let version = Version::of(&path, &["--version"])?;
        Some((path, version.major))
    };
    programs.into_iter().filter_map(major).collect()
}

fn matching(browsers: &[(PathBuf, u32)], drivers: &[(PathBuf, u32)]) -> Option<(PathBuf, PathBuf)> {
    browsers.iter().find_map(|(browser, major)| {
        let (driver, _) = drivers.iter().find(|(_, other)| other == major)?;
        Some((browser.clone(), driver.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_is_paired_with_a_driver_of_its_major_version() {
        let programs = |list: &[(&str, u32)]| -> Vec<(PathBuf, u32)> {
            list.iter().map(|(path, major)| (path.into(), *major)).collect()
        };
        let browsers = programs(&[("/a/chromium", 130), ("/b/google-chrome", 156)]);
        let drivers = programs(&[("/c/chromedriver", 155), ("/d/chromedriver", 156)]);
        let pair = matching(&browsers, &drivers).expect("a pair");
        assert_eq!(pair, ("/b/google-chrome".into(), "/d/chromedriver".into()));
        assert!(matching(&browsers, &drivers[..1]).is_none());
    }
}
