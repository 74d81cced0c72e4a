//! Consent to installing system packages. It changes more than this project's folders, so the user is asked first,
//! except in CI (if `CI` is set) and with `--yes`.

use std::env;
use std::io::{BufRead as _, IsTerminal as _, stderr, stdin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Passes the consent on to child processes.
const VARIABLE: &str = "XTASK_YES";

static ALWAYS: AtomicBool = AtomicBool::new(false);

/// From now on, packages are installed without asking, as with `--yes`.
pub fn always() {
    ALWAYS.store(true, Ordering::Relaxed);
}

/// The variable that passes `--yes` on to a child process.
pub(super) fn inherited() -> Option<(&'static str, &'static str)> {
    ALWAYS.load(Ordering::Relaxed).then_some((VARIABLE, "1"))
}

/// Whether these packages may be installed.
pub(super) fn given(packages: &[&str]) -> bool {
    if ALWAYS.load(Ordering::Relaxed) || is_set("CI") || is_set(VARIABLE) {
        return true;
    }
    // One question at a time: tools are set up in parallel.
    static ASKING: Mutex<()> = Mutex::new(());
    let _asking = ASKING.lock();
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return false;
    }
    eprint!("May the system packages {} be installed with apt-get? [y/N] ", packages.join(", "));
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
