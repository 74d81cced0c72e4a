//! Stores compressed copies of files beside them, at the highest level: files are compressed once and read often.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::kinds::{self, CODINGS};

/// Writes `FILE.br` and `FILE.gz` beside a file, if compression makes its type smaller.
///
/// # Errors
/// If a file cannot be read or written.
pub fn write(file: &Path) -> Result<()> {
    if !kinds::of(file).is_some_and(|kind| kind.is_compressed) {
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
    // Without a time and a name, so that the result is reproducible.
    let mut gzip = GzEncoder::new(beside(gz)?, Compression::best());
    gzip.write_all(&bytes)?;
    gzip.finish()?;
    Ok(())
}

/// Whether `stored` is `bytes` in this coding.
pub fn is_of(bytes: &[u8], stored: &[u8], coding: &str) -> bool {
    let mut plain = Vec::new();
    let read = match coding {
        "br" => brotli::Decompressor::new(stored, 64 * 1024).read_to_end(&mut plain),
        _ => flate2::read::GzDecoder::new(stored).read_to_end(&mut plain),
    };
    read.is_ok() && plain == bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_stored_compressed_and_a_picture_is_not() {
        let folder = std::env::temp_dir().join(format!("compress-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let text = "the same again, ".repeat(100);
        for file in ["a.js", "a.png"] {
            std::fs::write(folder.join(file), &text).expect("a temporary file");
            write(&folder.join(file)).expect("it can be written");
        }
        let mut found: Vec<_> = std::fs::read_dir(&folder)
            .expect("it exists")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        found.sort();
        assert_eq!(found, ["a.js", "a.js.br", "a.js.gz", "a.png"]);
        let stored = |ending: &str| std::fs::read(folder.join(format!("a.js.{ending}"))).expect("it exists");
        let (mut from_brotli, mut from_gzip) = (String::new(), String::new());
        brotli::Decompressor::new(&*stored("br"), 4096).read_to_string(&mut from_brotli).expect("it is brotli");
        flate2::read::GzDecoder::new(&*stored("gz")).read_to_string(&mut from_gzip).expect("it is gzip");
        assert_eq!((from_brotli.as_str(), from_gzip.as_str()), (text.as_str(), text.as_str()));
        assert!(stored("br").len() < text.len() / 10 && stored("gz").len() < text.len() / 10);
        std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    }
}
