//! The emulator's clock: the machine's time, plus the time by which a test has advanced it.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::expiring::locked;

#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead: Mutex<Duration>,
}

impl Clock {
    /// The time since 1970, as in a JWT's `exp` (RFC 7519, 2: NumericDate).
    pub(super) fn now(&self) -> Duration {
        let machine = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        machine.saturating_add(*locked(&self.ahead))
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut ahead = locked(&self.ahead);
        *ahead = ahead.saturating_add(by);
    }

    pub(super) fn reset(&self) {
        *locked(&self.ahead) = Duration::ZERO;
    }
}
