//! Where the output of a child goes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

/// Where the output of a child goes.
#[derive(Clone, Debug)]
pub enum Output {
    /// Where this process's own goes.
    Inherit,
    /// Into a file, which starts empty.
    File(PathBuf),
    /// To the standard error, each line with the child's name before it.
    Prefixed,
}

impl Output {
    pub(super) fn prepare(&self, command: &mut Command) -> Result<()> {
        match self {
            Self::Inherit => {}
            Self::File(path) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
                }
                let both = || -> std::io::Result<_> {
                    let file = File::create(path)?;
                    Ok((file.try_clone()?, file))
                };
                let (out, err) = both().with_context(|| format!("creating {}", path.display()))?;
                command.stdout(out).stderr(err);
            }
            Self::Prefixed => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
            }
        }
        Ok(())
    }

    /// Passes on what a child says. The threads end when the last process with that output does.
    pub(super) fn follow(&self, child: &mut Child, name: &str) {
        if !matches!(self, Self::Prefixed) {
            return;
        }
        if let Some(out) = child.stdout.take() {
            pass_on(out, name.to_owned());
        }
        if let Some(err) = child.stderr.take() {
            pass_on(err, name.to_owned());
        }
    }
}

fn pass_on(pipe: impl Read + Send + 'static, name: String) {
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe).split(b'\n');
        // By bytes: one line that is not UTF-8 must not silence the rest.
        while let Some(Ok(line)) = lines.next() {
            eprintln!("{name:>8} | {}", String::from_utf8_lossy(&line).trim_end());
        }
    });
}
