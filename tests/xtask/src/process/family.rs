//! A process and its descendants, from the system's process table.

use std::collections::{HashMap, HashSet};

use rustix::process::Pid;

/// An entry of the process table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    id: Pid,
    parent: Option<Pid>,
    group: Pid,
    /// It has ended, but its parent has not waited for it.
    ended: bool,
}

/// All known descendants of a process, with their groups. A member stays known after its parent has died and it has a
/// new parent.
#[derive(Debug, Default)]
pub(super) struct Family {
    members: HashMap<Pid, Pid>,
}

impl Family {
    /// Looks for new members. Returns their new groups.
    pub(super) fn look(&mut self, root: Pid) -> Vec<Pid> {
        let known = self.groups();
        self.grow(root, &table());
        self.groups().difference(&known).copied().collect()
    }

    /// The process groups of all members.
    pub(super) fn groups(&self) -> HashSet<Pid> {
        let mut groups: HashSet<Pid> = self.members.values().copied().collect();
        // Never this process's own group: that would stop this process.
        groups.remove(&rustix::process::getpgrp());
        groups
    }

    /// Whether any member is still running.
    pub(super) fn is_alive(&self) -> bool {
        table().iter().any(|process| !process.ended && self.members.contains_key(&process.id))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    fn grow(&mut self, root: Pid, table: &[Process]) {
        loop {
            let before = self.members.len();
            for process in table {
                let is_known = |id| self.members.contains_key(&id);
                if process.id == root || is_known(process.id) || process.parent.is_some_and(is_known) {
                    // Updated each time: a new process moves into its own group shortly after its start.
                    self.members.insert(process.id, process.group);
                }
            }
            if self.members.len() == before {
                return;
            }
        }
    }
}

/// Whether a process has children that are still running.
pub(super) fn has_children(root: Pid) -> bool {
    table().iter().any(|process| !process.ended && process.parent == Some(root))
}

/// Linux has the table as files; `ps` is not on every system.
#[cfg(target_os = "linux")]
fn table() -> Vec<Process> {
    let Ok(folder) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    folder
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            from_stat(id, &stat)
        })
        .collect()
}

/// Parses `/proc/<id>/stat`: id, name in parentheses, state, parent, group, and more.
#[cfg(target_os = "linux")]
fn from_stat(id: i32, stat: &str) -> Option<Process> {
    // The name may contain parentheses and spaces.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    process(id, fields.next()?, fields.next()?, state)
}

#[cfg(not(target_os = "linux"))]
fn table() -> Vec<Process> {
    let ps = std::process::Command::new("ps").args(["-axo", "pid=,ppid=,pgid=,stat="]).output();
    let Ok(output) = ps else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let id = fields.next()?.parse().ok()?;
            process(id, fields.next()?, fields.next()?, fields.next()?)
        })
        .collect()
}

fn process(id: i32, parent: &str, group: &str, state: &str) -> Option<Process> {
    // The group of a process that is exiting is -1.
    let pid = |raw: i32| if raw > 0 { Pid::from_raw(raw) } else { None };
    Some(Process {
        id: pid(id)?,
        parent: pid(parent.parse().ok()?),
        group: pid(group.parse().ok()?)?,
        ended: state.starts_with(['Z', 'X']),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(id: i32) -> Pid {
        Pid::from_raw(id).expect("not zero")
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn process_name_may_contain_parentheses() {
        let stat = "70001 (a) b (c) S 70000 60000 60000 0 -1 4194304";
        let expected = Process { id: pid(70_001), parent: Some(pid(70_000)), group: pid(60_000), ended: false };
        assert_eq!(from_stat(70_001, stat), Some(expected));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn exiting_process_is_ignored() {
        assert_eq!(from_stat(70_001, "70001 (a) X 0 -1 -1 0 -1 4194304"), None);
    }

    #[test]
    fn member_stays_known_after_its_parent_has_ended() {
        let line = |id: i32, parent: &str, group: &str| process(id, parent, group, "S");
        let table: Vec<_> = [
            line(70_003, "70002", "70003"),
            line(70_001, "1", "70001"),
            line(70_002, "70001", "70001"),
            line(80_000, "1", "80000"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut family = Family::default();
        family.grow(pid(70_001), &table);
        assert_eq!(family.groups(), HashSet::from([pid(70_001), pid(70_003)]));

        let orphan: Vec<_> = line(70_003, "1", "70003").into_iter().collect();
        family.grow(pid(70_001), &orphan);
        assert_eq!(family.len(), 3);
    }
}
