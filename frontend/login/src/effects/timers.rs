//! Timers that stop when they are dropped.

use std::time::Duration;

use leptos::prelude::{TimeoutHandle, set_timeout_with_handle};

/// A timer that has not fired yet.
pub(crate) struct Timer(TimeoutHandle);

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// Calls something once, after so many milliseconds.
pub(crate) fn after(ms: u64, call: Box<dyn FnOnce()>) -> Option<Timer> {
    set_timeout_with_handle(call, Duration::from_millis(ms)).ok().map(Timer)
}
