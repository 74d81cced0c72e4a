//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "en",

    log_in: "Log in",
    log_in_with: ("Log in with ", ""),
    one_moment: "One moment…",
    leaving: "Going to the login page…",

    logging_in: "Logging you in",
    finishing: "Finishing your login…",
    not_logged_in: "The login did not work",

    loading_profile: "Loading your profile…",

    front_page: "To the front page",
    try_again: "Try again",
    request: "Request ",
    slow: "This takes longer than usual.",
    offline: "You are offline. This goes on when you are back.",

    wait_a_second: "Please wait a second first.",
    wait_seconds: ("Please wait ", " seconds first."),

    callback_malformed: "The answer to the login is malformed, so it was not used.",
    nothing_to_finish: "There is no login to finish here.",
    state_unknown: "This answer does not belong to a login of this tab: it was used already, or another tab began a login.",
    expired: "The login took too long and has expired.",
    cancelled: "The login was cancelled.",
    provider_unavailable: "The provider cannot log you in at the moment.",
    provider_refused: "The provider refused the login.",
    wrong_issuer: "This answer does not come from the provider that you were sent to, so it was not used.",

    code_refused: "The provider does not accept this login any more.",
    client_refused: "The provider does not accept this app’s registration. Try again later.",
    provider_unreachable: "The provider could not be reached. Try again in a minute.",
    provider_bad_response: "The provider gave an answer that makes no sense. Try again in a minute.",
    provider_busy: "The provider is busy. Try again later.",
    provider_timeout: "The provider took too long to answer. Try again in a minute.",
    internal_error: "Something went wrong on the app’s server. Try again in a minute.",
    not_understood: "This page and the app’s server do not understand each other. Load the page again.",
    unknown_error: "The login did not work.",

    blocked: "Something between you and the app’s server blocked the request. A different network may help.",
    too_many: "Too many people are logging in at the moment. Try again in a minute.",
    server_unavailable: "The app’s server is not answering properly. Try again in a minute.",
    server_bad_response: "The app’s server gave an answer that makes no sense. Try again in a minute.",
    no_answer: "The app’s server could not be reached. Check your connection.",

    not_registered: "This address is not registered for logging in.",
    unknown_provider: "This app no longer offers that way to log in.",
    no_storage: "Your browser does not let this page keep anything, which a login needs. Allow storage for this site.",
    no_cryptography: "Your browser is too old for a safe login.",
    login_ended: "Your login has ended. Log in again to go on.",
    signed_out_elsewhere: "You are signed out: you logged out in another tab, or this site’s data was cleared.",
    foreign_origin: "This app does not send your login to that address.",
};
