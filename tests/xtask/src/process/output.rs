//! The output of child processes.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};

/// The destination of a child's output.
#[derive(Clone, Debug)]
pub enum Output {
    /// The output of this process.
    Inherit,
    /// A file, which is truncated first.
    File(PathBuf),
    /// Standard error, with the child's name before each line.
    Prefixed,
    /// The same, after a filter.
    Filtered(Arc<dyn Filter>),
}

/// Decides which lines of a child's output are shown.
pub trait Filter: Debug + Send + Sync {
    /// Replaces a line of a child's standard error with the lines to show now.
    fn line(&self, name: &str, line: &str) -> Vec<String>;

    /// The lines to show when a child's standard error ends.
    fn end(&self, name: &str) -> Vec<String>;

    /// Whether to show a line of a child's standard output.
    fn shows(&self, name: &str, line: &str) -> bool;
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

    /// Forwards a child's output. The threads end with the last process that has this output open.
    pub(super) fn follow(&self, child: &mut Child, name: &str) {
        let filter = match self {
            Self::Prefixed => None,
            Self::Filtered(filter) => Some(Arc::clone(filter)),
            Self::Inherit | Self::File(_) => return,
        };
        if let Some(out) = child.stdout.take() {
            let (filter, of) = (filter.clone(), name.to_owned());
            let shown = move |line: String| match &filter {
                Some(filter) if !filter.shows(&of, &line) => Vec::new(),
                _ => vec![line],
            };
            drop(pass_on(out, name.to_owned(), shown, Vec::new));
        }
        if let Some(err) = child.stderr.take() {
            let (at_end, of) = (filter.clone(), name.to_owned());
            let end = move || at_end.map_or_else(Vec::new, |filter| filter.end(&of));
            let of = name.to_owned();
            let shown = move |line: String| match &filter {
                Some(filter) => filter.line(&of, &line),
                None => vec![line],
            };
            drop(pass_on(err, name.to_owned(), shown, end));
        }
    }
}

/// Runs a command to its end, with its name before each line of its output, all on standard error. It stays in this
/// process's group, so that Ctrl-C stops it, too.
///
/// # Errors
/// If it cannot be started.
pub fn prefixed(command: &mut Command, name: &str) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
    let out = child.stdout.take().map(|out| pass_on(out, name.to_owned(), |line| vec![line], Vec::new));
    let err = child.stderr.take().map(|err| pass_on(err, name.to_owned(), |line| vec![line], Vec::new));
    for thread in [out, err].into_iter().flatten() {
        // The thread only reads and prints; if it panics, only output is lost.
        let _ = thread.join();
    }
    child.wait().with_context(|| format!("waiting for {name}"))
}

/// Shows the lines of a pipe, each after `shown`, and at the end those of `end`.
fn pass_on(
    pipe: impl Read + Send + 'static,
    name: String,
    shown: impl Fn(String) -> Vec<String> + Send + 'static,
    end: impl FnOnce() -> Vec<String> + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let show = |lines: Vec<String>| lines.iter().for_each(|line| eprintln!("{name:>12} | {line}"));
        let mut lines = BufReader::new(pipe).split(b'\n');
        // Split as bytes: a line that is not UTF-8 must not stop the output.
        while let Some(Ok(line)) = lines.next() {
            show(shown(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        show(end());
    })
}
