//! The site's addresses, decided by a few lines of JavaScript at CloudFront's edge. They are run here by Node.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use xtask::tools::{self, Tool};

use super::properties;

/// CloudFront refuses a larger one.
const LARGEST: usize = 10 * 1024;

fn code() -> String {
    properties("SiteAddresses")["FunctionCode"].as_str().expect("it is text").to_owned()
}

/// The files that requests become, in their order.
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
    let output = node.wait_with_output().expect("node ends");
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

#[test]
fn an_address_that_is_no_file_gives_the_app() {
    let app = "/index.html";
    let cases = [
        ("/", app),
        ("/index.html", app),
        ("/auth", app),
        ("/auth/", app),
        ("/auth/github", app),
        ("/no/such/page", app),
        ("/no/such.page", app),
        ("/john.doe", app),
        ("/page.html", app),
        ("/a.b/c", app),
        ("/v1.js/", app),
        ("/style.css/x", app),
        ("/%2e%2e/secret", app),
        ("/style%2ecss", app),
        ("/..", app),
        ("/.", app),
        ("//", app),
        ("", app),
        ("/api", app),
        ("/apix/token", app),
        ("/API/token", app),
        ("/index.html.br", app),
        ("/start.js.gz", app),
        ("/start.js.map", app),
        ("/js", app),
        ("/frontend-0123456789abcdef.js", "/frontend-0123456789abcdef.js"),
        ("/frontend-0123456789abcdef_bg.wasm", "/frontend-0123456789abcdef_bg.wasm"),
        ("/style-0123456789abcdef.css", "/style-0123456789abcdef.css"),
        ("/icon-0123456789abcdef.svg", "/icon-0123456789abcdef.svg"),
        // No file either, but what asks for it could do nothing with the app.
        ("/gone-0123456789abcdef.js", "/gone-0123456789abcdef.js"),
    ];
    let files = files(&cases.map(|(address, _)| (address, None)));
    for ((address, expected), file) in cases.into_iter().zip(files) {
        assert_eq!(file, expected, "{address}");
    }
}

#[test]
fn a_file_is_given_as_the_browser_can_read_it() {
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
        let files = files(&cases.map(|(accepted, _)| (address, accepted)));
        for ((accepted, ending), given) in cases.into_iter().zip(files) {
            assert_eq!(given, format!("{file}{ending}"), "{address} with {accepted:?}");
        }
    }
}

#[test]
fn it_is_small_and_says_nothing_that_cloudfronts_engine_does_not_know() {
    let whole = code();
    assert!(whole.len() <= LARGEST, "{} bytes", whole.len());
    let code: String = whole.lines().filter(|line| !line.trim().starts_with("//")).collect();
    assert_eq!(properties("SiteAddresses")["FunctionConfig"]["Runtime"], "cloudfront-js-2.0");
    assert_eq!(properties("SiteAddresses")["AutoPublish"], true);
    // Newer than ES 5.1 and not among what it takes from later ones; and a log would hold addresses.
    for word in
        ["?.", "??", "...", "class ", " of ", "import", "require", "async", "eval", "const {", "const [", "console"]
    {
        assert!(!code.contains(word), "{word}");
    }
}
