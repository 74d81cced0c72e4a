//! How large what is deployed is, as it lies there and as it travels.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::table::Table;
use crate::artefacts::compress::CODINGS;
use crate::artefacts::{self, grouped, lambda, lambda::Processor};

/// A table of everything that was built; `None` where nothing was.
pub(super) fn table(target: &Path) -> Result<Option<Table>> {
    let mut table = Table::new(&["file", "bytes", "gzip", "brotli"]);
    let site = target.join("site");
    let mut sum = [0; 3];
    let files = if site.is_dir() { artefacts::files(&site)? } else { Vec::new() };
    for file in files.iter().filter(|file| !is_compressed(file)) {
        let raw = fs::metadata(file)?.len();
        let [brotli, gzip] = CODINGS.map(|(ending, _)| fs::metadata(beside(file, ending)).ok().map(|file| file.len()));
        // What is not stored compressed travels as it is.
        for (sum, size) in sum.iter_mut().zip([raw, gzip.unwrap_or(raw), brotli.unwrap_or(raw)]) {
            *sum += size;
        }
        let name = file.strip_prefix(target).unwrap_or(file).display();
        table.row(vec![format!("`{name}`"), grouped(raw), or_none(gzip), or_none(brotli)]);
    }
    if !files.is_empty() {
        let [raw, gzip, brotli] = sum.map(grouped);
        table.row(vec!["the site, all of it".to_owned(), raw, gzip, brotli]);
    }
    let mut any = !files.is_empty();
    for processor in Processor::ALL {
        let archive = target.join(format!("function-{}.zip", processor.name()));
        if let Ok(size) = fs::metadata(&archive).map(|file| file.len()) {
            let program = fs::metadata(lambda::unpack(&archive)?)?.len();
            let name = format!("the program in `function-{}.zip`, and the archive", processor.name());
            table.row(vec![name, grouped(program), grouped(size), or_none(None)]);
            any = true;
        }
    }
    Ok(any.then_some(table))
}

fn is_compressed(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    CODINGS.iter().any(|(coding, _)| ending == *coding)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    format!("{}.{ending}", file.display()).into()
}

fn or_none(size: Option<u64>) -> String {
    size.map_or_else(|| "–".to_owned(), grouped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_the_site_stands_once_and_all_of_them_together_at_the_end() {
        let target = tempfile::tempdir().expect("a temporary folder");
        assert!(table(target.path()).expect("nothing is wrong").is_none(), "nothing was built");
        fs::create_dir(target.path().join("site")).expect("it is ours");
        for (file, size) in [("a.js", 1_500), ("a.js.br", 300), ("a.js.gz", 400), ("b.png", 100)] {
            fs::write(target.path().join("site").join(file), vec![0; size]).expect("it is ours");
        }
        let text = table(target.path()).expect("it can be read").expect("something was built").to_string();
        let rows: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| `site/a.js` | 1 500 | 400 | 300 |",
                "| `site/b.png` | 100 | – | – |",
                "| the site, all of it | 1 600 | 500 | 400 |"
            ]
        );
    }
}
