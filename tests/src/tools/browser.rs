//! A real Chromium and the driver that steers it, for the tests.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::debian;
use super::progress::{say, step};
use super::search::{is_program, on_path};
use super::version::Version;

/// A browser and a driver of the same major version.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// Its driver.
    pub chromedriver: PathBuf,
}

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ON_A_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const ADVICE: &str = "install Chromium (or Chrome) and the chromedriver of the same major version, on the PATH or named \
                      by the variables CHROME and CHROMEDRIVER";

/// Finds a browser, or installs Debian's.
pub(super) fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    if env::var_os("CHROME").is_some() || env::var_os("CHROMEDRIVER").is_some() {
        say("chromium", "CHROME and CHROMEDRIVER do not name a matching pair");
    }
    step("chromium", "installing Debian's, with its driver", || debian::apt_install(&["chromium", "chromium-driver"]))
        .with_context(|| format!("no browser for the tests: {ADVICE}"))?;
    let Some(browser) = find() else {
        bail!("Chromium was installed, but no matching pair was found: {ADVICE}");
    };
    Ok(browser)
}

fn find() -> Option<Browser> {
    let browsers = candidates("CHROME", &BROWSERS, &[ON_A_MAC.into()]);
    // Where GitHub's machines keep theirs.
    let folder = env::var_os("CHROMEWEBDRIVER").map(PathBuf::from);
    let beside: Vec<_> = folder.into_iter().map(|f| f.join("chromedriver")).collect();
    let drivers = candidates("CHROMEDRIVER", &["chromedriver"], &beside);
    let (browser, driver) = matching(&majors(browsers), &majors(drivers))?;
    Some(Browser { chromium: browser, chromedriver: driver })
}

/// What the variable names, and nothing else; without it, what is on the `PATH` and in the usual places.
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
    fn a_browser_is_paired_with_the_driver_of_its_major_version() {
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
