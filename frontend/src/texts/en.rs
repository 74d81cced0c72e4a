//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "en",
    sign_in: "Log in",
    promise: "You enter your password on the login service’s own page. This app never sees it.",
    signed_in: "You are signed in",
    until: "Signed in until ",
    ends_in: ("Your session ends in ", " minutes."),
    ends_soon: "Your session ends in less than a minute.",
    log_out: "Log out",
    email_not_verified: "Your e-mail address is not verified yet. Follow the link in AniAPI’s e-mail, then reload your profile.",
    no_profile: "Your profile could not be loaded. You are still signed in; try again in a moment.",
    load_profile: "Reload your profile",
    not_found: "Page not found",
    no_such_page: "There is no page at this address.",
    copy: "Copy the request ID",
    copied: "Copied",
    other_colours: "Switch between light and dark",
};
