//! The programs that have to do with AWS: its command line, a stand-in for it, and what judges a template.

use super::super::python::Application;
use super::{Package, Way};

const AWS: &str = "1.46.2";
const MOTO: &str = "5.2.5";
const CFN_LINT: &str = "1.58.0";

/// Speaks to AWS.
pub(in super::super) fn aws() -> Package {
    Package {
        name: "aws",
        version: AWS.to_owned(),
        programs: &["aws"],
        asked: &["--version"],
        // Both lines are kept up, and what is asked of them here is the same in both.
        fits: |_, found| match found.major {
            1 => found.minor >= 40,
            2 => found.minor >= 13,
            _ => false,
        },
        ways: vec![Way::Application(Application {
            name: "awscli",
            module: "awscli.clidriver",
            tells_its_version: true,
        })],
    }
}

/// Answers as AWS would, on this machine.
pub(in super::super) fn moto() -> Package {
    Package {
        name: "moto",
        version: MOTO.to_owned(),
        programs: &["moto_server"],
        asked: &["--version"],
        // What it knows of AWS changes from one version to the next, and the tests count on what it knows.
        fits: |wanted, found| wanted == found,
        ways: vec![Way::Application(Application {
            name: "moto[server]",
            module: "moto.server",
            tells_its_version: false,
        })],
    }
}

/// Holds a template against what CloudFormation knows.
pub(in super::super) fn cfn_lint() -> Package {
    Package {
        name: "cfn-lint",
        version: CFN_LINT.to_owned(),
        programs: &["cfn-lint"],
        asked: &["--version"],
        // Another minor version has other rules.
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![Way::Application(Application {
            name: "cfn-lint",
            module: "cfnlint.runner",
            tells_its_version: true,
        })],
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::version::Version;
    use super::*;

    #[test]
    fn a_tool_on_the_path_is_taken_only_in_a_version_that_works() {
        let fits = |package: &Package, found: &str| {
            let version = |text: &str| Version::find(text).expect("a version");
            (package.fits)(version(&package.version), version(found))
        };
        for (package, found, expected) in [
            (aws(), "aws-cli/1.40.0 Python/3.11.7 Linux/6.1 botocore/1.38.0", true),
            (aws(), "aws-cli/1.39.9 Python/3.11.7 Linux/6.1 botocore/1.37.0", false),
            (aws(), "aws-cli/2.13.0 Python/3.11.4 Linux/6.1 exe/x86_64.ubuntu.24 prompt/off", true),
            (aws(), "aws-cli/2.12.9 Python/3.11.4 Linux/6.1 exe/x86_64.ubuntu.24 prompt/off", false),
            (aws(), "aws-cli/3.50.0 Python/3.20.1", false),
            (moto(), "moto.server 5.2.5", true),
            (moto(), "moto.server 5.2.6", false),
            (cfn_lint(), "cfn-lint 1.58.3", true),
            (cfn_lint(), "cfn-lint 1.57.2", false),
        ] {
            assert_eq!(fits(&package, found), expected, "{found}");
        }
    }
}
