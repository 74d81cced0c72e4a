//! Programs that are Python packages with dependencies. Each gets its own folder: in the user's Python its dependencies
//! could conflict with installed packages, and a virtual environment contains its own path, so that it could not be
//! renamed when it is complete.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{environment, progress};
use crate::workspace;

/// Our own launcher: pip's would contain the full path of the Python that installed it.
const LAUNCHER: &str = include_str!("launcher.py");

/// A Python package with dependencies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Application {
    /// The file in `tests/xtask/python` that lists it and each dependency with their hashes.
    pub(super) requirements: &'static str,
    /// The module of the program.
    pub(super) module: &'static str,
    /// The function in this module that runs the program.
    pub(super) function: &'static str,
    /// Whether it supports `--version`; otherwise its launcher does.
    pub(super) has_version_option: bool,
}

impl Application {
    /// Installs it into `lib` of a folder, with a launcher in `bin`.
    pub(super) fn install(&self, tool: &str, version: &str, program: &str, folder: &Path) -> Result<()> {
        let python = python_version()?;
        progress::run(
            tool,
            pip()
                // Packages outside this folder do not matter, and modules that are never imported need not be compiled.
                .args(["--no-warn-conflicts", "--no-compile", "--no-deps", "--require-hashes", "--target"])
                .arg(folder.join("lib"))
                .arg("--requirement")
                .arg(workspace().join("tests/xtask/python").join(self.requirements)),
        )?;
        let bin = folder.join("bin");
        fs::create_dir_all(&bin).with_context(|| format!("creating {}", bin.display()))?;
        let launcher = bin.join(program);
        let write = || {
            fs::write(&launcher, self.launcher(version, python))?;
            fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755))
        };
        write().with_context(|| format!("writing {}", launcher.display()))
    }

    fn launcher(&self, version: &str, (major, minor): (u32, u32)) -> String {
        let option = if self.has_version_option { "None".to_owned() } else { format!("\"{} {version}\"", self.module) };
        LAUNCHER
            .replace("@MODULE@", self.module)
            .replace("@FUNCTION@", self.function)
            .replace("(0, 0)", &format!("({major}, {minor})"))
            .replace("\"@VERSION@\"", &option)
    }
}

/// Installs one package without dependencies; its file must have one of these hashes.
pub(super) fn install_wheel(tool: &str, package: &str, version: &str, sha256: &[&str], folder: &Path) -> Result<()> {
    let hashes: String = sha256.iter().map(|hash| format!(" --hash=sha256:{hash}")).collect();
    let requirements = folder.join("requirements.txt");
    let write = fs::write(&requirements, format!("{package}=={version}{hashes}\n"));
    write.with_context(|| format!("writing {}", requirements.display()))?;
    let mut pip = pip();
    pip.args(["--no-deps", "--require-hashes", "--target"]).arg(folder).arg("--requirement").arg(&requirements);
    progress::run(tool, &mut pip)
}

/// A quiet `pip install`.
pub fn pip() -> Command {
    let mut pip = python();
    pip.args(["-m", "pip", "install", "--quiet", "--no-cache-dir"]);
    pip.args(["--disable-pip-version-check", "--root-user-action=ignore"]);
    pip
}

/// The Python version: compiled parts of a package work only with the minor version that installed them.
fn python_version() -> Result<(u32, u32)> {
    let output = python()
        .args(["-c", "import sys; print(*sys.version_info[:2])"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting python3: is Python installed?")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => bail!("python3 does not report its version"),
    }
}

/// The Python on the `PATH`.
pub fn python() -> Command {
    let mut python = Command::new("python3");
    environment::clean(&mut python);
    python
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATION: Application =
        Application { requirements: "greeter.txt", module: "greeter", function: "main", has_version_option: false };

    /// Creates an application as pip installs it, without a registry.
    fn installed(folder: &Path, made_for: (u32, u32)) {
        fs::create_dir_all(folder.join("lib")).expect("the temporary folder can be written");
        fs::create_dir_all(folder.join("bin")).expect("the temporary folder can be written");
        let greeter = "import sys\ndef main():\n    print('hello', *sys.argv[1:])\n    return 7\n";
        fs::write(folder.join("lib/greeter.py"), greeter).expect("a file can be written");
        let launcher = folder.join("bin/greet");
        fs::write(&launcher, APPLICATION.launcher("1.2.3", made_for)).expect("a file can be written");
        fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).expect("our own file");
    }

    /// Starts it with an argument, in another folder. Returns its exit status, standard output and standard error.
    fn start(folder: &Path, argument: &str) -> (Option<i32>, String, String) {
        let output = Command::new(folder.join("bin/greet"))
            .arg(argument)
            .current_dir("/")
            .output()
            .expect("the launcher starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8").trim().to_owned();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    #[test]
    fn application_can_be_moved_and_its_path_may_have_spaces() {
        let home = std::env::temp_dir().join(format!("python test {}", std::process::id()));
        let (partial, goal) = (home.join("greeter.partial"), home.join("greeter 1.2.3"));
        installed(&partial, python_version().expect("Python is installed"));
        fs::rename(&partial, &goal).expect("a folder can be renamed");
        assert_eq!(start(&goal, "you all"), (Some(7), "hello you all".to_owned(), String::new()));
        assert_eq!(start(&goal, "--version"), (Some(0), "greeter 1.2.3".to_owned(), String::new()));
        fs::remove_dir_all(home).expect("the folder can be removed");
    }

    #[test]
    fn different_python_version_is_reported_in_one_line() {
        let folder = std::env::temp_dir().join(format!("other-python-test-{}", std::process::id()));
        installed(&folder, (2, 99));
        let (status, output, errors) = start(&folder, "you");
        assert_eq!((status, output.as_str()), (Some(1), ""));
        assert!(errors.contains("Python 2.99") && errors.contains("other-python-test"), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        fs::remove_dir_all(folder).expect("the folder can be removed");
    }
}
