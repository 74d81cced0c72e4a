//! Simulates network latency: each response is delayed by a round trip, and the time that this takes is recorded.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The simulated round-trip time, and the provider's share of the measured time.
pub(super) struct Far {
    round_trip: Duration,
    theirs: Mutex<Theirs>,
}

impl Far {
    /// A provider with this round-trip time.
    pub(super) fn new(round_trip: Duration) -> Self {
        Self { round_trip, theirs: Mutex::default() }
    }

    /// The provider's share since the last call.
    pub(super) fn theirs(&self) -> Theirs {
        std::mem::take(&mut *self.locked())
    }

    fn locked(&self) -> MutexGuard<'_, Theirs> {
        // The numbers are consistent after every statement.
        self.theirs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The provider's share of a measured time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Theirs {
    /// The number of round trips.
    pub(super) trips: u32,
    /// Their total duration, which is longer than requested, because sleeping is not exact.
    pub(super) under_way: Duration,
    /// The time that the provider computed between reading and responding, mostly for its part of a handshake.
    pub(super) computing: Duration,
}

/// A socket with a simulated delay. The times for a request and for its response to travel are waited for together,
/// before the first byte of the response. Before the first response of a connection that is twice, because the
/// connection needed a round trip, too. Waiting then, and not before reading, leaves the other side nothing to do in
/// the meantime.
pub(super) struct Distant {
    socket: TcpStream,
    far: Arc<Far>,
    owed: u32,
    /// The time of the last read.
    read: Instant,
}

impl Distant {
    /// A new connection.
    pub(super) fn new(socket: TcpStream, far: Arc<Far>) -> Self {
        Self { socket, far, owed: 2, read: Instant::now() }
    }
}

impl Read for Distant {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.socket.read(buffer)?;
        self.read = Instant::now();
        self.owed = self.owed.max(1);
        Ok(length)
    }
}

impl Write for Distant {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let trips = std::mem::take(&mut self.owed);
        if trips > 0 {
            let from = Instant::now();
            if !self.far.round_trip.is_zero() {
                thread::sleep(self.far.round_trip * trips);
            }
            let mut theirs = self.far.locked();
            theirs.trips += trips;
            theirs.under_way += from.elapsed();
            theirs.computing += from - self.read;
        }
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
