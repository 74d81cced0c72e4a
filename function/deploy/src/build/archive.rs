//! The archive for Lambda. cargo-lambda can write one, too, but includes the build time, so that its archives are not
//! reproducible.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The file that Lambda starts.
const PROGRAM: &str = "bootstrap";

/// Writes an archive with one program in it.
pub(super) fn write(program: &Path, archive: &Path) -> Result<()> {
    let bytes = fs::read(program).with_context(|| format!("reading {}", program.display()))?;
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // The earliest time of the format.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let write = || -> Result<()> {
        let mut zip = ZipWriter::new(File::create(archive)?);
        zip.start_file(PROGRAM, options)?;
        zip.write_all(&bytes)?;
        zip.finish()?;
        Ok(())
    };
    write().with_context(|| format!("writing {}", archive.display()))
}

/// Unpacks the one program of an archive, with its permissions.
pub(super) fn read(archive: &Path, program: &Path) -> Result<()> {
    let read = || -> Result<()> {
        let mut zip = ZipArchive::new(File::open(archive)?)?;
        ensure!(zip.len() == 1, "it contains {} files", zip.len());
        let mut file = zip.by_name(PROGRAM)?;
        let mode = file.unix_mode().context("its file has no permissions")?;
        io::copy(&mut file, &mut File::create(program)?)?;
        fs::set_permissions(program, PermissionsExt::from_mode(mode))?;
        Ok(())
    };
    read().with_context(|| format!("unpacking {}", archive.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_is_reproducible_and_has_one_executable_program() {
        let folder = std::env::temp_dir().join(format!("archive-test-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let program = folder.join("function");
        let make = |name: &str| {
            fs::write(&program, "a program").expect("the temporary folder can be written");
            let archive = folder.join(name);
            write(&program, &archive).expect("the archive is written");
            fs::read(archive).expect("the archive exists")
        };
        let first = make("first.zip");
        assert_eq!(first, make("second.zip"));

        let unpacked = folder.join("unpacked");
        read(&folder.join("first.zip"), &unpacked).expect("an archive of ours");
        assert_eq!(fs::read(&unpacked).expect("it exists"), b"a program");
        let mode = fs::metadata(&unpacked).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        fs::remove_dir_all(folder).expect("the folder can be removed");
    }
}
