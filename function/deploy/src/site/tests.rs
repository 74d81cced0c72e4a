use std::collections::BTreeMap;

use super::*;

/// A page that Trunk builds without special settings.
const PLAIN: &str = "<!DOCTYPE html><html><head>\n<script type=\"module\">\nimport init, * as bindings from '/a-0123456789abcdef.js';\n\
    const wasm = await init({ module_or_path: '/a-0123456789abcdef_bg.wasm' });\n</script>\n\
    <link rel=\"modulepreload\" href=\"/a-0123456789abcdef.js\" crossorigin=\"anonymous\">\
    <style>p > a { color: red }</style></head><body></body></html>";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
        fs::write(file, content).expect("a file");
    }
    folder
}

/// Every file below a folder, with its size.
fn listed(folder: &Path) -> BTreeMap<String, u64> {
    let files = crate::build::files(folder).expect("it can be read");
    let of = |file: PathBuf| {
        let name = file.strip_prefix(folder).expect("it is below").to_string_lossy().into_owned();
        (name, fs::metadata(&file).expect("it exists").len())
    };
    files.into_iter().map(of).collect()
}

fn refusal(files: &[(&str, &[u8])]) -> String {
    format!("{:#}", Site::read(folder(files).path()).expect_err("it is rejected"))
}

#[test]
fn plain_dist_is_compressed_elsewhere_and_its_folder_is_not_changed() {
    let dist = folder(&[
        ("index.html", PLAIN.as_bytes()),
        ("a-0123456789abcdef.js", b"export default () => {}"),
        ("a-0123456789abcdef_bg.wasm", b"\0asm"),
        ("img/LOGO.PNG", b"png"),
        ("model.xyz", b"x"),
        (".well-known/security.txt", b"Contact: mailto:a@b.example"),
        (".env", b"SECRET=1"),
        (".stage/index.html", b"x"),
        ("a-0123456789abcdef.js.map", b"{}"),
        ("CNAME", b"app.example"),
        ("api/config", b"{}"),
    ]);
    let before = listed(dist.path());
    let site = Site::read(dist.path()).expect("it is a site");
    let prepared = site.prepare().expect("it can be prepared");
    assert_eq!(listed(dist.path()), before);
    let names: Vec<_> = listed(prepared.path()).into_keys().collect();
    assert_eq!(
        names,
        [
            ".well-known/security.txt",
            ".well-known/security.txt.br",
            ".well-known/security.txt.gz",
            "a-0123456789abcdef.js",
            "a-0123456789abcdef.js.br",
            "a-0123456789abcdef.js.gz",
            "a-0123456789abcdef_bg.wasm",
            "a-0123456789abcdef_bg.wasm.br",
            "a-0123456789abcdef_bg.wasm.gz",
            "img/LOGO.PNG",
            "index.html",
            "index.html.br",
            "index.html.gz",
            "model.xyz",
        ]
    );
    let notes: Vec<_> = site.notes().collect();
    for (name, why) in
        [(".env", "hidden"), (".stage", "hidden"), (".js.map", "source"), ("CNAME", "extension"), ("api", "function")]
    {
        assert!(notes.iter().any(|note| note.contains(name) && note.contains(why)), "{name}: {notes:?}");
    }
    assert_eq!(notes.len(), 5, "{notes:?}");
}

#[test]
fn parameters_follow_from_the_pages_and_the_files() {
    // The hash covers the text between the tags, with line endings as a browser normalizes them.
    let script = "\nimport init, * as bindings from '/a-0123456789abcdef.js';\nconst wasm = await init({ module_or_path: '/a-0123456789abcdef_bg.wasm' });\n";
    for page in [PLAIN.to_owned(), PLAIN.replace('\n', "\r\n")] {
        let dist = folder(&[("index.html", page.as_bytes()), ("model.xyz", b"x"), ("b.glb", b"x")]);
        let parameters = Site::read(dist.path()).expect("it is a site").parameters(OTHER);
        assert_eq!(parameters["ScriptHashes"], crate::hash::source(script.as_bytes()));
        assert_eq!(parameters["StyleHashes"], crate::hash::source(b"p > a { color: red }"));
        assert_eq!((&*parameters["OtherEndings"], &*parameters["Site"]), ("xyz", "other"));
        assert_eq!(parameters["TrustedTypes"], "disabled");
    }
    assert_eq!(crate::hash::source(b""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    for (script, expected) in [
        ("trustedTypes.createPolicy(\"default\", {})", "required"),
        ("t?.createPolicy( 'default',{})", "required"),
        ("trustedTypes.createPolicy('lit-html', {})", "disabled"),
        ("const createPolicy = 'default'", "disabled"),
    ] {
        let page = b"<script src=/start.js></script><script type=module></script>";
        let dist = folder(&[("index.html", page), ("start.js", script.as_bytes())]);
        let parameters = Site::read(dist.path()).expect("it is a site").parameters(OTHER);
        assert_eq!(parameters["TrustedTypes"], expected, "{script}");
        assert_eq!((&*parameters["ScriptHashes"], &*parameters["StyleHashes"]), ("", ""), "{script}");
    }
}

#[test]
fn folder_without_a_built_site_is_rejected() {
    for (files, words) in [
        (&[("app.js", &b"x"[..])][..], "has no index.html"),
        (&[("index.html", b"<link data-trunk rel=rust>")], "run `trunk build"),
        (&[("index.html", b"x"), ("a.js", b"x"), ("a.js.br", b"x")], "a.js.br is not a compressed copy of a.js"),
        (&[("index.html", b"x"), ("a\nb.js", b"x")], "control character"),
    ] {
        let refusal = refusal(files);
        assert!(refusal.contains(words), "{words}: {refusal}");
    }
    let error = Site::read(Path::new("no-such-folder")).expect_err("it does not exist");
    assert!(error.to_string().contains("not a folder"), "{error}");
    #[cfg(unix)]
    {
        let dist = folder(&[("index.html", b"x")]);
        std::os::unix::fs::symlink("/etc/passwd", dist.path().join("a.txt")).expect("a link");
        let error = Site::read(dist.path()).expect_err("it leads elsewhere");
        assert!(error.to_string().contains("a.txt is a symbolic link"), "{error}");
    }
}

#[test]
fn contents_that_the_policy_forbids_are_reported() {
    let page = "<body style='color: red' onload=go()><link rel=stylesheet href=https://fonts.example/a.css><script src=app.js></script>";
    let dist = folder(&[("index.html", page.as_bytes())]);
    let notes: Vec<_> = Site::read(dist.path()).expect("it is a site").notes().collect();
    for words in ["`style` of <body>", "`onload` of <body>", "https://fonts.example/a.css", "public_url"] {
        assert!(notes.iter().any(|note| note.contains(words)), "{words}: {notes:?}");
    }
    assert_eq!(notes.len(), 4, "{notes:?}");
}

#[test]
fn policy_that_is_too_long_for_cloudfront_is_rejected() {
    let template = fs::read_to_string(crate::template_path()).expect("it exists");
    let with = |scripts: usize| {
        let page: String = (0..scripts).map(|number| format!("<script>go({number})</script>")).collect();
        let dist = folder(&[("index.html", page.as_bytes())]);
        ensure_policy_fits(&template, &Site::read(dist.path()).expect("it is a site").parameters(OTHER))
    };
    with(20).expect("it fits");
    let refusal = with(40).expect_err("it is too long").to_string();
    assert!(refusal.contains("Move them into files"), "{refusal}");
}
