//! Sockets for the name `localhost`, which can resolve to either loopback address.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

/// Listens on `127.0.0.1` and, if the machine has it, on `::1`, with the same port on both. Browsers try `::1` first,
/// and another program that listens there would get their requests. Port 0 chooses any free port.
///
/// # Errors
///
/// If the port is taken on either address, or if listening on `127.0.0.1` fails.
pub async fn loopback_listeners(port: u16) -> io::Result<Vec<TcpListener>> {
    // A port that the system chose for one address may be taken on the other: choose again.
    const ATTEMPTS: u32 = 20;

    let mut attempt = 1;
    loop {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let chosen = v4.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, chosen)).await {
            Ok(v6) => return Ok(vec![v4, v6]),
            Err(error) if error.kind() != ErrorKind::AddrInUse => return Ok(vec![v4]),
            Err(error) if port != 0 || attempt == ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    }
}
