//! The AWS command line behind a script that records its arguments and its JSON input, so that tests can check the
//! order and the contents of requests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use deploy::Place;

use deploy_tests::cloud::Cloud;

pub struct Recorded {
    pub place: Place,
    folder: PathBuf,
}

impl Recorded {
    pub fn new(cloud: &Cloud, name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("recorded-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let aws = cloud.aws()?;
        let script = format!(
            "#!/bin/sh
echo \"$@\" >> '{log}'
for word in \"$@\"; do case \"$word\" in file://*) cat \"${{word#file://}}\" >> '{inputs}'; echo >> '{inputs}';; esac; done
if [ \"$2\" = execute-change-set ] && [ -e '{fails}' ]; then
  echo 'An error occurred (LimitExceeded) when calling the ExecuteChangeSet operation: not now' >&2
  exit 254
fi
exec '{aws}' \"$@\"
",
            log = folder.join("log").display(),
            inputs = folder.join("inputs").display(),
            fails = folder.join("fails").display(),
            aws = aws.display()
        );
        let (file, program) = (folder.join("script"), folder.join("aws"));
        fs::write(&file, script)?;
        // Another process writes it: a program that a concurrent test starts would inherit the open file, and a file
        // that is open for writing cannot be executed.
        let made = Command::new("install").arg("-m755").args([&file, &program]).status()?;
        ensure!(made.success(), "the script cannot be installed");
        let mut place = cloud.place()?;
        let path = place.environment.get_mut("PATH").context("there is one")?;
        *path = format!("{}:{path}", folder.display());
        Ok(Self { place, folder })
    }

    /// Makes the execution of change sets fail from now on, or succeed again.
    pub fn fail(&self, fails: bool) -> Result<()> {
        let file = self.folder.join("fails");
        let done = if fails { fs::write(file, "") } else { fs::remove_file(file) };
        Ok(done?)
    }

    /// The recorded command lines.
    pub fn log(&self) -> Result<Vec<String>> {
        Ok(fs::read_to_string(self.folder.join("log"))?.lines().map(str::to_owned).collect())
    }

    /// The recorded input files, one per line.
    pub fn inputs(&self) -> Result<Vec<String>> {
        Ok(fs::read_to_string(self.folder.join("inputs"))?.lines().map(str::to_owned).collect())
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
