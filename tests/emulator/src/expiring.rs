//! A store for values that expire, under random names: codes, and authorization requests that wait for a login.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Expiring<T> {
    lifetime: Duration,
    kept: Mutex<HashMap<String, Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    until: Duration,
    value: T,
}

impl<T: Clone> Expiring<T> {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self { lifetime, kept: Mutex::default() }
    }

    /// Stores a value from `now` on, and replaces an earlier one with this name.
    pub(super) fn put(&self, name: &str, value: T, now: Duration) {
        let mut kept = locked(&self.kept);
        kept.retain(|_, kept| kept.until > now);
        let until = now.saturating_add(self.lifetime);
        kept.insert(name.to_owned(), Kept { until, value });
    }

    /// The value, which stays.
    pub(super) fn find(&self, name: &str, now: Duration) -> Option<T> {
        let kept = locked(&self.kept);
        let kept = kept.get(name).filter(|kept| kept.until > now)?;
        Some(kept.value.clone())
    }

    /// Removes and returns the value.
    pub(super) fn take(&self, name: &str, now: Duration) -> Option<T> {
        let kept = locked(&self.kept).remove(name)?;
        (kept.until > now).then_some(kept.value)
    }

    pub(super) fn clear(&self) {
        locked(&self.kept).clear();
    }
}

/// A random name of characters `[A-Za-z0-9]`, such as a code.
pub(super) fn random_name(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    // The remainder makes some characters slightly more likely; nothing here has to be unguessable.
    bytes.into_iter().map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])).collect()
}

/// Locks a mutex, also after a panic: everything here is replaced as a whole under its lock, so the contents are valid.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
