//! What an emulator keeps for a while under a random name: codes, and the requests that wait for a login.

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

    /// Keeps a value from `now` on, in place of what the name stood for.
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

    /// The value, which is used up.
    pub(super) fn take(&self, name: &str, now: Duration) -> Option<T> {
        let kept = locked(&self.kept).remove(name)?;
        (kept.until > now).then_some(kept.value)
    }

    pub(super) fn clear(&self) {
        locked(&self.kept).clear();
    }
}

/// A random name of characters `[A-Za-z0-9]`, as codes are.
pub(super) fn random_name(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    // The remainder favours some characters a little; nothing here has to withstand guessing.
    bytes.into_iter().map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])).collect()
}

/// The contents of a lock. Everything here is replaced whole under its lock, so what a panic
/// elsewhere left behind is still sound.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
