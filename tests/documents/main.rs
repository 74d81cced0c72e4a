//! Checks of the documents: each command is run by a test, links and pictures have targets, named files exist, diffs
//! still apply, and lists are complete.

mod commands;
mod markdown;
mod places;
mod source;
mod tidy;

use std::collections::BTreeMap;
use std::ffi::OsString;

use function::config::Config;

use deploy::template;

use self::markdown::Document;

const DOCUMENTS: [&str; 15] = [
    "frontend/README.md",
    "frontend/login/README.md",
    "function/README.md",
    "function/deploy/README.md",
    "function/deploy/ACCOUNT.md",
    "shared/README.md",
    "tests/bench/README.md",
    "tests/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ".github/PULL_REQUEST_TEMPLATE.md",
    ".github/ISSUE_TEMPLATE/bug.md",
    ".github/ISSUE_TEMPLATE/provider.md",
];

fn documents() -> [Document; 15] {
    DOCUMENTS.map(Document::read)
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_command_is_run_or_needs_an_account() {
    let documents = documents();
    let seen: usize = documents.iter().map(|document| document.commands().len()).sum();
    assert!(seen > 20, "only {seen} commands were found");
    none(commands::faults(&documents));
}

#[test]
fn every_link_and_picture_has_a_target() {
    none(documents().iter().flat_map(places::faults_of_links).collect());
}

#[test]
fn every_named_file_exists() {
    none(documents().iter().flat_map(places::faults_of_names).collect());
}

#[test]
fn every_diff_still_applies() {
    none(documents().iter().flat_map(places::faults_of_changes).collect());
}

#[test]
fn rust_code_is_copied_from_the_examples() {
    let readmes = ["README.md", "frontend/login/README.md"].map(Document::read);
    let examples = ["own_app", "own_app_router"]
        .map(|example| source::text(&format!("frontend/login/examples/{example}/src/main.rs")));
    let blocks: Vec<_> = readmes.iter().flat_map(|readme| readme.blocks("rust")).collect();
    assert!(blocks.len() > 2, "only {} blocks of Rust were found", blocks.len());
    for block in blocks {
        let code = block.lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
        assert!(examples.iter().any(|example| example.contains(code.trim())), "no example contains\n{code}");
    }
}

#[test]
fn stale_content_is_reported() {
    for (text, reported) in [
        ("```sh\ncargo xtask fly\n```", "nothing runs it"),
        ("```sh\ncargo xtask dev --faster\n```", "nothing runs it"),
        ("```sh\ncargo test -p moon\n```", "moon"),
        ("```sh\ncargo test -p shared no_such_test\n```", "no such test"),
        ("```sh\nmake world\n```", "nothing runs it"),
        ("and `cargo xtask fly` flies", "nothing runs it"),
    ] {
        let faults = commands::faults(&[Document::of("A.md", text)]);
        assert!(
            faults.len() == 1 && faults[0].starts_with("A.md:") && faults[0].contains(reported),
            "{text}: {faults:?}"
        );
    }
    for text in
        ["```sh\naws s3 ls            # needs an AWS account\n```", "```sh\n# needs an AWS account\naws s3 ls\n```"]
    {
        none(commands::faults(&[Document::of("A.md", text)]));
    }
    for text in [
        "[a](moon.md)",
        "[a](#moon)",
        "[a](SECURITY.md#moon)",
        "![a](.github/moon.png)",
        "<img src=\".github/moon.png\">",
    ] {
        let faults = places::faults_of_links(&Document::of("A.md", text));
        assert!(faults.len() == 1 && faults[0].contains("moon"), "{text}: {faults:?}");
    }
    none(places::faults_of_links(&Document::of("A.md", "# The moon\n[a](#the-moon) [b](https://moon.example)")));
    for text in ["`tests/moon`", "`frontend/src/moon.rs`", "`moon.rs`", "a `moon.toml` at\nthe top"] {
        let faults = places::faults_of_names(&Document::of("A.md", text));
        assert!(faults.len() == 1 && faults[0].contains("moon"), "{text}: {faults:?}");
    }
    none(places::faults_of_names(&Document::of(
        "A.md",
        "`target/moon.rs` `a/b` `README.md` `/api/token` `tests/e2e/`",
    )));
    let change = |line: &str| format!("```diff\n+++ shared/src/provider/presets/mod.rs\n {line}\n+    moon\n```");
    none(places::faults_of_changes(&Document::of("A.md", &change("    aniapi"))));
    for text in [&change("    sun"), "```diff\n+a\n```"] {
        assert_eq!(places::faults_of_changes(&Document::of("A.md", text)).len(), 1, "{text}");
    }
}

#[test]
fn function_starts_with_the_example_environment() {
    let text = source::text(".env.example");
    let example = |text: &str| -> BTreeMap<String, String> {
        dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().expect("it can be read")
    };
    let all = text.replace("\n#OAUTH_", "\nOAUTH_");
    let is_emulators = |(_, value): &(String, String)| value.starts_with("http://localhost:4000/");
    let emulated: BTreeMap<_, _> = example(&all).into_iter().filter(is_emulators).collect();
    assert_eq!(emulated.len(), 3, "function/README.md names three addresses to uncomment");
    let mut with_emulator = example(&text);
    with_emulator.extend(emulated);
    for environment in [example(&text), with_emulator] {
        let config = Config::from_env(|name| environment.get(name).map(OsString::from));
        config.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// No test runs `trunk serve`, so this one checks its configuration.
#[test]
fn trunk_serves_the_app_at_the_documented_address() {
    let text = source::text("frontend/Trunk.toml");
    for line in ["port = 3000", "backend = \"http://127.0.0.1:9000/api/\""] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn troubleshooting_quotes_texts_of_the_app() {
    let readme = source::text("function/README.md");
    let (_, section) = readme.split_once("## Troubleshooting").expect("the section exists");
    let (section, _) = section.split_once("\n## ").expect("another section follows");
    let texts = ["frontend/login/src/texts/en.rs", "frontend/start.js"].map(source::text).concat();
    // A long text continues on the next line.
    let texts: String = texts.split("\\\n").map(str::trim_start).collect();
    let quotes: Vec<_> = section.split('“').skip(1).filter_map(|rest| rest.split_once('”')).collect();
    assert!(quotes.len() > 8, "{quotes:?}");
    none(quotes.into_iter().map(|(quote, _)| quote.to_owned()).filter(|quote| !texts.contains(quote)).collect());
}

#[test]
fn numbers_of_recorded_answers_are_right() {
    let corpus = xtask::workspace().join("shared/tests/corpus");
    let folders = |path: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
    };
    let services: Vec<_> = folders(&corpus).into_iter().filter(|path| path.is_dir()).collect();
    let answers: usize = services.iter().map(|service| folders(service).len()).sum();
    let (answers, services) = (answers.to_string(), format!("{} services", services.len()));
    for name in ["README.md", "shared/README.md"] {
        let readme = source::text(name).replace('\n', " ");
        let counts = readme.split(&services).next().is_some_and(|before| before.contains(&answers));
        assert!(counts, "{name} does not mention {answers} answers of {services}");
    }
}

#[test]
fn every_error_code_is_listed() {
    let readme = source::text("function/README.md");
    let source = source::text("shared/src/error.rs");
    let (source, _) = source.split_once("impl Retry").expect("the error codes come first");
    let names = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" => Self::"));
    let names: Vec<_> = names.map(|(name, _)| name).collect();
    // All except the variant for codes of later versions.
    assert_eq!(names.len(), shared::error::ErrorCode::ALL.len() - 1, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!(" | `{name}` | ")), "the README has no row for {name}");
    }
}

