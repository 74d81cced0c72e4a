//! The session mode on this machine (`OAUTH_SESSION`), and the key that encrypts session cookies.
//!
//! The key is created once and kept in the user's state folder, outside any checkout, so that people stay signed in
//! after a restart. It is not in the tools folder, because that is a cache, and emptying it would sign everyone out.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use shared::session::SessionMode;

/// The variable that selects the mode.
pub const MODE: &str = "OAUTH_SESSION";
const KEY: &str = "OAUTH_SESSION_KEY";
/// The variable of a secret that may contain the key instead. The function rejects a key in both.
const SECRETS: &str = "OAUTH_SECRETS_ARN";

/// The mode if neither a flag nor a file names one.
pub const DEFAULT: SessionMode = SessionMode::Cookie;

const FOLDER: &str = "aniapi-login";
const FILE: &str = "session-key";

/// The minimum length of a key, in characters.
const SHORTEST: usize = 32;

/// A new key: 32 random bytes, base64url.
///
/// # Errors
/// If the system provides no random bytes.
pub fn new_key() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random bytes: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The stored key of this user, which is created if it is missing.
///
/// # Errors
/// If the key cannot be read or written, or the file does not contain a valid key.
pub fn kept_key() -> Result<String> {
    key_in(&state_folder()?.join(FOLDER))
}

/// A session mode, and the source of its key if the environment has none.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The session mode.
    pub mode: SessionMode,
    /// Creates or reads the key.
    pub key: fn() -> Result<String>,
}

impl Session {
    /// Mode `tab`, which needs no key.
    pub const TAB: Self = Self::with_new_key(SessionMode::Tab);

    /// A mode with a new key of its own.
    pub const fn with_new_key(mode: SessionMode) -> Self {
        Self { mode, key: new_key }
    }

    /// Selects the mode in the function's environment, and adds the key if one is missing.
    ///
    /// # Errors
    /// If the key cannot be created or read.
    pub(crate) fn select(self, environment: &mut BTreeMap<String, String>) -> Result<()> {
        let is_set = |name| environment.get(name).is_some_and(|value| !value.is_empty());
        if self.mode != SessionMode::Tab && !is_set(KEY) && !is_set(SECRETS) {
            environment.insert(KEY.to_owned(), (self.key)()?);
        }
        environment.insert(MODE.to_owned(), self.mode.as_str().to_owned());
        Ok(())
    }
}

/// The user's folder for the state of programs (XDG Base Directory Specification).
fn state_folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute()) {
        return Ok(folder);
    }
    let home = env::home_dir().filter(|home| home.is_absolute());
    Ok(home.with_context(|| format!("no home folder to keep a session key in: set {KEY}"))?.join(".local/state"))
}

fn key_in(folder: &Path) -> Result<String> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("creating {}", folder.display()))?;
    // An existing folder may be readable by other users.
    restrict(folder, 0o700)?;
    let file = folder.join(FILE);
    match read(&file)? {
        Some(key) => Ok(key),
        None => create(&file),
    }
}

fn read(file: &Path) -> Result<Option<String>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
    };
    let key = text.trim_end();
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ensure!(
        key.len() >= SHORTEST && key.bytes().all(is_key),
        "{} does not contain a valid session key: delete it, and a new one is created",
        file.display()
    );
    restrict(file, 0o600)?;
    Ok(Some(key.to_owned()))
}

/// Creates a key. The file appears with its whole content or not at all; if another process is faster, its key is used.
fn create(file: &Path) -> Result<String> {
    let writing = || format!("writing {}", file.display());
    let key = new_key()?;
    // A name that is unique among processes and threads.
    let own = file.with_extension(new_key()?);
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&own);
    let outcome = written.as_mut().map_err(|error| std::io::Error::from(error.kind())).and_then(|written| {
        writeln!(written, "{key}")?;
        // Unlike a rename, a link does not replace an existing file.
        fs::hard_link(&own, file)
    });
    // If this fails, the remaining file does no harm: only its owner can read it.
    let _ = fs::remove_file(&own);
    match outcome {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(file)?.with_context(writing),
        Err(error) => Err(error).with_context(writing),
    }
}

fn restrict(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode)).with_context(|| format!("restricting {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread;

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).expect("it exists").permissions().mode() & 0o777
    }

    #[test]
    fn key_is_created_once_and_readable_only_by_its_owner() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let folder = state.path().join("deep").join(FOLDER);
        let key = key_in(&folder).expect("it is created");
        assert_eq!(URL_SAFE_NO_PAD.decode(&key).expect("it is base64url").len(), 32);
        assert_eq!((mode_of(&folder), mode_of(&folder.join(FILE))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder).expect("it exists").count(), 1, "there is only the key");

        // Both become readable by others.
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("it is writable");
        fs::set_permissions(folder.join(FILE), Permissions::from_mode(0o644)).expect("it is writable");
        assert_eq!(key_in(&folder).expect("it exists"), key);
        assert_eq!((mode_of(&folder), mode_of(&folder.join(FILE))), (0o700, 0o600));
        assert_ne!(new_key().expect("it is created"), key, "every key is different");
    }

    #[test]
    fn processes_that_start_together_get_the_same_key() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let file = state.path().join(FILE);
        // No thread has found a key.
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let file = file.clone();
                thread::spawn(move || create(&file).expect("there is a key"))
            })
            .collect();
        let keys: BTreeSet<_> = threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect();
        assert_eq!(keys.len(), 1, "the first key is used");
        assert_eq!(fs::read_dir(state.path()).expect("it exists").count(), 1, "there is only the key");
    }

    #[test]
    fn file_without_a_key_is_reported_and_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for text in ["", "short", "0123456789abcdef0123456789abcdef and more"] {
            fs::write(folder.path().join(FILE), text).expect("it is writable");
            let error = key_in(folder.path()).expect_err("it is not a key").to_string();
            assert!(error.contains("delete it") && error.contains(FILE), "{error}");
            assert_eq!(fs::read_to_string(folder.path().join(FILE)).expect("it exists"), text);
        }
    }

    #[test]
    fn missing_key_is_added_if_the_mode_needs_one() {
        let new = || Ok("new".to_owned());
        let never = || -> Result<String> { panic!("no key is missing") };
        let of = |pairs: &[(&str, &str)]| -> BTreeMap<_, _> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        for mode in [SessionMode::Cookie, SessionMode::Proxy] {
            for given in [of(&[]), of(&[(KEY, "")]), of(&[(MODE, "tab")])] {
                let mut environment = given;
                Session { mode, key: new }.select(&mut environment).expect("the key is added");
                assert_eq!(environment, of(&[(KEY, "new"), (MODE, mode.as_str())]));
            }
            for given in [(KEY, "own"), (SECRETS, "arn:aws:secretsmanager:…")] {
                let mut environment = of(&[given]);
                Session { mode, key: never }.select(&mut environment).expect("nothing is missing");
                assert_eq!(environment, of(&[given, (MODE, mode.as_str())]));
            }
        }
        let mut environment = of(&[]);
        Session { mode: SessionMode::Tab, key: never }.select(&mut environment).expect("nothing is missing");
        assert_eq!(environment, of(&[(MODE, "tab")]));
    }
}
