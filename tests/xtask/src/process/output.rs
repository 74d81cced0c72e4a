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

/// Decides which lines of a child are shown.
pub trait Filter: Debug + Send + Sync {
    /// A line of the standard error of the child of that name, and which lines are now shown in its place.
    fn line(&self, name: &str, line: &str) -> Vec<String>;

    /// The child's standard error has ended: what was held back and is shown now.
    fn end(&self, name: &str) -> Vec<String>;

    /// Whether a line of the child's standard output is shown.
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

    /// Passes on what a child says. The threads end when the last process with that output does.
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
    let out = child.stdout.take().map(|out| pass_on(out, name.to_owned(), |line| vec![line], Vec::new));
    let err = child.stderr.take().map(|err| pass_on(err, name.to_owned(), |line| vec![line], Vec::new));
    for thread in [out, err].into_iter().flatten() {
        // It only reads and prints; should it panic, its output is lost and nothing else.
        let _ = thread.join();
    }
    child.wait().with_context(|| format!("waiting for {name}"))
}

/// Shows the lines of a pipe: what becomes of each, and what there is to show at the end.
fn pass_on(
    pipe: impl Read + Send + 'static,
    name: String,
    shown: impl Fn(String) -> Vec<String> + Send + 'static,
    end: impl FnOnce() -> Vec<String> + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let show = |lines: Vec<String>| lines.iter().for_each(|line| eprintln!("{name:>12} | {line}"));
        let mut lines = BufReader::new(pipe).split(b'\n');
        // By bytes: one line that is not UTF-8 must not silence the rest.
        while let Some(Ok(line)) = lines.next() {
            show(shown(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        show(end());
    })
}
