//! Removes unreachable code from the app's WebAssembly. Leptos's server functions include three classes for streams,
//! which wasm-bindgen exports even if they are not used, and an export keeps everything that it needs. None of our
//! JavaScript creates an object of these classes, and no import returns one.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use wasm_encoder::ExportSection;
use wasmparser::{ExternalKind, Payload};

use super::sections;
use crate::workspace;

/// A part of the name of every export of `wasm-streams`.
const STREAMS: &str = "intounderlying";

/// Removes these exports, and optimizes the rest as Trunk does.
pub(super) fn remove(wasm: &Path) -> Result<()> {
    let reading = || format!("reading {}", wasm.display());
    let rest = without(&fs::read(wasm).with_context(reading)?, STREAMS).with_context(reading)?;
    fs::write(wasm, rest).with_context(|| format!("writing {}", wasm.display()))?;
    let page = workspace().join("frontend/index.html");
    let page = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    let parameters = parameters(&page).context("frontend/index.html has no data-wasm-opt-params")?;
    let mut wasm_opt = Command::new("wasm-opt");
    super::run_to_end(wasm_opt.args(parameters).arg(wasm).arg("-o").arg(wasm))
}

/// The parameters that Trunk passes to wasm-opt.
fn parameters(page: &str) -> Option<Vec<&str>> {
    let (_, rest) = page.split_once("data-wasm-opt-params=\"")?;
    let (parameters, _) = rest.split_once('"')?;
    Some(parameters.split_whitespace().collect())
}

/// A module without the exports whose names contain `part`.
fn without(wasm: &[u8], part: &str) -> Result<Vec<u8>> {
    sections::copy(wasm, |section, copy| {
        let Payload::ExportSection(exports) = section else { return Ok(false) };
        let mut kept = ExportSection::new();
        for export in exports.clone() {
            let export = export?;
            if !export.name.contains(part) {
                kept.export(export.name, kind(export.kind)?, export.index);
            }
        }
        copy.section(&kept);
        Ok(true)
    })
}

fn kind(kind: ExternalKind) -> Result<wasm_encoder::ExportKind> {
    use wasm_encoder::ExportKind;
    Ok(match kind {
        ExternalKind::Func => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
        other => anyhow::bail!("unexpected export of the kind {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use wasm_encoder::ExportKind;

    use super::*;

    #[test]
    fn matching_exports_are_removed_and_everything_else_stays() {
        let module = |names: &[&str]| {
            let mut exports = ExportSection::new();
            for name in names {
                exports.export(name, ExportKind::Func, 0);
            }
            sections::of_one_function(Some(&exports), None)
        };
        let whole = module(&["main", "intounderlyingsink_close", "__wbg_intounderlyingsource_free"]);
        assert_eq!(without(&whole, STREAMS).expect("it is a module"), module(&["main"]));
    }

    #[test]
    fn wasm_opt_parameters_are_those_of_the_page() {
        let page = std::fs::read_to_string(workspace().join("frontend/index.html")).expect("it exists");
        let parameters = parameters(&page).expect("it has some");
        assert!(parameters.contains(&"-Oz") && parameters.contains(&"--enable-reference-types"), "{parameters:?}");
    }
}
