//! Noticing that the site was rebuilt, and how long that took since its source was changed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use xtask::workspace;

/// What the app is made of.
const SOURCES: [&str; 2] = ["frontend", "shared/src"];

/// Watches the built page, which names every other file by a hash of what it was made from.
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

    /// How long the rebuild took, if there was one since the last time: from the last change of a source file. Trunk
    /// takes the old page away before it puts the new one there.
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

/// When a file below a folder was last changed.
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
    fn a_page_that_was_rebuilt_is_noticed_once_and_one_that_is_being_written_is_not() {
        let site = tempfile::tempdir().expect("a temporary folder");
        let index = site.path().join("index.html");
        let write = |page: &str| std::fs::write(&index, page).expect("it is ours");
        write("<html>one</html>");
        let mut rebuilds = Rebuilds::of(site.path());
        assert_eq!(rebuilds.look(), None);
        write("<html>tw");
        assert_eq!(rebuilds.look(), None);
        write("<html>two</html>");
        assert!(rebuilds.look().is_some());
        assert_eq!(rebuilds.look(), None);
        std::fs::remove_file(&index).expect("it is ours");
        assert_eq!(rebuilds.look(), None);
    }
}
