//! The archive that Lambda takes. cargo-lambda can write one too, but with the time of the build in it, so that the same
//! source would never give the same archive.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes an archive with one program in it, under the name that Lambda starts.
pub(super) fn write(program: &Path, archive: &Path) -> Result<()> {
    let bytes = fs::read(program).with_context(|| format!("reading {}", program.display()))?;
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // The format's beginning of time.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let write = || -> Result<()> {
        let mut zip = ZipWriter::new(File::create(archive)?);
        zip.start_file("bootstrap", options)?;
        zip.write_all(&bytes)?;
        zip.finish()?;
        Ok(())
    };
    write().with_context(|| format!("writing {}", archive.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_archive_has_one_program_that_may_be_run_and_is_the_same_each_time() {
        let folder = std::env::temp_dir().join(format!("archive-test-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let program = folder.join("function");
        let make = |name: &str| {
            fs::write(&program, "a program").expect("the temporary folder can be written");
            let archive = folder.join(name);
            write(&program, &archive).expect("the archive is written");
            fs::read(archive).expect("the archive is there")
        };
        let first = make("first.zip");
        assert_eq!(first, make("second.zip"));

        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(first)).expect("an archive");
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_name("bootstrap").expect("the program");
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut text = String::new();
        file.read_to_string(&mut text).expect("its content");
        assert_eq!(text, "a program");
        fs::remove_dir_all(folder).expect("our own folder can go");
    }
}
