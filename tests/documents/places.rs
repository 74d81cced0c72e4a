//! What the documents refer to: links, pictures, names of files, and the context lines of diffs.

use std::collections::BTreeSet;

use super::markdown::Document;
use super::source;

/// Names with these endings are files even without a folder.
const KINDS: [&str; 9] = [".rs", ".md", ".toml", ".yaml", ".yml", ".js", ".css", ".html", ".json"];

/// Links and pictures without a target. Addresses on the web are not requested.
pub(super) fn faults_of_links(document: &Document) -> Vec<String> {
    let folder = document.name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let has_target = |link: &str| {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let path = format!("{folder}{path}");
        match anchor {
            None => source::has(&path),
            Some(anchor) if link.starts_with('#') => document.anchors().iter().any(|known| known == anchor),
            Some(anchor) => source::has(&path) && Document::read(&path).anchors().iter().any(|known| known == anchor),
        }
    };
    // GitHub's own pages of the repository, such as a workflow's badge, are on the web as well.
    let is_on_the_web = |link: &str| link.contains("://") || link.starts_with("../../actions/");
    let links = document.links().into_iter().filter(|(_, link)| !is_on_the_web(link));
    let broken = links.filter(|(_, link)| !has_target(link));
    broken.map(|(line, link)| document.fault(line, &format!("{link} does not exist"))).collect()
}

/// Names of files in backticks that do not exist.
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
    ticks.map(|(line, name)| document.fault(line, &format!("there is no file {name}"))).collect()
}

/// Faults of `diff` blocks: each names its file after `+++`, and the file must contain the context and removed lines.
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
                    faults.push(document.fault(number, &format!("the file does not contain {kept:?}")));
                }
            } else if text.is_none() {
                faults.push(document.fault(number, "the diff does not name its file"));
            }
        }
    }
    faults
}
