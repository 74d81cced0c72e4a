//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "en",
    sign_in: "Sign in",
    promise: "You log in on the provider’s own page. This app never sees your password.",
    signed_in: "You are signed in",
    until: "Signed in until ",
    ends_in: ("Your session ends in ", " minutes."),
    ends_soon: "Your session ends in less than a minute.",
    log_out: "Log out",
    email_not_verified: "Your e-mail address is not verified yet. Follow the link in AniAPI’s e-mail, then load the profile again.",
    no_profile: "Your profile could not be loaded. You are still signed in; try again in a moment.",
    load_profile: "Load the profile again",
    not_found: "Page not found",
    no_such_page: "This address was not found.",
    copy: "Copy the number",
    copied: "Copied",
    other_colours: "Light or dark",
};
