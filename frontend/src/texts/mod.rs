//! Everything that a person reads, one file a language. What a language lacks does not compile.
//!
//! A new language is a file beside `en.rs`, its `mod`, and a line in `LANGUAGES`. It costs every visitor about 2 kB.

mod de;
mod en;

/// The languages there are. The first is for everybody whose own is not here.
const LANGUAGES: [&Texts; 2] = [&en::TEXTS, &de::TEXTS];

/// The texts of a language. A pair stands around something.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Its code (BCP 47).
    pub(crate) language: &'static str,

    pub(crate) sign_in: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) log_in_with: (&'static str, &'static str),
    pub(crate) one_moment: &'static str,
    pub(crate) leaving: &'static str,

    pub(crate) logging_in: &'static str,
    pub(crate) finishing: &'static str,
    pub(crate) not_logged_in: &'static str,

    pub(crate) signed_in: &'static str,
    pub(crate) loading_profile: &'static str,
    pub(crate) until: &'static str,
    pub(crate) log_out: &'static str,
    pub(crate) email_not_verified: &'static str,
    pub(crate) no_profile: &'static str,
    pub(crate) load_profile: &'static str,

    pub(crate) not_found: &'static str,
    pub(crate) no_such_page: &'static str,

    pub(crate) front_page: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) request: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) slow: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) other_colours: &'static str,

    pub(crate) wait_a_second: &'static str,
    pub(crate) wait_seconds: (&'static str, &'static str),

    pub(crate) callback_malformed: &'static str,
    pub(crate) nothing_to_finish: &'static str,
    pub(crate) state_unknown: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) provider_unavailable: &'static str,
    pub(crate) provider_refused: &'static str,
    pub(crate) wrong_issuer: &'static str,

    pub(crate) code_refused: &'static str,
    pub(crate) client_refused: &'static str,
    pub(crate) provider_unreachable: &'static str,
    pub(crate) provider_bad_response: &'static str,
    pub(crate) provider_busy: &'static str,
    pub(crate) provider_timeout: &'static str,
    pub(crate) internal_error: &'static str,
    pub(crate) not_understood: &'static str,
    pub(crate) unknown_error: &'static str,

    pub(crate) blocked: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) server_unavailable: &'static str,
    pub(crate) server_bad_response: &'static str,
    pub(crate) no_answer: &'static str,

    pub(crate) not_registered: &'static str,
    pub(crate) unknown_provider: &'static str,
    pub(crate) no_storage: &'static str,
    pub(crate) no_cryptography: &'static str,
    pub(crate) login_ended: &'static str,
}

impl Texts {
    /// The texts for somebody whose browser names this language.
    pub(crate) fn of(language: &str) -> &'static Self {
        let is_theirs = |texts: &&&Self| {
            let rest = language.strip_prefix(texts.language);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        LANGUAGES.iter().find(is_theirs).unwrap_or(&LANGUAGES[0])
    }

    /// All that there are, for tests.
    #[cfg(test)]
    pub(crate) fn all() -> [&'static Self; LANGUAGES.len()] {
        LANGUAGES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_reads_their_own_language_or_english() {
        for (named, language) in
            [("en", "en"), ("en-GB", "en"), ("de", "de"), ("de-AT", "de"), ("fr", "en"), ("den", "en"), ("", "en")]
        {
            assert_eq!(Texts::of(named).language, language, "{named}");
        }
    }
}
