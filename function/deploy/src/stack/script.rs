//! AWS as a script, for tests of the requests that are sent and how responses are handled.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::Place;
use crate::aws::Aws;

/// A folder with a program `aws` that records its calls.
pub(super) struct Script {
    folder: TempDir,
    place: Place,
}

impl Script {
    /// `cases` are those of a shell's `case "$2" in … esac`; `$folder` is a folder of the script's own.
    pub(super) fn new(cases: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = format!(
            "#!/bin/sh\nfolder='{path}'\necho \"$@\" >> \"$folder/log\"\ncase \"$2\" in\n{cases}\nesac\n",
            path = folder.path().display()
        );
        let (file, program) = (folder.path().join("script"), folder.path().join("aws"));
        fs::write(&file, text).expect("a temporary file");
        // Another process writes it: a program that a concurrent test starts would inherit the open file, and a file
        // that is open for writing cannot be executed.
        let made = Command::new("install").arg("-m755").args([&file, &program]).status();
        assert!(made.is_ok_and(|status| status.success()), "the script cannot be installed");
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let place = Place { environment: [("PATH".to_owned(), path)].into(), template: String::new() };
        Self { folder, place }
    }

    pub(super) fn aws(&self) -> Aws<'_> {
        Aws::new(&self.place, Some("eu-west-1".to_owned())).expect("it has a region")
    }

    /// The second word of each call so far.
    pub(super) fn calls(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().filter_map(|line| line.split(' ').nth(1)).map(str::to_owned).collect()
    }
}
