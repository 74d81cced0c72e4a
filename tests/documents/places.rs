//! What the documents point to: links, pictures, files by their names, and the lines around a change.

use std::collections::BTreeSet;

use super::markdown::Document;
use super::source;

/// Files of these kinds are named without their folders, too.
const KINDS: [&str; 9] = [".rs", ".md", ".toml", ".yaml", ".yml", ".js", ".css", ".html", ".json"];

/// Links and pictures that lead nowhere. What is on the web is not asked for.
pub(super) fn faults_of_links(document: &Document) -> Vec<String> {
    let folder = document.name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let leads = |link: &str| {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let path = format!("{folder}{path}");
        match anchor {
            None => source::has(&path),
            Some(anchor) if link.starts_with('#') => document.anchors().iter().any(|known| known == anchor),
            Some(anchor) => source::has(&path) && Document::read(&path).anchors().iter().any(|known| known == anchor),
        }
    };
    let links = document.links().into_iter().filter(|(_, link)| !link.contains("://"));
    let broken = links.filter(|(_, link)| !leads(link));
    broken.map(|(line, link)| document.fault(line, &format!("{link} leads nowhere"))).collect()
}

/// Files in backticks that are not there.
pub(super) fn faults_of_names(document: &Document) -> Vec<String> {
    let files = source::files("");
    let names: BTreeSet<_> = files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    let is_stale = |name: &str| {
        let (folder, file) = name.split_once('/').unwrap_or(("", name));
        match folder {
            "" if name.contains('/') => false,
            "" => KINDS.iter().any(|kind| file.ends_with(kind) && file != *kind) && !names.contains(name),
            "frontend" | "function" | "shared" | "tests" | ".github" | ".cargo" | ".ci" => !source::has(name),
            _ => false,
        }
    };
    let ticks = document.ticks().into_iter().filter(|(_, name)| !name.contains([' ', '*', '<']) && is_stale(name));
    ticks.map(|(line, name)| document.fault(line, &format!("there is no {name}"))).collect()
}

/// A `diff` block names its file after `+++`; the lines that it leaves or takes away have to be there.
pub(super) fn faults_of_changes(document: &Document) -> Vec<String> {
    let mut faults = Vec::new();
    for block in document.blocks("diff") {
        let mut text = None;
        for (number, line) in block.lines {
            if let Some(path) = line.strip_prefix("+++ ") {
                let is_there = source::has(path);
                text = Some(if is_there { source::text(path) } else { String::new() });
            } else if let Some(kept) = line.strip_prefix([' ', '-']).filter(|_| !line.starts_with("---")) {
                if !text.as_ref().is_some_and(|text| text.lines().any(|found| found == kept)) {
                    faults.push(document.fault(number, &format!("{kept:?} is not in the file any more")));
                }
            } else if text.is_none() {
                faults.push(document.fault(number, "the change does not say in which file"));
            }
        }
    }
    faults
}
