//! Whether the tree keeps its own promises.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use crate::tools::environment;

    const SUITES: [&str; 7] = [
        "tests/e2e",
        "tests/e2e/attacks",
        "tests/e2e/openid",
        "tests/function",
        "tests/template",
        "tests/deploy",
        "function/tests/platform",
    ];

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
    }

    /// The names of the tests of a suite, as `module::test`.
    fn tests_of(suite: &str) -> BTreeSet<String> {
        let folder = environment::workspace().join(suite);
        let files = std::fs::read_dir(folder).expect("the suite is there").flatten().map(|file| file.path());
        let names = files.filter(|path| path.is_file()).flat_map(|path| {
            let module = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let text = read(&path);
            let functions: Vec<_> = text.split("fn ").skip(1).filter_map(|rest| rest.split_once('(')).collect();
            functions.into_iter().map(|(name, _)| format!("{module}::{name}")).collect::<Vec<_>>()
        });
        names.collect()
    }

    #[test]
    fn security_md_names_only_tests_that_exist() {
        let known: BTreeSet<_> = SUITES.into_iter().flat_map(tests_of).collect();
        let text = read(&environment::workspace().join("SECURITY.md"));
        let named: Vec<_> = text.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect();
        assert!(named.len() > 60, "{named:?}");
        for name in named {
            assert!(known.contains(name), "there is no test {name}");
        }
    }
}
