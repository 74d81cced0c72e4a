//! The tools that the app is built and tested with. Whoever checks the project out has a stable Rust and nothing else:
//! what a command of `cargo xtask` needs beyond that is found here, or fetched once.

mod axe;
mod browser;
mod debian;
pub(crate) mod download;
pub mod environment;
mod folder;
mod install;
mod openid;
mod package;
mod progress;
pub(crate) mod python;
pub mod qemu;
pub mod rust;
mod search;
mod toolbox;
mod valgrind;
mod version;

use anyhow::{Context as _, Result};

pub use browser::Browser;
use rust::Target;
pub use toolbox::Toolbox;

/// Something that a command may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Rust's standard library for the browser.
    WasmTarget,
    /// Rust's standard library for both processors of Lambda.
    LambdaTargets,
    /// The standard library's source, to be compiled with the app.
    WasmSource,
    /// Builds the app.
    Trunk,
    /// Makes the JavaScript that loads the app, and runs WebAssembly tests.
    WasmBindgen,
    /// Makes the WebAssembly smaller.
    WasmOpt,
    /// Makes the JavaScript smaller.
    Esbuild,
    /// Builds the function for Lambda, and runs it on this machine.
    CargoLambda,
    /// The linker with which cargo-lambda builds for Lambda.
    Zig,
    /// A browser and its driver.
    Chromium,
    /// Holds the dependencies against `deny.toml`.
    CargoDeny,
    /// Speaks to AWS.
    Aws,
    /// Answers as AWS would.
    Moto,
    /// Holds the template against what CloudFormation knows.
    CfnLint,
    /// What the bench compares with.
    Node,
    /// Tells what takes the room in the app.
    Twiggy,
    /// Tells what takes the room in the function.
    CargoBloat,
    /// Finds what keeps people from using a page.
    Axe,
    /// An OpenID provider that nobody here wrote, and Node, which it runs on.
    OpenId,
    /// Runs what was built for arm64, on another processor. It may be missing.
    Qemu,
    /// Counts instructions. It may be missing.
    Valgrind,
}

/// What builds the site.
pub const SITE: &[Tool] =
    &[Tool::WasmTarget, Tool::WasmSource, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt, Tool::Esbuild];
/// What builds the function's archives.
pub const FUNCTION: &[Tool] = &[Tool::LambdaTargets, Tool::CargoLambda, Tool::Zig];
/// What takes both to AWS.
pub const DEPLOY: &[Tool] = &[
    Tool::WasmTarget,
    Tool::WasmSource,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::WasmOpt,
    Tool::Esbuild,
    Tool::LambdaTargets,
    Tool::CargoLambda,
    Tool::Zig,
    Tool::Aws,
];
/// What runs everything on this machine.
pub const DEV: &[Tool] = &[Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::CargoLambda];
/// What the tests use: everything.
pub const TEST: &[Tool] = &[
    Tool::WasmTarget,
    Tool::LambdaTargets,
    Tool::WasmSource,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::WasmOpt,
    Tool::Esbuild,
    Tool::CargoLambda,
    Tool::Zig,
    Tool::Chromium,
    Tool::CargoDeny,
    Tool::Aws,
    Tool::Moto,
    Tool::CfnLint,
    Tool::OpenId,
    Tool::Axe,
    Tool::Qemu,
    Tool::Valgrind,
];

/// Finds each tool or sets it up. Where everything is in place, this says nothing and takes well under a second.
pub fn ensure(wanted: &[Tool]) -> Result<Toolbox> {
    let workspace = environment::workspace();
    let installer = install::Installer::new()?;
    let mut toolbox = Toolbox::default();
    for tool in wanted {
        match tool {
            Tool::WasmTarget => toolbox.add_target(Target::Wasm)?,
            Tool::LambdaTargets => {
                toolbox.add_target(Target::LambdaArm64)?;
                toolbox.add_target(Target::LambdaX86)?;
            }
            Tool::WasmSource => toolbox.add_smallest(),
            Tool::Trunk => toolbox.add(&installer, &package::trunk())?,
            Tool::WasmBindgen => toolbox.add(&installer, &package::wasm_bindgen(&workspace)?)?,
            Tool::WasmOpt => toolbox.add(&installer, &package::wasm_opt())?,
            Tool::Esbuild => toolbox.add(&installer, &package::esbuild())?,
            Tool::CargoLambda => toolbox.add(&installer, &package::cargo_lambda())?,
            Tool::Zig => toolbox.add(&installer, &package::zig())?,
            Tool::Chromium => toolbox.add_browser(browser::ensure()?),
            Tool::CargoDeny => toolbox.add(&installer, &package::cargo_deny())?,
            Tool::Aws => toolbox.add(&installer, &package::aws())?,
            Tool::Moto => toolbox.add(&installer, &package::moto())?,
            Tool::CfnLint => toolbox.add(&installer, &package::cfn_lint())?,
            Tool::Node => toolbox.add(&installer, &package::node())?,
            Tool::Twiggy => toolbox.add(&installer, &package::twiggy())?,
            Tool::CargoBloat => toolbox.add(&installer, &package::cargo_bloat())?,
            Tool::Axe => toolbox.add_axe(axe::ensure().context("setting up axe-core")?),
            Tool::OpenId => {
                toolbox.add(&installer, &package::node())?;
                let entry = openid::ensure(&toolbox).context("setting up oidc-provider")?;
                toolbox.add_openid(entry);
            }
            Tool::Qemu => toolbox.add_arm64(qemu::ensure()),
            Tool::Valgrind => toolbox.add_valgrind(valgrind::ensure()),
        }
    }
    Ok(toolbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deploying_needs_what_builds_both_and_the_command_line_of_aws() {
        let needed = [SITE, FUNCTION, &[Tool::Aws]].concat();
        assert_eq!(DEPLOY, needed);
    }
}
