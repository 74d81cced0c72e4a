//! The sizes of the deployed files, stored and compressed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::table::Table;
use deploy::build::{self, Processor, grouped};
use deploy::kinds::CODINGS;

/// A table of all build output; `None` if there is none.
pub(super) fn table(target: &Path) -> Result<Option<Table>> {
    let mut table = Table::new(&["file", "bytes", "gzip", "brotli"]);
    let site = target.join("site");
    let mut sum = [0; 3];
    let files = if site.is_dir() { build::files(&site)? } else { Vec::new() };
    for file in files.iter().filter(|file| !is_compressed(file)) {
        for (sum, size) in sum.iter_mut().zip(transfer_sizes(file)?) {
            *sum += size;
        }
        let raw = fs::metadata(file)?.len();
        let [brotli, gzip] = CODINGS.map(|(ending, _)| fs::metadata(beside(file, ending)).ok().map(|file| file.len()));
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
            let program = fs::metadata(build::unpack(&archive)?)?.len();
            let name = format!("the program in `function-{}.zip`, and the archive", processor.name());
            table.row(vec![name, grouped(program), grouped(size), or_none(None)]);
            any = true;
        }
    }
    Ok(any.then_some(table))
}

/// The sizes of a file: as it is stored, with gzip, with brotli.
fn transfer_sizes(file: &Path) -> Result<[u64; 3]> {
    let raw = fs::metadata(file)?.len();
    let [brotli, gzip] = CODINGS.map(|(ending, _)| fs::metadata(beside(file, ending)).ok().map(|file| file.len()));
    // Files without compressed versions are sent unchanged.
    Ok([raw, gzip.unwrap_or(raw), brotli.unwrap_or(raw)])
}

/// The code that an app's users load: ours, and another app that is a single file.
pub(super) fn code(site: &Path, name: &str, other: &Path) -> Result<Table> {
    let mut table = Table::new(&["app", "bytes", "gzip", "brotli"]);
    let mut ours = [0; 3];
    let is_code = |file: &Path| file.extension().is_some_and(|ending| ending == "js" || ending == "wasm");
    for file in build::files(site)?.iter().filter(|file| is_code(file)) {
        for (sum, size) in ours.iter_mut().zip(transfer_sizes(file)?) {
            *sum += size;
        }
    }
    for (name, sizes) in [("**this one**: JavaScript and WebAssembly", ours), (name, transfer_sizes(other)?)] {
        let [raw, gzip, brotli] = sizes.map(grouped);
        table.row(vec![name.to_owned(), raw, gzip, brotli]);
    }
    Ok(table)
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
    fn each_file_of_the_site_has_a_row_followed_by_the_sum() {
        let target = tempfile::tempdir().expect("a temporary folder");
        assert!(
            table(target.path()).expect("the folder can be read").is_none(),
            "nothing was built, but there is a table"
        );
        fs::create_dir(target.path().join("site")).expect("the folder can be created");
        for (file, size) in [("a.js", 1_500), ("a.js.br", 300), ("a.js.gz", 400), ("b.png", 100)] {
            fs::write(target.path().join("site").join(file), vec![0; size]).expect("the file can be written");
        }
        let text = table(target.path()).expect("the files can be read").expect("something was built").to_string();
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

    #[test]
    fn code_of_an_app_is_its_compressed_javascript_and_webassembly() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let site = folder.path().join("site");
        fs::create_dir(&site).expect("the folder can be created");
        for (file, size) in [("a.js", 1_500), ("a.js.br", 300), ("b.wasm", 50), ("c.css", 7), ("c.css.br", 3)] {
            fs::write(site.join(file), vec![0; size]).expect("the file can be written");
        }
        let other = folder.path().join("app.js");
        fs::write(&other, "x").expect("the file can be written");
        let text = code(&site, "another", &other).expect("the files can be read").to_string();
        assert!(text.contains("| **this one**: JavaScript and WebAssembly | 1 550 | 1 550 | 350 |"), "{text}");
        assert!(text.contains("| another | 1 | 1 | 1 |"), "{text}");
    }
}
