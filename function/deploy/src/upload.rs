//! Uploads the site to its bucket.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use md5::{Digest as _, Md5};

use crate::bucket::Bucket;
use crate::build::files;
use crate::hash::hex;
use crate::headers::Headers;
use crate::kinds;
use crate::say;

/// A file of the site, as it is stored in the bucket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) file: PathBuf,
    pub(crate) media_type: &'static str,
    pub(crate) coding: Option<&'static str>,
    pub(crate) cache_control: String,
}

/// The objects of a prepared site. Files without a hash in their names come last, and pages after them: until those are
/// uploaded, visitors get the complete old site.
pub(crate) fn objects(site: &Path, headers: &Headers) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for file in files(site)? {
        let key = file.strip_prefix(site).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let (name, coding) = kinds::without_coding(&key);
        let cache_control = headers.cache_control(Path::new(name)).to_str()?.to_owned();
        let media_type = kinds::media_type(name);
        objects.push(Object { key, file, media_type, coding, cache_control });
    }
    let is_page = |object: &Object| object.media_type.starts_with("text/html");
    objects.sort_by_key(|object| (is_page(object), object.cache_control.contains("no-cache")));
    Ok(objects)
}

/// Uploads the objects that are new or changed, and returns their keys. Other objects stay: open pages still request
/// the files of the previous site.
pub(crate) fn site(bucket: Bucket<'_>, objects: &[Object], dry_run: bool) -> Result<Vec<String>> {
    let present = present(bucket)?;
    let mut put = Vec::new();
    for object in objects {
        let bytes = std::fs::read(&object.file).with_context(|| format!("reading {}", object.file.display()))?;
        if present.get(&object.key) == Some(&hex(&Md5::digest(&bytes))) {
            continue;
        }
        put.push(object.key.clone());
        if dry_run {
            continue;
        }
        say(&format!("  {} ({}, {} bytes)", object.key, object.media_type, bytes.len()));
        let (file, cache_control) = (object.file.to_string_lossy(), &object.cache_control);
        let mut what = vec!["--key", &object.key, "--body", &file];
        what.extend(["--content-type", object.media_type, "--cache-control", cache_control]);
        what.extend(object.coding.iter().flat_map(|coding| ["--content-encoding", coding]));
        bucket.ask("put-object", &what)?;
    }
    Ok(put)
}

/// The keys in a bucket, each with its ETag, which is the MD5 of the content.
fn present(bucket: Bucket<'_>) -> Result<BTreeMap<String, String>> {
    let listed = bucket.ask("list-objects-v2", &[])?;
    let entries = listed["Contents"].as_array().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().trim_matches('"').to_owned();
    Ok(entries.map(|entry| (text(&entry["Key"]), text(&entry["ETag"]))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers;
    use crate::template_path;

    #[test]
    fn each_file_has_its_type_coding_and_cache_rule_and_the_page_comes_last() {
        let site = std::env::temp_dir().join(format!("upload-{}", std::process::id()));
        std::fs::create_dir_all(&site).expect("a temporary folder");
        let names = [
            "a-0123456789abcdef_bg.wasm",
            "a-0123456789abcdef_bg.wasm.br",
            "index.html",
            "index.html.gz",
            "x.tar.gz",
            "z.svg",
        ];
        for name in names {
            std::fs::write(site.join(name), name).expect("a temporary file");
        }
        let template = template_path();
        let headers = headers::read(&template, &crate::template::Parameters::new()).expect("the template is valid");
        let objects = objects(&site, &headers).expect("every type is known");
        let found: Vec<_> = objects
            .iter()
            .map(|object| (object.key.as_str(), object.media_type, object.coding, object.cache_control.as_str()))
            .collect();
        let year = "public, max-age=31536000, immutable";
        assert_eq!(
            found,
            [
                ("a-0123456789abcdef_bg.wasm", "application/wasm", None, year),
                ("a-0123456789abcdef_bg.wasm.br", "application/wasm", Some("br"), year),
                ("x.tar.gz", "application/octet-stream", None, "no-cache"),
                ("z.svg", "image/svg+xml", None, "no-cache"),
                ("index.html", "text/html; charset=utf-8", None, "no-cache"),
                ("index.html.gz", "text/html; charset=utf-8", Some("gzip"), "no-cache"),
            ]
        );
        std::fs::remove_dir_all(&site).expect("the folder can be removed");
    }
}
