//! Whether the documents still say what is so: each command is run by something, each link and picture leads somewhere,
//! each file that is named is there, and each change that is shown could still be made.

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

/// What people read before they have read the source.
const DOCUMENTS: [&str; 9] = [
    "frontend/login/README.md",
    "tests/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ".github/PULL_REQUEST_TEMPLATE.md",
    ".github/ISSUE_TEMPLATE/bug.md",
    ".github/ISSUE_TEMPLATE/provider.md",
];

fn documents() -> [Document; 9] {
    DOCUMENTS.map(Document::read)
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_command_is_run_by_something_or_needs_an_account() {
    let documents = documents();
    let seen: usize = documents.iter().map(|document| document.commands().len()).sum();
    assert!(seen > 20, "only {seen} commands are found");
    none(commands::faults(&documents));
}

#[test]
fn every_link_and_picture_leads_somewhere() {
    none(documents().iter().flat_map(places::faults_of_links).collect());
}

#[test]
fn every_file_that_is_named_is_there() {
    none(documents().iter().flat_map(places::faults_of_names).collect());
}

#[test]
fn every_change_that_is_shown_could_still_be_made() {
    none(documents().iter().flat_map(places::faults_of_changes).collect());
}

#[test]
fn the_code_that_is_shown_is_that_of_the_examples() {
    let readme = Document::read("frontend/login/README.md");
    let examples = ["own_app", "own_app_router"]
        .map(|example| source::text(&format!("frontend/login/examples/{example}/src/main.rs")));
    let blocks = readme.blocks("rust");
    assert!(blocks.len() > 1, "the README shows no Rust");
    for block in blocks {
        let code = block.lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
        assert!(examples.iter().any(|example| example.contains(code.trim())), "no example has\n{code}");
    }
}

#[test]
fn what_is_stale_is_found() {
    for (text, told) in [
        ("```sh\ncargo xtask fly\n```", "nothing runs it"),
        ("```sh\ncargo xtask dev --faster\n```", "nothing runs it"),
        ("```sh\ncargo test -p moon\n```", "moon"),
        ("```sh\ncargo test -p shared no_such_test\n```", "no such test"),
        ("```sh\nmake world\n```", "nothing runs it"),
        ("and `cargo xtask fly` flies", "nothing runs it"),
    ] {
        let faults = commands::faults(&[Document::of("A.md", text)]);
        assert!(faults.len() == 1 && faults[0].starts_with("A.md:") && faults[0].contains(told), "{text}: {faults:?}");
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
fn the_function_starts_with_the_example_of_its_environment() {
    let text = source::text(".env.example");
    let example = |text: &str| -> BTreeMap<String, String> {
        dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().expect("it can be read")
    };
    let all = text.replace("\n#OAUTH_", "\nOAUTH_");
    let emulated: BTreeMap<_, _> = example(&all).into_iter().filter(|(name, _)| name.ends_with("_URL")).collect();
    assert_eq!(emulated.len(), 3, "the README says that there are three to uncomment");
    let mut with_emulator = example(&text);
    with_emulator.extend(emulated);
    for environment in [example(&text), with_emulator] {
        let config = Config::from_env(|name| environment.get(name).map(OsString::from));
        config.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// `trunk serve`, which nothing runs, is told by this file what the README says of it.
#[test]
fn the_app_by_hand_is_where_the_readme_says() {
    let text = source::text("frontend/Trunk.toml");
    for line in ["port = 3000", "backend = \"http://127.0.0.1:9000/api/\""] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}

/// What the troubleshooting has in quotes is what people see.
#[test]
fn the_readme_quotes_what_the_app_says() {
    let readme = source::text("README.md");
    let (_, section) = readme.split_once("## Troubleshooting").expect("it is there");
    let (section, _) = section.split_once("\n## ").expect("it ends");
    let said = ["frontend/login/src/texts/en.rs", "frontend/start.js"].map(source::text).concat();
    // A text that is too long for a line goes on in the next.
    let said: String = said.split("\\\n").map(str::trim_start).collect();
    let quotes: Vec<_> = section.split('“').skip(1).filter_map(|rest| rest.split_once('”')).collect();
    assert!(quotes.len() > 8, "{quotes:?}");
    none(quotes.into_iter().map(|(quote, _)| quote.to_owned()).filter(|quote| !said.contains(quote)).collect());
}

#[test]
fn the_readme_counts_the_answers_of_real_services() {
    let corpus = xtask::workspace().join("shared/tests/corpus");
    let folders = |path: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
    };
    let services: Vec<_> = folders(&corpus).into_iter().filter(|path| path.is_dir()).collect();
    let answers: usize = services.iter().map(|service| folders(service).len()).sum();
    let readme = source::text("README.md").replace('\n', " ");
    let counted = format!("{answers} answers of {} services", services.len());
    assert!(readme.contains(&counted), "the README does not say {counted:?}");
}

#[test]
fn the_readme_lists_every_variable_and_every_parameter() {
    let readme = source::text("README.md");
    for preset in shared::provider::PRESETS {
        assert!(readme.contains(&format!("\n| `{}` |", preset.id)), "the README has no row for {}", preset.id);
    }
    let example = source::text(".env.example");
    for line in example.lines() {
        let line = line.trim_start_matches('#');
        if let Some((name, _)) = line.split_once('=').filter(|(name, _)| name.starts_with("OAUTH_")) {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }
    let template = std::fs::read_to_string(deploy::template_path()).expect("it can be read");
    let template = template::parse(&template).expect("it is a template");
    // What `cargo xtask deploy` finds out or asks for.
    let by_itself = ["ClientSecret", "SecretRevision", "CodeBucket", "CodeKey", "DistributionDomain"];
    for name in template["Parameters"].as_object().expect("it has parameters").keys() {
        let is_told = readme.contains(&format!("`{name}`")) || readme.contains(&format!("{name}="));
        assert!(is_told || by_itself.contains(&name.as_str()), "the README says nothing of {name}");
    }
}
