//! A browser that is closed and opened again with the same profile.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use thirtyfour::WebDriver;

use crate::driver::Launcher;
use crate::world::World;

/// A browser's profile. It is removed with the last of its clones, so keep one until the browser has ended.
#[derive(Clone)]
pub struct Profile {
    launcher: Launcher,
    folder: Arc<TempDir>,
    browser: Arc<Mutex<WebDriver>>,
}

impl Profile {
    /// A new profile, and a browser that uses it.
    pub(crate) async fn open(launcher: Launcher) -> Result<(Self, WebDriver)> {
        let folder = Arc::new(tempfile::tempdir().context("creating a folder for the browser's profile")?);
        let browser = launcher.open(Some(folder.path())).await?;
        Ok((Self { launcher, folder, browser: Arc::new(Mutex::new(browser.clone())) }, browser))
    }

    /// The browser that was opened last.
    pub fn browser(&self) -> WebDriver {
        self.browser.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl World {
    /// The profile, for ending the browser after the test.
    pub fn profile(&self) -> Profile {
        self.profile.clone()
    }

    /// Closes the whole browser, and opens it again: its memory is lost, its profile is kept.
    pub async fn reopen(&mut self) -> Result<()> {
        ensure!(self.profile.launcher.keeps_profiles(), "this engine's driver gives every browser a new profile");
        self.browser.clone().quit().await.context("closing the browser")?;
        let browser = self.profile.launcher.open(Some(self.profile.folder.path())).await.context("opening it again")?;
        *self.profile.browser.lock().unwrap_or_else(PoisonError::into_inner) = browser.clone();
        self.browser = browser;
        Ok(())
    }
}
