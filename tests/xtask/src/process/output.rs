//! Where the output of a child goes.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

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
    /// The same, after a filter.
    Filtered(Arc<dyn Filter>),
}

/// Decides which lines of a child's standard error are shown.
pub trait Filter: Debug + Send + Sync {
    /// A line of the child of that name, and which lines are now shown in its place.
    fn line(&self, name: &str, line: &str) -> Vec<String>;

    /// The child's output has ended: what was held back and is shown now.
    fn end(&self, name: &str) -> Vec<String>;
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
            Self::Prefixed | Self::Filtered(_) => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
            }
        }
        Ok(())
    }

    /// Passes on what a child says. The threads end when the last process with that output does.
    pub(super) fn follow(&self, child: &mut Child, name: &str) {
        let filter = match self {
            Self::Prefixed => None,
            Self::Filtered(filter) => Some(Arc::clone(filter)),
            Self::Inherit | Self::File(_) => return,
        };
        if let Some(out) = child.stdout.take() {
            drop(pass_on(out, name.to_owned(), None));
        }
        if let Some(err) = child.stderr.take() {
            drop(pass_on(err, name.to_owned(), filter));
        }
    }
}

/// Runs a command to its end, with its name before each line of its output, all of it on the standard error. It stays in
/// this process's group, so that Ctrl-C ends it, too.
///
/// # Errors
/// Where it cannot be started.
pub fn prefixed(command: &mut Command, name: &str) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
    let out = child.stdout.take().map(|out| pass_on(out, name.to_owned(), None));
    let err = child.stderr.take().map(|err| pass_on(err, name.to_owned(), None));
    for thread in [out, err].into_iter().flatten() {
        // It only reads and prints; should it panic, its output is lost and nothing else.
        let _ = thread.join();
    }
    child.wait().with_context(|| format!("waiting for {name}"))
}

fn pass_on(pipe: impl Read + Send + 'static, name: String, filter: Option<Arc<dyn Filter>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let show = |lines: Vec<String>| lines.iter().for_each(|line| eprintln!("{name:>12} | {line}"));
        let mut lines = BufReader::new(pipe).split(b'\n');
        // By bytes: one line that is not UTF-8 must not silence the rest.
        while let Some(Ok(line)) = lines.next() {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            show(filter.as_ref().map_or_else(|| vec![line.clone()], |filter| filter.line(&name, &line)));
        }
        show(filter.map_or_else(Vec::new, |filter| filter.end(&name)));
    })
}
