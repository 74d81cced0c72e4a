//! The biggest parts by crate, as a starting point for reducing size.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::table::Table;
use deploy::build::{self, grouped};
use xtask::tools::{self, Tool};
use xtask::workspace;

/// The number of parts to list.
const LISTED: usize = 12;

/// Writes the biggest crates of the app, from the newest module with names, which was built before.
pub(super) fn app(out: &mut impl Write) -> Result<()> {
    let toolbox = tools::ensure(&[Tool::Twiggy])?;
    let mut kept = build::files(&workspace().join("target/names"))?;
    kept.sort_by_key(|file| file.metadata().and_then(|file| file.modified()).ok());
    let app = kept.last().context("there is no module with names")?;
    let mut twiggy = toolbox.command("twiggy");
    let output = twiggy.args(["top", "-f", "json", "-n", "1000000"]).arg(app).output().context("starting twiggy")?;
    ensure!(output.status.success(), "twiggy failed: {}", String::from_utf8_lossy(&output.stderr));
    let items: Vec<Item> = serde_json::from_slice(&output.stdout).context("reading twiggy's output")?;
    let note = "generic code counts for the first crate in its name";
    writeln!(out, "The biggest parts of the app, in bytes of WebAssembly; {note}:\n\n{}", table(by_crate(items)))?;
    Ok(())
}

/// Builds the function with its names, and writes its biggest crates.
pub(super) fn function(out: &mut impl Write) -> Result<()> {
    let toolbox = tools::ensure(&[Tool::CargoBloat])?;
    let mut bloat = toolbox.command("cargo-bloat");
    bloat.args(["bloat", "--release", "--locked", "--package", "function", "--crates", "-n", "0"]);
    bloat.args(["--message-format", "json"]).current_dir(workspace());
    let output = bloat.stderr(Stdio::inherit()).output().context("starting cargo-bloat")?;
    ensure!(output.status.success(), "cargo-bloat failed");
    let bloat: Bloat = serde_json::from_slice(&output.stdout).context("reading cargo-bloat's output")?;
    let crates = bloat.crates.into_iter().map(|one| (one.name, one.size)).collect();
    writeln!(out, "The biggest parts of the function's program, in bytes of machine code:\n\n{}", table(crates))?;
    Ok(())
}

/// A function or data, in twiggy's output.
#[derive(Deserialize)]
struct Item {
    name: String,
    shallow_size: u64,
}

#[derive(Deserialize)]
struct Bloat {
    crates: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    size: u64,
}

fn by_crate(items: Vec<Item>) -> Vec<(String, u64)> {
    let mut sums = BTreeMap::<String, u64>::new();
    for Item { name, shallow_size } in items {
        // wasm-bindgen and wasm-opt remove these sections.
        if !name.starts_with("custom section") && !name.contains("subsection") {
            *sums.entry(part(&name)).or_default() += shallow_size;
        }
    }
    sums.into_iter().collect()
}

/// The first crate in a function's name: `<alloc[hash]::vec::Vec<…>>::push` or `core::ptr::drop_in_place`.
fn part(name: &str) -> String {
    if name.starts_with("data segment") {
        return "texts and tables".to_owned();
    }
    let name = name.trim_start_matches(['<', '&', '(', '[']).trim_start_matches("dyn ").trim_start_matches("_ as ");
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    match (&name[..end], &name[end..]) {
        (first, rest) if !first.is_empty() && (rest.starts_with("::") || rest.starts_with('[')) => first.to_owned(),
        _ => "everything else".to_owned(),
    }
}

fn table(mut parts: Vec<(String, u64)>) -> Table {
    parts.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let rest: u64 = parts.iter().skip(LISTED).map(|(_, size)| size).sum();
    let mut table = Table::new(&["part", "bytes"]);
    for (name, size) in parts.into_iter().take(LISTED).chain([("the rest".to_owned(), rest)]) {
        table.row(vec![name, grouped(size)]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_belongs_to_the_first_crate_in_its_name() {
        for (name, expected) in [
            ("frontend[78f9e106e8c970ae]::main", "frontend"),
            ("<alloc[74ce]::vec::Vec<tachys[7a48]::view::AnyView>>::push", "alloc"),
            ("<(alloc[74ce]::vec::Vec<u8>,) as tachys[7a48]::Render>::build", "alloc"),
            ("<_ as tachys[7a48]::view::any_view::IntoAny>::into_any", "tachys"),
            ("core::ptr::drop_in_place<x>", "core"),
            ("data segment \".rodata\"", "texts and tables"),
            ("main", "everything else"),
            ("<T as x::Y>::z", "everything else"),
        ] {
            assert_eq!(part(name), expected, "{name}");
        }
    }

    #[test]
    fn biggest_parts_come_first_and_the_rest_is_summed() {
        let items = (0..20).map(|n| Item { name: format!("c{n}::f"), shallow_size: n });
        let more = [
            Item { name: "c19::g".into(), shallow_size: 100 },
            Item { name: "custom section 'x'".into(), shallow_size: 9 },
        ];
        let text = table(by_crate(items.chain(more).collect())).to_string();
        let rows: Vec<_> = text.lines().skip(2).collect();
        assert_eq!((rows[0], rows.len(), rows[LISTED]), ("| c19 | 119 |", LISTED + 1, "| the rest | 28 |"));
    }
}
