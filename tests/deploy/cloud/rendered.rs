//! The rendered template, with the function's variables, is as valid as the one in the repository.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use deploy::{render, template_path};
use xtask::tools::{self, Tool};

#[test]
fn cfn_lint_accepts_a_template_with_variables() -> Result<()> {
    let toolbox = tools::ensure(&[Tool::CfnLint])?;
    let awkward = ["yes", "012", "1_000", "2026-11-27", "12:30", "a: b # c", "{{x}}", "$5", "!Ref X", "ü"];
    let named = awkward.iter().enumerate().map(|(at, text)| (format!("OAUTH_{at}"), (*text).to_owned()));
    let mut variables: BTreeMap<String, String> = named.collect();
    let file = std::env::temp_dir().join(format!("rendered-{}.yaml", std::process::id()));
    let template = std::fs::read_to_string(template_path())?;
    std::fs::write(&file, render(&template, &variables)?)?;
    let lint = || -> Result<_> { Ok(toolbox.command("cfn-lint").arg(&file).output()?) };
    let output = lint()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // Control: cfn-lint checks the variables.
    variables.insert("OAUTH_SCOPE".to_owned(), "${Distribution}".to_owned());
    std::fs::write(&file, render(&template, &variables)?)?;
    ensure!(!lint()?.status.success(), "cfn-lint reports a missing Fn::Sub");
    std::fs::remove_file(file)?;
    Ok(())
}
