//! All texts on the pages of this app, one file per language. The texts of the login itself are in `leptos-login`.

mod de;
mod en;

/// The texts in one language. A pair is the text before and after a value.
#[derive(Debug)]
pub(crate) struct Texts {
    /// The language tag (BCP 47), one of those in `leptos-login`.
    pub(crate) language: &'static str,

    pub(crate) sign_in: &'static str,
    pub(crate) promise: &'static str,

    pub(crate) signed_in: &'static str,
    pub(crate) until: &'static str,
    pub(crate) ends_in: (&'static str, &'static str),
    pub(crate) ends_soon: &'static str,
    pub(crate) log_out: &'static str,
    pub(crate) email_not_verified: &'static str,
    pub(crate) no_profile: &'static str,
    pub(crate) load_profile: &'static str,

    pub(crate) not_found: &'static str,
    pub(crate) no_such_page: &'static str,

    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) other_colours: &'static str,
}

impl Texts {
    /// The texts in the language that the login uses.
    pub(crate) fn of(language: &str) -> &'static Self {
        if language == de::TEXTS.language { &de::TEXTS } else { &en::TEXTS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_login_language_has_page_texts() {
        for login in leptos_login::Texts::ALL {
            assert_eq!(Texts::of(login.language).language, login.language);
        }
    }
}
