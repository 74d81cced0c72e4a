//! What goes into the two buckets: the function's archive, and the site's files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use md5::{Digest as _, Md5};
use serde_json::json;

use crate::aws::{Aws, is_refused};
use crate::build::{compress, files};
use crate::hash::{hex, sha256};
use crate::headers::Headers;
use crate::say;

/// The bucket for archives: one for each account and region, as a bucket's name is the whole world's.
pub(crate) fn code_bucket(account: &str, region: &str) -> String {
    format!("aniapi-login-code-{account}-{region}")
}

/// The archive's key: its content's, so that another archive is another key and the same one is there already.
pub(crate) fn code_key(stack: &str, archive: &Path) -> Result<String> {
    let bytes = std::fs::read(archive).with_context(|| format!("reading {}", archive.display()))?;
    Ok(format!("{stack}/{}.zip", sha256(&bytes)))
}

/// Puts the archive where CloudFormation can take it from, if it is not there. Says whether it had to.
pub(crate) fn code(aws: &Aws<'_>, bucket: &str, key: &str, archive: &Path) -> Result<bool> {
    if let Err(error) = aws.ask(&["s3api", "head-bucket", "--bucket", bucket]) {
        if !is_refused(&error, "404") {
            return Err(error).with_context(|| format!("looking for the bucket {bucket}"));
        }
        say(&format!("making the bucket {bucket} for the function's archives"));
        let mut input = json!({ "Bucket": bucket });
        // The oldest region is the default, and must not be named.
        if aws.region() != "us-east-1" {
            input["CreateBucketConfiguration"] = json!({ "LocationConstraint": aws.region() });
        }
        aws.ask_with(&["s3api", "create-bucket"], &input)?;
        let nobody = json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
        });
        let input = json!({ "Bucket": bucket, "PublicAccessBlockConfiguration": nobody });
        aws.ask_with(&["s3api", "put-public-access-block"], &input)?;
    }
    match aws.ask(&["s3api", "head-object", "--bucket", bucket, "--key", key]) {
        Ok(_) => return Ok(false),
        Err(error) if is_refused(&error, "404") => {}
        Err(error) => return Err(error),
    }
    say(&format!("uploading {}", archive.display()));
    let body = archive.to_string_lossy();
    aws.ask(&["s3api", "put-object", "--bucket", bucket, "--key", key, "--body", &body])?;
    Ok(true)
}

/// A file of the site, as the bucket holds it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) file: PathBuf,
    pub(crate) media_type: &'static str,
    pub(crate) coding: Option<&'static str>,
    pub(crate) cache_control: String,
}

/// Every file of the built site. Those whose names stay come last: until they are there, people get the old site whole.
pub(crate) fn objects(site: &Path, headers: &Headers) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for file in files(site)? {
        let key = file.strip_prefix(site).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let stored = compress::CODINGS.iter().find_map(|(ending, coding)| {
            let name = key.strip_suffix(ending)?.strip_suffix('.')?;
            Some((name.to_owned(), *coding))
        });
        let (name, coding) = stored.map_or((key.clone(), None), |(name, coding)| (name, Some(coding)));
        let cache_control = headers.cache_control(Path::new(&name)).to_str()?.to_owned();
        objects.push(Object { media_type: media_type(&name)?, key, file, coding, cache_control });
    }
    objects.sort_by_key(|object| object.cache_control.contains("no-cache"));
    Ok(objects)
}

/// Brings the bucket to hold these objects, and leaves what else is there: pages that are open still ask for the files of
/// the site before. Gives the keys that were put.
pub(crate) fn site(aws: &Aws<'_>, bucket: &str, objects: &[Object], dry_run: bool) -> Result<Vec<String>> {
    let present = present(aws, bucket)?;
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
        let mut what = vec!["s3api", "put-object", "--bucket", bucket, "--key", &object.key, "--body", &file];
        what.extend(["--content-type", object.media_type, "--cache-control", cache_control]);
        what.extend(object.coding.iter().flat_map(|coding| ["--content-encoding", coding]));
        aws.ask(&what)?;
    }
    Ok(put)
}

/// The keys that a bucket holds, each with the MD5 of its content, which S3 calls its tag.
fn present(aws: &Aws<'_>, bucket: &str) -> Result<BTreeMap<String, String>> {
    let listed = aws.ask(&["s3api", "list-objects-v2", "--bucket", bucket])?;
    let entries = listed["Contents"].as_array().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().trim_matches('"').to_owned();
    Ok(entries.map(|entry| (text(&entry["Key"]), text(&entry["ETag"]))).collect())
}

/// Empties a bucket, below a prefix.
pub(crate) fn empty(aws: &Aws<'_>, bucket: &str, prefix: &str) -> Result<()> {
    for key in present(aws, bucket)?.keys().filter(|key| key.starts_with(prefix)) {
        aws.ask(&["s3api", "delete-object", "--bucket", bucket, "--key", key])?;
    }
    Ok(())
}

fn media_type(name: &str) -> Result<&'static str> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    Ok(match ending {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => anyhow::bail!("the media type of {name} is not known here: add it to media_type"),
    })
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
        let names =
            ["a-0123456789abcdef_bg.wasm", "a-0123456789abcdef_bg.wasm.br", "index.html", "index.html.gz", "z.svg"];
        for name in names {
            std::fs::write(site.join(name), name).expect("a temporary file");
        }
        let template = template_path();
        let headers = headers::read(&template, &crate::template::Parameters::new()).expect("the template is right");
        let objects = objects(&site, &headers).expect("every type is known");
        let told: Vec<_> = objects
            .iter()
            .map(|object| (object.key.as_str(), object.media_type, object.coding, object.cache_control.as_str()))
            .collect();
        let year = "public, max-age=31536000, immutable";
        assert_eq!(
            told,
            [
                ("a-0123456789abcdef_bg.wasm", "application/wasm", None, year),
                ("a-0123456789abcdef_bg.wasm.br", "application/wasm", Some("br"), year),
                ("index.html", "text/html; charset=utf-8", None, "no-cache"),
                ("index.html.gz", "text/html; charset=utf-8", Some("gzip"), "no-cache"),
                ("z.svg", "image/svg+xml", None, "no-cache"),
            ]
        );
        std::fs::write(site.join("strange.xyz"), "x").expect("a temporary file");
        assert!(
            super::objects(&site, &headers).expect_err("its type is not known").to_string().contains("strange.xyz")
        );
        std::fs::remove_dir_all(&site).expect("it is ours");
    }
}
