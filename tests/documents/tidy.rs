//! Whether the tests that `SECURITY.md` names exist.

use crate::source;

#[test]
fn security_md_names_only_tests_that_exist() {
    let known = ["tests", "function", "frontend/login", "shared/src"].map(source::functions);
    let text = source::text("SECURITY.md");
    let named: Vec<_> = text.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect();
    assert!(named.len() > 60, "{named:?}");
    for name in named {
        assert!(known.iter().any(|known| known.contains(name)), "there is no test {name}");
    }
}
