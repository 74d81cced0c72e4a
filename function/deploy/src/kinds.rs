//! File types by extension: one table for the upload, the edge function in `function/template.yaml` and the local edge.
//! An address with a known extension is a file; any other is the app.

use std::path::Path;

/// The type of the files with an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The extension, in lower case, without its dot.
    pub ending: &'static str,
    /// The `Content-Type`.
    pub media_type: &'static str,
    /// Whether the file is stored as `.br` and `.gz`, too. If so, both always exist, because the edge function cannot
    /// check.
    pub is_compressed: bool,
}

/// The media type of other extensions. With `nosniff`, no browser runs such a file as a page or a script.
pub const UNKNOWN: &str = "application/octet-stream";

/// The content codings in which files are stored: the file's extension, and the name in HTTP.
pub const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gz", "gzip")];

/// Types that compression makes smaller.
const COMPRESSED: [(&str, &str); 23] = [
    ("atom", "application/atom+xml"),
    ("bmp", "image/bmp"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("geojson", "application/geo+json"),
    ("gltf", "model/gltf+json"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("jsonld", "application/ld+json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("otf", "font/otf"),
    ("rss", "application/rss+xml"),
    ("svg", "image/svg+xml"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
    ("xml", "application/xml"),
];

/// Types that are compressed already.
const OTHERS: [(&str, &str); 25] = [
    ("aac", "audio/aac"),
    ("apng", "image/apng"),
    ("avif", "image/avif"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("jxl", "image/jxl"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("wav", "audio/wav"),
    ("weba", "audio/webm"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("zip", "application/zip"),
];

/// All types, those that are stored compressed first.
pub fn all() -> impl Iterator<Item = Kind> {
    let kind = |is_compressed| {
        move |(ending, media_type): &(&'static str, &'static str)| Kind { ending, media_type, is_compressed }
    };
    COMPRESSED.iter().map(kind(true)).chain(OTHERS.iter().map(kind(false)))
}

/// The type of a file. The case of its extension does not matter.
pub fn of(file: &Path) -> Option<Kind> {
    let ending = ending(file.to_str()?)?;
    all().find(|kind| kind.ending == ending)
}

/// The extension of a file name or an address, in lower case.
pub fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let is_ending = !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_ending.then(|| ending.to_ascii_lowercase())
}

/// The name of a stored file without the extension of its coding, and that coding's name in HTTP.
pub fn without_coding(key: &str) -> (&str, Option<&'static str>) {
    let found = CODINGS.iter().find_map(|(ending, coding)| {
        let name = key.strip_suffix(ending)?.strip_suffix('.')?;
        Some((name, *coding)).filter(|(name, _)| of(Path::new(name)).is_some_and(|kind| kind.is_compressed))
    });
    found.map_or((key, None), |(name, coding)| (name, Some(coding)))
}

/// The `Content-Type` of a file.
pub fn media_type(name: &str) -> &'static str {
    of(Path::new(name)).map_or(UNKNOWN, |kind| kind.media_type)
}

/// The two lines of the edge function in the template that list the extensions.
pub fn javascript() -> String {
    let endings = |is_compressed| {
        let kinds = all().filter(move |kind| kind.is_compressed == is_compressed);
        kinds.map(|kind| kind.ending).collect::<Vec<_>>().join(" ")
    };
    let [compressed, others] = [endings(true), endings(false)];
    format!("const COMPRESSED = \" {compressed} \";\nconst OTHERS = \" {others} ${{OtherEndings}} \";\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_is_found_in_any_case_and_listed_once() {
        for (file, expected) in [
            ("a/logo.png", Some(("image/png", false))),
            ("LOGO.PNG", Some(("image/png", false))),
            ("favicon.ico", Some(("image/x-icon", true))),
            ("robots.txt", Some(("text/plain; charset=utf-8", true))),
            ("manifest.json", Some(("application/json", true))),
            ("font.woff2", Some(("font/woff2", false))),
            ("page.html", Some(("text/html; charset=utf-8", true))),
            ("a.xyz", None),
            ("png", None),
            ("a.png/b", None),
            ("a.", None),
        ] {
            let found = of(Path::new(file)).map(|kind| (kind.media_type, kind.is_compressed));
            assert_eq!(found, expected, "{file}");
        }
        let mut endings: Vec<_> = all().map(|kind| kind.ending).collect();
        endings.sort_unstable();
        let before = endings.len();
        endings.dedup();
        assert_eq!(endings.len(), before);
        assert!(all().all(|kind| ending(&format!("a.{}", kind.ending)).as_deref() == Some(kind.ending)));
        assert!(all().all(|kind| !["br", "gz", "map"].contains(&kind.ending)), "these are never requested");
    }
}
