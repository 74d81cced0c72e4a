//! What is deployed, held against what was promised of it: the programs in the archives themselves.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use super::{Run, say};
use crate::artefacts::lambda::{self, Processor};
use crate::tools::environment;
use crate::tools::qemu::Arm64;

/// The most that the function's program may weigh, in bytes.
const PROGRAM: u64 = 3_000_000;

/// The tests of the function's binary, over the one in that processor's archive; nothing where it cannot run here.
pub(super) fn started(run: &Run<'_>, processor: Processor) -> Option<Result<Command>> {
    let mut cargo = run.cargo(&["test", "--package", "function", "--test", "platform", "--locked"]);
    match (processor, run.toolbox.arm64()?) {
        (Processor::Arm64, Arm64::Native) => {}
        (Processor::Arm64, Arm64::Emulated { qemu, libraries }) => {
            cargo.env("FUNCTION_UNDER", format!("{} -L {}", qemu.display(), libraries.display()));
            // What an emulator keeps in memory says nothing of the function.
            cargo.args(["--", "--skip", "soak"]);
        }
        (Processor::X86, _) if is_x86() => {}
        _ => return None,
    }
    Some(lambda::unpack(&archive(processor)).map(|program| {
        cargo.env("FUNCTION_PROGRAM", program);
        cargo
    }))
}

fn is_x86() -> bool {
    (OS, ARCH) == ("linux", "x86_64")
}

fn archive(processor: Processor) -> PathBuf {
    environment::workspace().join(format!("target/function-{}.zip", processor.name()))
}

/// The processor's work, counted over the program that was built for this one; nothing where that cannot be.
pub(super) fn counted(run: &Run<'_>) -> Option<Result<Command>> {
    let valgrind = run.toolbox.valgrind().filter(|_| is_x86())?;
    let mut cargo = run.cargo(&["test", "--package", "function", "--test", "platform", "--locked"]);
    cargo.args(["instructions", "--", "--ignored", "--nocapture"]);
    let callgrind = format!("{} --tool=callgrind --callgrind-out-file=/dev/null", valgrind.display());
    Some(lambda::unpack(&archive(Processor::X86)).map(|program| {
        cargo.env("FUNCTION_PROGRAM", program).env("FUNCTION_UNDER", callgrind);
        cargo
    }))
}

/// Whether the programs in the archives are small enough; they were unpacked to be started.
pub(super) fn weighed() -> Result<()> {
    for processor in Processor::ALL {
        let size = std::fs::metadata(lambda::unpack(&archive(processor))?)?.len();
        say(&format!("the function for {}: {size} bytes, of {PROGRAM} at most", processor.name()));
        ensure!(size <= PROGRAM, "the program for {} is too large", processor.name());
    }
    Ok(())
}
