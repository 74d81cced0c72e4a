//! Everything that a person reads on the pages of this app, one file for each language. What concerns the login itself is
//! in `leptos-login`.

mod de;
mod en;

/// The texts of a language. A pair surrounds a value.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Its code (BCP 47), one of those that `leptos-login` has.
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
    /// The texts of the language that the login speaks.
    pub(crate) fn of(language: &str) -> &'static Self {
        if language == de::TEXTS.language { &de::TEXTS } else { &en::TEXTS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_login_has_pages() {
        for login in leptos_login::Texts::ALL {
            assert_eq!(Texts::of(login.language).language, login.language);
        }
    }
}
