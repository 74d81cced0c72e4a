//! The options of a login.

use shared::redirect;

use crate::texts::Texts;

/// The options of a login; see [`provide_auth_with_options`](crate::provide_auth_with_options).
///
/// ```
/// use leptos_login::AuthOptions;
///
/// let options = AuthOptions::new().storage_prefix("my-app").providers(&["github", "anilist"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct AuthOptions {
    pub(crate) callback_path: &'static str,
    pub(crate) api_path: &'static str,
    pub(crate) storage_prefix: &'static str,
    pub(crate) language: Option<&'static str>,
    pub(crate) texts: &'static [&'static Texts],
    pub(crate) loads_profile: bool,
    pub(crate) providers: Option<&'static [&'static str]>,
}

impl AuthOptions {
    /// The default options, which the methods document.
    pub const fn new() -> Self {
        Self {
            callback_path: "/auth",
            api_path: "/api",
            storage_prefix: "leptos-login",
            language: None,
            texts: Texts::ALL,
            loads_profile: true,
            providers: None,
        }
    }

    /// The path of the redirect URI, without a trailing `/`. A provider may have its own below this one, such as
    /// `/auth/github`. Default: `/auth`, the only path that this repository's function accepts.
    pub const fn callback_path(mut self, path: &'static str) -> Self {
        self.callback_path = path;
        self
    }

    /// The path of the function, without a trailing `/`. Default: `/api`.
    pub const fn api_path(mut self, path: &'static str) -> Self {
        self.api_path = path;
        self
    }

    /// The prefix of every key in the browser's storage. Two apps on one origin need different prefixes. Default:
    /// `leptos-login`.
    pub const fn storage_prefix(mut self, prefix: &'static str) -> Self {
        self.storage_prefix = prefix;
        self
    }

    /// The language (BCP 47) of texts and dates. Default: the first of the browser's languages with texts.
    pub const fn language(mut self, language: &'static str) -> Self {
        self.language = Some(language);
        self
    }

    /// The texts, one entry per language. The first is the fallback. Default: [`Texts::ALL`].
    pub const fn texts(mut self, texts: &'static [&'static Texts]) -> Self {
        self.texts = texts;
        self
    }

    /// Whether to load the person's profile. Default: yes.
    pub const fn load_profile(mut self, loads_profile: bool) -> Self {
        self.loads_profile = loads_profile;
        self
    }

    /// The ids of the providers to show, in order. Default: all in the function's configuration, in its order.
    pub const fn providers(mut self, ids: &'static [&'static str]) -> Self {
        self.providers = Some(ids);
        self
    }

    /// Whether this is the path of a redirect URI: the shared one, or a provider's own.
    pub(crate) fn is_callback(&self, path: &str) -> bool {
        redirect::callback_of(path, self.callback_path).is_some()
    }
}

impl Default for AuthOptions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_paths_are_the_shared_one_and_each_providers_own() {
        let options = AuthOptions::new();
        for (path, is_callback) in [
            ("/auth", true),
            ("/auth/", true),
            ("/auth/x", true),
            ("/auth/x/y", false),
            ("/authors", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(options.is_callback(path), is_callback, "{path}");
        }
        let options = options.callback_path("/login/done");
        assert!(options.is_callback("/login/done") && !options.is_callback("/auth"));
    }
}
