//! Long-running child processes that leave nothing behind.
//!
//! Killing a child is not enough: `cargo lambda watch` starts the function in another process group, and chromedriver
//! starts a browser with many processes. So the whole family is looked up while parents and children are still
//! connected, and every process group in it is stopped.

mod family;
mod output;
pub mod ports;

use std::fmt;
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};

use family::Family;
pub use output::{Filter, Output, prefixed};

/// The time for a family to end after SIGTERM. It takes a fraction of a second, but a cargo-lambda that gets the signal
/// while it starts the function can miss it.
const GRACE: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Every running child, for [`stop_all`].
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A running child and everything that it has started. Dropping it stops them.
pub struct Child {
    name: String,
    inner: process::Child,
    stopped: bool,
}

impl Child {
    /// Starts a child in its own process group, so that Ctrl-C reaches only this process, which then stops its children
    /// in order.
    pub fn spawn(mut command: Command, name: &str, output: Output) -> Result<Self> {
        output.prepare(&mut command)?;
        let mut inner =
            command.stdin(Stdio::null()).process_group(0).spawn().with_context(|| format!("starting {name}"))?;
        output.follow(&mut inner, name);
        running(|all| all.extend(id(&inner)));
        Ok(Self { name: name.to_owned(), inner, stopped: false })
    }

    /// The name given to [`Child::spawn`].
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.inner.id()
    }

    /// The exit status, or `None` while it runs.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.inner.try_wait();
        status.with_context(|| format!("getting the status of {}", self.name))
    }

    /// Whether it has no running children.
    pub fn is_alone(&self) -> bool {
        id(&self.inner).is_none_or(|root| !family::has_children(root))
    }

    /// Stops the child and everything that it has started: sends SIGTERM first, and SIGKILL after three seconds.
    pub fn stop(&mut self) {
        self.stop_within(GRACE);
    }

    fn stop_within(&mut self, grace: Duration) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        if let Some(root) = id(&self.inner) {
            // A child that is not waited for stays in the process table.
            end(root, grace, || drop(self.inner.try_wait()));
            running(|all| all.retain(|other| *other != root));
        }
        let _ = self.inner.wait();
    }
}

/// Stops every child of this process, for a process that is about to exit without dropping them.
pub fn stop_all() {
    let roots = running(std::mem::take);
    for root in roots {
        end(root, GRACE, || {});
    }
}

/// Stops a process and all its descendants. It looks for descendants repeatedly, because new ones may just be starting.
fn end(root: Pid, grace: Duration, mut reap: impl FnMut()) {
    let mut family = Family::default();
    let deadline = Instant::now() + grace;
    while Instant::now() < deadline {
        for group in family.look(root) {
            signal(group, Signal::TERM);
        }
        reap();
        if !family.is_alive() {
            return;
        }
        thread::sleep(LOOK_AGAIN);
    }
    for group in family.groups() {
        signal(group, Signal::KILL);
    }
    // SIGKILL cannot be ignored, but takes a moment.
    let deadline = Instant::now() + GRACE;
    while family.is_alive() && Instant::now() < deadline {
        reap();
        thread::sleep(LOOK_AGAIN);
    }
}

fn id(child: &process::Child) -> Option<Pid> {
    Pid::from_raw(child.id().cast_signed())
}

fn running<T>(change: impl FnOnce(&mut Vec<Pid>) -> T) -> T {
    // The list is consistent after every statement.
    change(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Child({}, {})", self.name, self.id())
    }
}

fn signal(group: Pid, which: Signal) {
    // This can only fail if the group has ended already.
    let _ = rustix::process::kill_process_group(group, which);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", script]);
        command
    }

    /// Starts a script, and waits until it has this many processes, including itself, in this many groups.
    fn start(script: &str, processes: usize, groups: usize) -> (Child, Family) {
        let child = Child::spawn(shell(script), "test", Output::Inherit).expect("bash starts");
        let root = Pid::from_raw(child.id().cast_signed()).expect("a process id");
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let mut family = Family::default();
            family.look(root);
            if family.len() == processes && family.groups().len() == groups {
                return (child, family);
            }
            assert!(Instant::now() < deadline, "{script} did not start");
            thread::sleep(LOOK_AGAIN);
        }
    }

    #[test]
    fn grandchild_in_another_process_group_is_stopped() {
        // Job control puts each background job into its own group, as cargo-lambda does with the function.
        let (mut child, family) = start("set -m; sleep 1000 & wait", 2, 2);
        child.stop();
        assert!(!family.is_alive());
    }

    #[test]
    fn child_without_children_is_alone() {
        let (child, _) = start("sleep 1000; true", 2, 1);
        assert!(!child.is_alone());
        let (child, _) = start("exec sleep 1000", 1, 1);
        assert!(child.is_alone());
    }

    #[test]
    fn process_that_ignores_sigterm_is_killed() {
        let (mut child, family) = start("trap '' TERM; sleep 1000; sleep 1000", 2, 1);
        child.stop_within(Duration::from_millis(200));
        assert!(child.exited().expect("its status can be read").is_some());
        assert!(!family.is_alive());
    }

    #[test]
    fn a_dropped_child_is_stopped() {
        let (child, family) = start("sleep 1000; true", 2, 1);
        drop(child);
        assert!(!family.is_alive());
    }

    #[test]
    fn every_child_can_be_stopped_before_exit() {
        // As in `stop_all` for each child; calling it would stop the children of other tests, too.
        let (child, family) = start("sleep 1000; true", 2, 1);
        let root = id(&child.inner).expect("a process id");
        assert!(running(|all| all.contains(&root)));
        end(root, GRACE, || {});
        assert!(!family.is_alive());
    }

    #[test]
    fn exit_of_a_child_is_reported() {
        let mut child = Child::spawn(shell("exit 3"), "test", Output::Inherit).expect("bash starts");
        let status = loop {
            if let Some(status) = child.exited().expect("its status can be read") {
                break status;
            }
            thread::sleep(LOOK_AGAIN);
        };
        assert_eq!(status.code(), Some(3));
    }
}
