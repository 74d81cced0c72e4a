//! Detects that the site was rebuilt, and measures the time since the last change of its source.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use xtask::workspace;

/// The folders of the app's source.
const SOURCES: [&str; 2] = ["frontend", "shared/src"];

/// Watches the built page, which changes with every file, because it contains their hashes.
pub(super) struct Rebuilds {
    index: PathBuf,
    page: String,
}

impl Rebuilds {
    pub(super) fn of(site: &Path) -> Self {
        let index = site.join("index.html");
        let page = std::fs::read_to_string(&index).unwrap_or_default();
        Self { index, page }
    }

    /// The time from the last change of a source file, if the site was rebuilt since the previous call. Trunk removes
    /// the old page before it writes the new one.
    pub(super) fn look(&mut self) -> Option<Duration> {
        let page = std::fs::read_to_string(&self.index).ok().filter(|page| page.contains("</html>"))?;
        if page == self.page {
            return None;
        }
        self.page = page;
        let changed = SOURCES.iter().filter_map(|source| newest(&workspace().join(source))).max()?;
        Some(SystemTime::now().duration_since(changed).unwrap_or_default())
    }
}

/// When any file below a folder was last changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if path.is_dir() {
        return std::fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max();
    }
    path.metadata().ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rebuilt_page_is_noticed_once_and_only_if_complete() {
        let site = tempfile::tempdir().expect("a temporary folder");
        let index = site.path().join("index.html");
        let write = |page: &str| std::fs::write(&index, page).expect("the file is writable");
        write("<html>one</html>");
        let mut rebuilds = Rebuilds::of(site.path());
        assert_eq!(rebuilds.look(), None);
        write("<html>tw");
        assert_eq!(rebuilds.look(), None);
        write("<html>two</html>");
        assert!(rebuilds.look().is_some());
        assert_eq!(rebuilds.look(), None);
        std::fs::remove_file(&index).expect("the file is writable");
        assert_eq!(rebuilds.look(), None);
    }
}
