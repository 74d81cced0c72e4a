//! Short names between the app's JavaScript and its WebAssembly. wasm-bindgen gives each of a hundred functions a name
//! with sixteen random digits in it, in both files, and random digits do not compress.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::tools::{Toolbox, environment};

/// The name by which the JavaScript knows what the WebAssembly exports.
const EXPORTS: &str = "wasm.";

/// What wasm-opt calls the one module that is imported from.
const MODULE: &str = "a";

/// Gives both files the same short names.
pub(super) fn shorten(toolbox: &Toolbox, js: &Path, wasm: &Path) -> Result<()> {
    let mut wasm_opt = toolbox.command("wasm-opt");
    wasm_opt.arg("--minify-imports-and-exports-and-modules").args(features()?).arg(wasm).arg("-o").arg(wasm);
    let output = wasm_opt.output().context("starting wasm-opt")?;
    ensure!(output.status.success(), "wasm-opt failed: {}", String::from_utf8_lossy(&output.stderr));
    let names: Names = serde_json::from_slice(&output.stdout).context("reading the names that wasm-opt gave")?;
    let text = fs::read_to_string(js).with_context(|| format!("reading {}", js.display()))?;
    fs::write(js, names.given_to(&text)?).with_context(|| format!("writing {}", js.display()))
}

/// What the WebAssembly uses beyond the first version of the standard, as `index.html` tells wasm-opt.
fn features() -> Result<Vec<String>> {
    let page = environment::workspace().join("frontend/index.html");
    let page = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    let features = page.split([' ', '"']).filter(|word| word.starts_with("--enable-")).map(str::to_owned).collect();
    Ok(features)
}

/// What wasm-opt prints: the old names and the new ones.
#[derive(Deserialize)]
struct Names {
    /// Module, old name, new name.
    imports: Vec<(String, String, String)>,
    /// Old name, new name.
    exports: Vec<(String, String)>,
}

impl Names {
    fn given_to(&self, text: &str) -> Result<String> {
        let mut text = text.to_owned();
        for (module, old, new) in &self.imports {
            text = text.replace(&format!("\"{module}\""), &format!("\"{MODULE}\""));
            let (renamed, times) = replaced(&text, old, new);
            ensure!(times > 0, "the app's JavaScript has no {old}");
            text = renamed;
        }
        for (old, new) in &self.exports {
            // Not all that is exported is called.
            text = replaced(&text, &format!("{EXPORTS}{old}"), &format!("{EXPORTS}{new}")).0;
        }
        Ok(text)
    }
}

/// Puts another name in the place of each that is whole, and says how many there were.
fn replaced(text: &str, old: &str, new: &str) -> (String, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let (mut out, mut rest, mut times) = (String::with_capacity(text.len()), text, 0);
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        out.push_str(before);
        out.push_str(if is_whole { new } else { old });
        times += usize::from(is_whole);
        rest = after;
    }
    out.push_str(rest);
    (out, times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_given_the_new_names() {
        let names: Names = serde_json::from_str(
            r#"{"imports":[["./app_bg.js","__wbg_get_12","$"],["./app_bg.js","__wbg_get_123","b"]],
                "exports":[["memory","c"],["memory_grow","d"],["main","e"]]}"#,
        )
        .expect("it is what wasm-opt prints");
        let text = "imports = { __wbg_get_123: function() {}, __wbg_get_12: function() {} };
            ({ \"./app_bg.js\": imports }); wasm.memory.buffer; wasm.memory_grow(1); other.memory; mywasm.memory;";
        let expected = "imports = { b: function() {}, $: function() {} };
            ({ \"a\": imports }); wasm.c.buffer; wasm.d(1); other.memory; mywasm.memory;";
        assert_eq!(names.given_to(text).expect("every import is there"), expected);
        assert!(names.given_to("imports = {}").is_err(), "a name that the JavaScript does not have");
    }

    #[test]
    fn the_page_names_what_the_webassembly_uses() {
        let features = features().expect("the page is there");
        assert!(features.contains(&"--enable-reference-types".to_owned()), "{features:?}");
    }
}
