//! The site's addresses, which a CloudFront function in JavaScript decides. Node runs it here.

use std::io::Write as _;
use std::process::Stdio;

use deploy::{addresses, kinds, template, template_path};
use serde_json::{Value, json};

use xtask::tools::{self, Tool};

use super::{all, properties, whole};

/// CloudFront's limit for a function, in bytes.
const LARGEST: usize = 10 * 1024;

/// An extension that is not in the table, and that the site of these tests has.
const OTHER: &str = "xyz";

fn code() -> String {
    let parameters = [("OtherEndings".to_owned(), OTHER.to_owned())].into();
    template::text(&properties("SiteAddresses")["FunctionCode"], &whole(), &parameters).expect("it is text")
}

/// The files for requests, in the same order.
fn files(requests: &[(&str, Option<&str>)]) -> Vec<String> {
    let events: Vec<Value> = requests
        .iter()
        .map(|(uri, accepted)| {
            let headers = accepted.map_or_else(|| json!({}), |value| json!({ "accept-encoding": { "value": value } }));
            let query = json!({ "code": { "value": "a-code" } });
            json!({ "request": { "method": "GET", "uri": uri, "querystring": query, "headers": headers, "cookies": {} } })
        })
        .collect();
    // CloudFront runs it in strict mode.
    let script = format!(
        "\"use strict\";\n{}\nconst events = JSON.parse(require(\"fs\").readFileSync(0));\n\
         console.log(JSON.stringify(events.map((event) => handler(event))));",
        code()
    );
    let toolbox = tools::ensure(&[Tool::Node]).expect("Node is found or installed");
    let mut node = toolbox.command("node");
    node.args(["-e", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    let mut input = node.stdin.take().expect("it is piped");
    input.write_all(json!(events).to_string().as_bytes()).expect("node listens");
    drop(input);
    let output = node.wait_with_output().expect("node exits");
    assert!(output.status.success(), "the script does not run");
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("node prints JSON");
    let file = |(event, mut answer): (&Value, Value)| {
        let uri = answer["uri"].take();
        answer["uri"] = event["request"]["uri"].clone();
        assert_eq!(answer, event["request"], "only the address may change");
        uri.as_str().expect("it is text").to_owned()
    };
    events.iter().zip(answers).map(file).collect()
}

/// The files for requests. Asserts that the local edge, the same code in Rust, gives the same ones.
fn files_of_both(requests: &[(&str, Option<&str>)]) -> Vec<String> {
    let deployed = files(requests);
    let local = requests.iter().map(|(uri, accepted)| addresses::stored(uri, accepted.unwrap_or_default(), OTHER));
    assert_eq!(local.collect::<Vec<_>>(), deployed, "the local edge gives different files");
    deployed
}

#[test]
fn kinds_of_files_match_the_table() {
    let path = template_path();
    let text = std::fs::read_to_string(&path).expect("it exists");
    let (before, rest) = text.split_once("FunctionCode: !Sub |\n").expect("the function is a text with its parameter");
    let (found, after) = rest.split_once("        function handler").expect("it has a handler");
    let expected: String = kinds::javascript().lines().map(|line| format!("        {line}\n")).collect();
    if std::env::var_os("UPDATE").is_some() {
        let text = format!("{before}FunctionCode: !Sub |\n{expected}        function handler{after}");
        return std::fs::write(path, text).expect("it can be written");
    }
    assert_eq!(found, expected, "UPDATE=1 cargo test -p deploy-tests --test template kinds");
}

#[test]
fn address_with_a_known_extension_is_a_file_and_any_other_is_the_app() {
    let app = "/index.html";
    let to_app = [
        "/",
        "/index.html",
        "/auth",
        "/auth/",
        "/auth/github",
        "/no/such/page",
        "/no/such.page",
        "/john.doe",
        "/a.b/c",
        "/v1.js/",
        "/style.css/x",
        "/%2e%2e/secret",
        "/style%2ecss",
        "/..",
        "/.",
        "//",
        "",
        "/api",
        "/apix/token",
        "/API/token",
        "/index.html.br",
        "/start.js.gz",
        "/start.js.map",
        "/js",
        "/a.js ",
        "/a.xyzz",
        "/a.x",
        "/a.css js",
        "/a.é",
    ];
    for (address, file) in to_app.iter().zip(files_of_both(&to_app.map(|address| (address, None)))) {
        assert_eq!(file, app, "{address}");
    }
    let known: Vec<String> = kinds::all().map(|kind| format!("/folder/a-0123456789abcdef.{}", kind.ending)).collect();
    let others = ["/logo.PNG", "/page.html", "/model.xyz", "/.well-known/security.txt", "/a.b.css", "/a%20b.svg"];
    let to_files: Vec<&str> = known.iter().map(String::as_str).chain(others).collect();
    let requests: Vec<_> = to_files.iter().map(|address| (*address, None)).collect();
    assert_eq!(files_of_both(&requests), to_files);
    for accepted in ["br, gzip", "gzip"] {
        let requests: Vec<_> = to_files.iter().map(|address| (*address, Some(accepted))).collect();
        for (file, address) in files_of_both(&requests).into_iter().zip(&to_files) {
            let is_compressed = kinds::of(address.as_ref()).is_some_and(|kind| kind.is_compressed);
            assert_eq!(file != *address, is_compressed, "{address} is compressed exactly if its type is");
        }
    }
}

/// The distribution may list the bucket, so that a missing file is a 404. A request for the bucket itself would return
/// the list.
#[test]
fn no_request_can_list_the_bucket() {
    let addresses = ["/", "", "//", "/?list-type=2", "/a/", "/index.html/", "/x.xyz/", "/.css/"];
    for file in files_of_both(&addresses.map(|address| (address, None))) {
        assert!(file.len() > 1 && !file.ends_with('/'), "{file}");
    }
    let buckets = all("AWS::S3::BucketPolicy");
    assert!(buckets[0].1.to_string().contains("s3:ListBucket"), "a missing file would be a 403");
}

#[test]
fn file_is_served_in_a_coding_that_the_browser_accepts() {
    let cases = [
        (None, ""),
        (Some(""), ""),
        (Some("identity"), ""),
        (Some("br"), ".br"),
        (Some("BR"), ".br"),
        (Some("gzip"), ".gz"),
        (Some("gzip, deflate, br, zstd"), ".br"),
        (Some("gzip,br"), ".br"),
        (Some("gzip, deflate"), ".gz"),
        (Some("br;q=1.0, gzip;q=0.8"), ".br"),
        (Some("br;q=0.5"), ".br"),
        (Some("br;q=0"), ""),
        (Some("br; q=0.000, gzip"), ".gz"),
        (Some("br;q=0.001"), ".br"),
        (Some("gzip;q=0"), ""),
        (Some("brotli, xgzip"), ""),
        (Some("*"), ""),
    ];
    for (address, file) in [("/auth", "/index.html"), ("/start-0123456789abcdef.js", "/start-0123456789abcdef.js")] {
        let files = files_of_both(&cases.map(|(accepted, _)| (address, accepted)));
        for ((accepted, ending), given) in cases.into_iter().zip(files) {
            assert_eq!(given, format!("{file}{ending}"), "{address} with {accepted:?}");
        }
    }
}

#[test]
fn edge_function_is_small_and_uses_only_what_cloudfront_supports() {
    let whole = code();
    assert!(whole.len() <= LARGEST, "{} bytes", whole.len());
    let code: String = whole.lines().filter(|line| !line.trim().starts_with("//")).collect();
    assert_eq!(properties("SiteAddresses")["FunctionConfig"]["Runtime"], "cloudfront-js-2.0");
    assert_eq!(properties("SiteAddresses")["AutoPublish"], true);
    // These are newer than ES 5.1 and not among the later features that CloudFront supports. A log would contain
    // addresses.
    for word in
        ["?.", "??", "...", "class ", " of ", "import", "require", "async", "eval", "const {", "const [", "console"]
    {
        assert!(!code.contains(word), "{word}");
    }
}
