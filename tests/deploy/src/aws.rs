//! AWS's command line in a process that has already imported it: a deployment starts it dozens of times.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use xtask::process::{Child, Output};
use xtask::tools::Toolbox;
use xtask::workspace;

/// The running process. Dropping it stops it.
pub(crate) struct Aws {
    folder: PathBuf,
    server: Child,
}

impl Aws {
    /// Starts it. `None` if the command line is not written in Python, as version 2.
    ///
    /// # Errors
    /// If the process does not start.
    pub(crate) fn start(toolbox: &Toolbox) -> Result<Option<Self>> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("aws-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let program = toolbox.path("aws")?;
        // Where the set-up installs the packages of a program.
        let packages = program.ancestors().nth(2).unwrap_or(program).join("lib");
        let mut command = toolbox.command("python3");
        command.arg(workspace().join("tests/deploy/src/aws.py")).arg("serve").arg(&folder).arg(packages);
        let log = workspace().join(format!("target/deploy/aws-{number}.log"));
        let mut aws = Self { server: Child::spawn(command, "aws", Output::File(log))?, folder };
        while !aws.folder.join("socket").exists() {
            if aws.server.exited()?.is_some() {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(aws))
    }

    /// The folder of the program `aws`.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        // Only leaves a folder behind.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
