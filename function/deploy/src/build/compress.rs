//! Each text of the site is stored compressed beside itself, as small as it gets: it is done once, and read often.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The content codings that files are stored in: the ending of the file, and what HTTP calls it.
pub const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gz", "gzip")];

/// The kinds of file that become smaller; the template's function asks for the same ones.
const ENDINGS: [&str; 5] = ["css", "html", "js", "svg", "wasm"];

/// Writes `FILE.br` and `FILE.gz` beside a file that becomes smaller by it.
///
/// # Errors
/// Where a file cannot be read or written.
pub fn write(file: &Path) -> Result<()> {
    let ending = file.extension().unwrap_or_default();
    if !ENDINGS.iter().any(|known| ending == *known) {
        return Ok(());
    }
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let beside = |coding: &str| {
        let path = PathBuf::from(format!("{}.{coding}", file.display()));
        File::create(&path).with_context(|| format!("writing {}", path.display()))
    };

    let [(br, _), (gz, _)] = CODINGS;
    let mut brotli = brotli::CompressorWriter::new(beside(br)?, 64 * 1024, 11, 24);
    brotli.write_all(&bytes)?;
    drop(brotli.into_inner());
    // Without a time and a name in it, so that the same file gives the same bytes.
    let mut gzip = GzEncoder::new(beside(gz)?, Compression::best());
    gzip.write_all(&bytes)?;
    gzip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_text_is_stored_compressed_beside_itself_and_a_picture_is_not() {
        let folder = std::env::temp_dir().join(format!("compress-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let text = "the same again, ".repeat(100);
        for file in ["a.js", "a.png"] {
            std::fs::write(folder.join(file), &text).expect("a temporary file");
            write(&folder.join(file)).expect("it can be written");
        }
        let mut found: Vec<_> = std::fs::read_dir(&folder)
            .expect("it is there")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        found.sort();
        assert_eq!(found, ["a.js", "a.js.br", "a.js.gz", "a.png"]);
        let stored = |ending: &str| std::fs::read(folder.join(format!("a.js.{ending}"))).expect("it is there");
        let (mut from_brotli, mut from_gzip) = (String::new(), String::new());
        brotli::Decompressor::new(&*stored("br"), 4096).read_to_string(&mut from_brotli).expect("it is brotli");
        flate2::read::GzDecoder::new(&*stored("gz")).read_to_string(&mut from_gzip).expect("it is gzip");
        assert_eq!((from_brotli.as_str(), from_gzip.as_str()), (text.as_str(), text.as_str()));
        assert!(stored("br").len() < text.len() / 10 && stored("gz").len() < text.len() / 10);
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
}
