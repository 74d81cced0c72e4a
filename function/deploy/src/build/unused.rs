//! Takes out of the app's WebAssembly what nothing in it can reach: Leptos's server functions bring three classes for
//! streams along, which wasm-bindgen exports whether they are used or not, and an export is kept with all that it needs.
//! No JavaScript of ours makes an object of these classes, and no import hands one out.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use wasm_encoder::ExportSection;
use wasmparser::{ExternalKind, Payload};

use super::sections;
use crate::workspace;

/// A part of the names of all that `wasm-streams` exports.
const STREAMS: &str = "intounderlying";

/// Takes it out, and optimises the rest as Trunk has done.
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

/// What Trunk gives to wasm-opt.
fn parameters(page: &str) -> Option<Vec<&str>> {
    let (_, rest) = page.split_once("data-wasm-opt-params=\"")?;
    let (parameters, _) = rest.split_once('"')?;
    Some(parameters.split_whitespace().collect())
}

/// A module without the exports whose names contain that.
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
        other => anyhow::bail!("an export of the kind {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use wasm_encoder::ExportKind;

    use super::*;

    #[test]
    fn exports_of_that_name_are_left_out_and_everything_else_stays() {
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
    fn the_parameters_are_those_of_the_page() {
        let page = std::fs::read_to_string(workspace().join("frontend/index.html")).expect("it is there");
        let parameters = parameters(&page).expect("it has some");
        assert!(parameters.contains(&"-Oz") && parameters.contains(&"--enable-reference-types"), "{parameters:?}");
    }
}
