//! Distance, which a machine does not have to itself: each answer comes a round trip late, and what that took is noted.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How far away it is, and what became of that.
pub(super) struct Far {
    round_trip: Duration,
    theirs: Mutex<Theirs>,
}

impl Far {
    /// So far away.
    pub(super) fn new(round_trip: Duration) -> Self {
        Self { round_trip, theirs: Mutex::default() }
    }

    /// What became of it since this was asked last.
    pub(super) fn theirs(&self) -> Theirs {
        std::mem::take(&mut *self.locked())
    }

    fn locked(&self) -> MutexGuard<'_, Theirs> {
        // Numbers are whole after every statement.
        self.theirs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of somebody's time was the provider's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Theirs {
    /// How many round trips there were.
    pub(super) trips: u32,
    /// How long they took: to sleep takes longer than it should.
    pub(super) under_way: Duration,
    /// How long the provider had something to do between reading and answering, its part of a handshake above all.
    pub(super) computing: Duration,
}

/// A socket to somebody far away. What arrives has been on its way, and so will be the answer: both together are waited
/// for before an answer's first byte. Before the first one, that is twice, since the connection itself was made so too.
/// To wait then and not before it is read leaves nothing for the other side to do in the meantime.
pub(super) struct Distant {
    socket: TcpStream,
    far: Arc<Far>,
    owed: u32,
    /// When something came last.
    read: Instant,
}

impl Distant {
    /// A connection that was just made.
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
