//! Copies a WebAssembly module section by section.

use anyhow::Result;
use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};

/// Copies a module. `replace` is called for each section: it may write a replacement to the copy, and returns whether
/// it has handled the section. All other sections are copied unchanged.
pub(super) fn copy(wasm: &[u8], mut replace: impl FnMut(&Payload<'_>, &mut Module) -> Result<bool>) -> Result<Vec<u8>> {
    let mut copy = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if replace(&payload, &mut copy)? {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            copy.section(&RawSection { id, data: &wasm[range] });
        }
    }
    Ok(copy.finish())
}

/// A module with one empty function, for tests.
#[cfg(test)]
pub(super) fn of_one_function(
    exports: Option<&wasm_encoder::ExportSection>,
    names: Option<&wasm_encoder::NameSection>,
) -> Vec<u8> {
    use wasm_encoder::{CodeSection, Function, FunctionSection, TypeSection};

    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    functions.function(0);
    let mut body = Function::new([]);
    body.instructions().end();
    code.function(&body);
    let mut module = Module::new();
    module.section(&types).section(&functions);
    if let Some(exports) = exports {
        module.section(exports);
    }
    module.section(&code);
    if let Some(names) = names {
        module.section(names);
    }
    module.finish()
}
