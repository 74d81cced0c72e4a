//! The machine and the date of a measurement.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

/// Processor, number of cores, system, and date.
pub(super) fn describe() -> String {
    let cores = thread::available_parallelism().map_or_else(|_| "?".to_owned(), |cores| cores.to_string());
    let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let (date, _) = date.split_once('T').unwrap_or((&date, ""));
    format!("{}, {cores} cores ({ARCH}), {}, {date}", processor(), system())
}

/// The load average of the last minute, which includes the build before the measurement.
pub(super) fn load() -> Option<String> {
    let load = fs::read_to_string("/proc/loadavg").ok()?;
    Some(load.split(' ').next()?.to_owned())
}

fn processor() -> String {
    let known = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let model = text.lines().find(|line| line.starts_with("model name"))?;
        Some(model.split_once(':')?.1.trim().to_owned())
    });
    known
        .or_else(|| output_of("sysctl", &["-n", "machdep.cpu.brand_string"]))
        .unwrap_or_else(|| "unknown processor".to_owned())
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let kernel = output_of("uname", &["-sr"]).unwrap_or_else(|| OS.to_owned());
    release.map_or_else(|| kernel.clone(), |release| format!("{release}, {kernel}"))
}

fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
