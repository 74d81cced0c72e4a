//! React with react-oidc-context, bundled in the usual way: the code that its users load to log in.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{copy, run};
use deploy::build::compress;
use xtask::tools::Toolbox;

/// Its name in the table.
pub(in super::super) const NAME: &str = "React 19.3.1 with react-oidc-context 3.3.1: JavaScript only";

/// Bundles it. Returns the file, which has compressed versions beside it.
pub(in super::super) fn bundle(toolbox: &Toolbox, folder: &Path) -> Result<PathBuf> {
    copy("react", &["package.json", "index.jsx"], folder)?;
    if !folder.join("node_modules/react-oidc-context").exists() {
        let mut npm = toolbox.command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
        run(npm.current_dir(folder))?;
    }
    let bundle = folder.join("app.js");
    let mut esbuild = toolbox.command("esbuild");
    esbuild.args(["index.jsx", "--bundle", "--minify", "--format=esm", "--jsx=automatic", "--log-level=warning"]);
    esbuild.args(["--define:process.env.NODE_ENV=\"production\"", "--outfile=app.js"]).current_dir(folder);
    run(&mut esbuild)?;
    compress::write(&bundle)?;
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xtask::workspace;

    #[test]
    fn name_has_the_installed_versions() {
        let manifest = std::fs::read_to_string(workspace().join("tests/bench/react/package.json"));
        let manifest: serde_json::Value =
            serde_json::from_str(&manifest.expect("the manifest exists")).expect("the manifest is JSON");
        let version = |name: &str| manifest["dependencies"][name].as_str().expect("the dependency exists").to_owned();
        let named = format!("React {} with react-oidc-context {}:", version("react"), version("react-oidc-context"));
        assert!(NAME.starts_with(&named), "{NAME}");
    }
}
