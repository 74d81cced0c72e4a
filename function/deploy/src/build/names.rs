//! The names of the app's functions. Browsers do not need them, so they are kept beside the site, in `target/names`,
//! where `cargo xtask trace` looks up the `wasm-function[123]` of a stack trace.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload};

use super::sections;
use crate::workspace;

/// How browsers print a function of a module without names.
const UNNAMED: &str = "wasm-function[";

/// Where the modules with names are kept.
pub(super) fn folder() -> PathBuf {
    workspace().join("target/names")
}

/// Removes the names from a module, and returns the original module.
pub(super) fn strip(wasm: &Path) -> Result<Vec<u8>> {
    let with_names = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let without = without_names(&with_names).with_context(|| format!("reading {}", wasm.display()))?;
    fs::write(wasm, without).with_context(|| format!("writing {}", wasm.display()))?;
    Ok(with_names)
}

/// Stores a module with names under the file name that the stripped module has on the site.
pub(super) fn keep(with_names: &[u8], name: &str) -> Result<()> {
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let file = folder.join(name);
    fs::write(&file, with_names).with_context(|| format!("writing {}", file.display()))
}

/// Puts names into a stack trace, from the stored module that it mentions, or else from the newest one, because Safari
/// does not print the file of a function.
pub(super) fn resolve(trace: &str, folder: &Path) -> Result<String> {
    let reading = || format!("reading {}: run `cargo xtask build site` first", folder.display());
    let mut kept = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        kept.push((entry.metadata().and_then(|file| file.modified()).with_context(reading)?, entry.path()));
    }
    kept.sort();
    let is_named = |path: &Path| path.file_name().is_some_and(|name| trace.contains(&*name.to_string_lossy()));
    let module = kept.iter().rev().find(|(_, path)| is_named(path)).or(kept.last());
    let (_, module) = module.with_context(reading)?;
    let names = names(&fs::read(module).with_context(|| format!("reading {}", module.display()))?)?;
    Ok(with(trace, &names))
}

fn with(trace: &str, names: &HashMap<u32, String>) -> String {
    let mut parts = trace.split(UNNAMED);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once(']').and_then(|(number, rest)| Some((names.get(&number.parse().ok()?)?, rest)));
        match known {
            Some((name, rest)) => text.extend([name, rest]),
            None => text.extend([UNNAMED, part]),
        }
    }
    text
}

fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    let is_names = |section: &Payload| matches!(section, Payload::CustomSection(custom) if custom.name() == "name");
    sections::copy(wasm, |section, _| Ok(is_names(section)))
}

fn names(wasm: &[u8]) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CustomSection(section) = payload?
            && let KnownCustom::Name(parts) = section.as_known()
        {
            for part in parts {
                if let Name::Function(functions) = part? {
                    for naming in functions {
                        let naming = naming?;
                        names.insert(naming.index, naming.name.to_owned());
                    }
                }
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{NameMap, NameSection};

    use super::*;

    /// A module of one function, `app::start`.
    fn module() -> Vec<u8> {
        let (mut names, mut map) = (NameSection::new(), NameMap::new());
        map.append(0, "app::start");
        names.functions(&map);
        sections::of_one_function(None, Some(&names))
    }

    #[test]
    fn names_are_removed_and_everything_else_stays() {
        let (with, without) = (module(), without_names(&module()).expect("it is a module"));
        assert!(with.starts_with(&without) && without.len() < with.len());
        assert!(names(&without).expect("it is a module").is_empty());
    }

    #[test]
    fn traces_of_all_engines_are_resolved() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("frontend-00_bg.wasm"), module()).expect("a temporary file");
        for (trace, expected) in [
            (
                "at http://localhost/frontend-00_bg.wasm:wasm-function[0]:0x1f",
                "at http://localhost/frontend-00_bg.wasm:app::start:0x1f",
            ),
            ("<?>.wasm-function[0]@[wasm code]", "<?>.app::start@[wasm code]"),
            ("wasm-function[7] and wasm-function[x", "wasm-function[7] and wasm-function[x"),
            ("at main.js:1", "at main.js:1"),
        ] {
            assert_eq!(resolve(trace, folder.path()).expect("the module exists"), expected);
        }
    }

    #[test]
    fn without_a_build_the_error_says_what_to_do() {
        let error = resolve("", Path::new("/nowhere")).expect_err("the folder does not exist");
        assert!(format!("{error:#}").contains("cargo xtask build site"), "{error:#}");
    }
}
