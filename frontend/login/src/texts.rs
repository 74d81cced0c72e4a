//! All texts of the login, one file per language. A language with a missing text does not compile.
//!
//! To add a language, add a file beside `en.rs`, its `mod`, and a constant of [`Texts`]. It costs every visitor about 2
//! kB.

mod de;
mod en;

/// The texts in one language. A pair is the text before and after a value.
///
/// An app can replace single texts, or add a language:
///
/// ```
/// use leptos_login::Texts;
///
/// static FRENCH: Texts = Texts { language: "fr", try_again: "Réessayer", ..Texts::ENGLISH };
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each is named after its meaning")]
pub struct Texts {
    /// The language tag (BCP 47).
    pub language: &'static str,

    pub log_in: &'static str,
    pub log_in_with: (&'static str, &'static str),
    pub one_moment: &'static str,
    pub leaving: &'static str,

    pub logging_in: &'static str,
    pub finishing: &'static str,
    pub not_logged_in: &'static str,

    pub loading_profile: &'static str,

    pub front_page: &'static str,
    pub try_again: &'static str,
    pub request: &'static str,
    pub slow: &'static str,
    pub offline: &'static str,

    pub still_known: (&'static str, &'static str),
    pub log_out_of: (&'static str, &'static str),

    pub wait_a_second: &'static str,
    pub wait_seconds: (&'static str, &'static str),

    pub callback_malformed: &'static str,
    pub nothing_to_finish: &'static str,
    pub state_unknown: &'static str,
    pub expired: &'static str,
    pub cancelled: &'static str,
    pub provider_unavailable: &'static str,
    pub provider_refused: &'static str,
    pub wrong_issuer: &'static str,

    pub code_refused: &'static str,
    pub client_refused: &'static str,
    pub provider_unreachable: &'static str,
    pub provider_bad_response: &'static str,
    pub provider_busy: &'static str,
    pub provider_timeout: &'static str,
    pub internal_error: &'static str,
    pub not_understood: &'static str,
    pub unknown_error: &'static str,

    pub blocked: &'static str,
    pub too_many: &'static str,
    pub server_unavailable: &'static str,
    pub server_bad_response: &'static str,
    pub no_answer: &'static str,

    pub not_registered: &'static str,
    pub unknown_provider: &'static str,
    pub no_storage: &'static str,
    pub no_cryptography: &'static str,
    pub session_unknown: &'static str,
    pub login_ended: &'static str,
    pub signed_out_elsewhere: &'static str,
    pub foreign_origin: &'static str,
}

impl Texts {
    /// English.
    pub const ENGLISH: Self = en::TEXTS;
    /// German.
    pub const GERMAN: Self = de::TEXTS;
    /// The languages in this crate. The first is the fallback.
    pub const ALL: &'static [&'static Self] = &[&en::TEXTS, &de::TEXTS];

    /// The texts for the first of the person's languages that is offered, and that language as the browser names it. If
    /// none is offered, the first offered language.
    pub(crate) fn choose(offered: &'static [&'static Self], languages: &[String]) -> (&'static Self, String) {
        for language in languages {
            let is_theirs = |texts: &&&Self| {
                let rest = language.strip_prefix(texts.language);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            };
            if let Some(texts) = offered.iter().find(is_theirs) {
                return (texts, language.clone());
            }
        }
        let texts = offered.first().copied().unwrap_or(&en::TEXTS);
        (texts, texts.language.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_offered_language_is_chosen() {
        for (languages, chosen, tag) in [
            (&["en"][..], "en", "en"),
            (&["en-GB", "en"], "en", "en-GB"),
            (&["fr", "de-AT", "en"], "de", "de-AT"),
            (&["fr"], "en", "en"),
            (&["den", "DE"], "en", "en"),
            (&["", "C"], "en", "en"),
            (&[], "en", "en"),
        ] {
            let languages: Vec<_> = languages.iter().map(ToString::to_string).collect();
            let (texts, named) = Texts::choose(Texts::ALL, &languages);
            assert_eq!((texts.language, &*named), (chosen, tag), "{languages:?}");
        }
    }
}