#[test]
fn every_provider_is_listed() {
    let readme = source::text("shared/README.md");
    for preset in shared::provider::PRESETS {
        assert!(readme.contains(&format!("\n| `{}` |", preset.id)), "there is no row for {}", preset.id);
    }
}

#[test]
fn every_variable_and_every_parameter_is_listed() {
    let readme = source::text("function/README.md");
    let example = source::text(".env.example");
    for line in example.lines() {
        let line = line.trim_start_matches('#');
        if let Some((name, _)) = line.split_once('=').filter(|(name, _)| name.starts_with("OAUTH_")) {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }
    let readme = source::text("function/deploy/README.md");
    let template = std::fs::read_to_string(deploy::template_path()).expect("it can be read");
    let template = template::parse(&template).expect("it is a template");
    // These are set by `cargo xtask deploy`.
    let set_by_deploy = [
        "SecretsArn",
        "SecretsVersion",
        "CodeBucket",
        "CodeKey",
        "CodeVersion",
        "ConnectOrigins",
        "PictureOrigins",
        "DistributionId",
        "Site",
        "ScriptHashes",
        "StyleHashes",
        "TrustedTypes",
        "OtherEndings",
    ];
    for name in template["Parameters"].as_object().expect("it has parameters").keys() {
        let is_listed = readme.contains(&format!("`{name}`")) || readme.contains(&format!("{name}="));
        assert!(is_listed || set_by_deploy.contains(&name.as_str()), "{name} is not listed");
    }
}
