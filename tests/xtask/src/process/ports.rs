//! The process that listens on a port, for error messages.

use std::fmt;
#[cfg(target_os = "linux")]
use std::fs;

/// A listening process.
#[derive(Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its process id.
    pub id: u32,
    /// The name of its program.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name, self.id)
    }
}

/// The process that listens on a TCP port, if this process may see it.
#[cfg(target_os = "linux")]
pub fn owner(port: u16) -> Option<Owner> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let id = process.file_name().to_str()?.parse().ok()?;
        let mut files = fs::read_dir(process.path().join("fd")).ok()?.flatten();
        let is_ours = |target: &str| sockets.iter().any(|socket| socket == target);
        files.find(|file| fs::read_link(file.path()).is_ok_and(|target| is_ours(&target.to_string_lossy())))?;
        let name = fs::read_to_string(process.path().join("comm")).ok()?;
        Some(Owner { id, name: name.trim().to_owned() })
    })
}

/// The inodes of the sockets that listen on a port: fields 1, 3 and 9 are local address, state and inode.
#[cfg(target_os = "linux")]
fn listening(table: &str, port: u16) -> Vec<String> {
    const LISTEN: &str = "0A";
    let ending = format!(":{port:04X}");
    table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            (fields.get(1)?.ends_with(&ending) && *fields.get(3)? == LISTEN).then(|| fields.get(9).copied())?
        })
        .map(str::to_owned)
        .collect()
}

/// The process that listens on a TCP port, as far as `lsof` can see it.
#[cfg(not(target_os = "linux"))]
pub fn owner(port: u16) -> Option<Owner> {
    let output =
        std::process::Command::new("lsof").args(["-nP", &format!("-iTCP:{port}"), "-sTCP:LISTEN", "-Fpc"]).output();
    let output = String::from_utf8(output.ok()?.stdout).ok()?;
    let field = |letter: char| output.lines().find_map(|line| line.strip_prefix(letter));
    Some(Owner { id: field('p')?.parse().ok()?, name: field('c')?.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_a_listening_process_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("the listener is bound").port();
        assert_eq!(owner(port).expect("an owner is found").id, std::process::id());
        drop(listener);
        assert_eq!(owner(port), None);
    }
}
