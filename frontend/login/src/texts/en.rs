//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "en",

    log_in: "Log in",
    log_in_with: ("Log in with ", ""),
    one_moment: "One moment…",
    leaving: "Taking you to the login page…",

    logging_in: "Logging you in",
    finishing: "Finishing your login…",
    not_logged_in: "The login did not work",

    loading_profile: "Loading your profile…",

    front_page: "Go to the home page",
    try_again: "Try again",
    request: "Request ID: ",
    slow: "This is taking longer than usual.",
    offline: "You are offline. This will continue when you are back online.",

    still_known: ("You are signed out here, but ", " may still remember you in this browser."),
    log_out_of: ("Log out of ", ""),

    wait_a_second: "Please wait one second before you try again.",
    wait_seconds: ("Please wait ", " seconds before you try again."),

    callback_malformed: "The reply to your login is not valid, so it was not used.",
    nothing_to_finish: "There is no login to finish here.",
    state_unknown: "This reply does not match a login in this tab. It was already used, or it belongs to a login in another tab.",
    expired: "The login took too long and has expired.",
    cancelled: "The login was cancelled.",
    provider_unavailable: "The login service cannot log you in right now.",
    provider_refused: "The login service rejected the login.",
    wrong_issuer: "This reply does not come from the login service that you were sent to, so it was not used.",

    code_refused: "The login service no longer accepts this login.",
    client_refused: "The login service rejected this app. Try again later.",
    provider_unreachable: "The login service could not be reached. Try again in a minute.",
    provider_bad_response: "The login service sent an unexpected reply. Try again in a minute.",
    provider_busy: "The login service is busy. Try again later.",
    provider_timeout: "The login service took too long to reply. Try again in a minute.",
    internal_error: "Something went wrong on the app’s server. Try again in a minute.",
    not_understood: "This page and the app’s server do not match. Reload the page.",
    unknown_error: "The login did not work.",

    blocked: "Something between you and the app’s server blocked the request. A different network may help.",
    too_many: "Too many people are logging in right now. Try again in a minute.",
    server_unavailable: "The app’s server is not available right now. Try again in a minute.",
    server_bad_response: "The app’s server sent an unexpected reply. Try again in a minute.",
    no_answer: "The app’s server could not be reached. Check your connection.",

    not_registered: "You cannot log in at this address.",
    unknown_provider: "This app no longer offers this way to log in.",
    no_storage: "Your browser does not let this site store data, which a login needs. Allow this site to store data.",
    no_cryptography: "Your browser is too old for a secure login.",
    session_unknown: "We could not find out whether you are signed in. Check your connection; we will keep trying.",
    login_ended: "Your session has ended. Log in again to continue.",
    signed_out_elsewhere: "You are signed out: you logged out in another tab, or this site’s data was cleared.",
    foreign_origin: "This app does not send your session to that address.",
};
