//! A server's metadata as variables, each with the reason for it.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use shared::redirect;

use super::metadata::{Metadata, Place, is_plain, names};

/// The text of a `.env` file.
///
/// # Errors
/// Tells everything at once that keeps the function from using such a server.
pub(super) fn of(metadata: &Metadata, issuer: &str, place: &Place) -> Result<String> {
    let mut problems = Vec::new();
    match &metadata.issuer {
        Some(named) if named == issuer => {}
        // Such metadata must not be used (RFC 8414, 3.3): anyone who could put another's name here could have codes sent to
        // themselves.
        Some(named) => problems.push(another_issuer(named, issuer)),
        None => problems.push("it names no issuer".to_owned()),
    }
    let mut address = |name: &str, value: &Option<String>, is_needed: bool| match value {
        Some(value) if redirect::is_web(value) && is_plain(value) => value.clone(),
        Some(value) => {
            problems.push(format!("its {name} is {value:?}, which is no address that may be used"));
            String::new()
        }
        None => {
            if is_needed {
                problems.push(format!("it names no {name}"));
            }
            String::new()
        }
    };
    let authorize = address("authorization_endpoint", &metadata.authorization_endpoint, true);
    let token = address("token_endpoint", &metadata.token_endpoint, true);
    let profile = address("userinfo_endpoint", &metadata.userinfo_endpoint, false);

    // Where a list is not there, RFC 8414, 2 says what that means.
    let flow = [
        (&metadata.response_types_supported, &["code"][..], "code", "response type"),
        (&metadata.response_modes_supported, &["query"], "query", "response mode"),
        (&metadata.grant_types_supported, &["authorization_code"], "authorization_code", "grant type"),
    ];
    for (list, usual, wanted, what) in flow {
        if !names(list.as_ref(), usual, wanted) {
            problems.push(format!("it does not know the {what} {wanted}"));
        }
    }
    let auth = client_auth(metadata);
    if auth.is_none() {
        problems.push("it takes a client's secret neither by client_secret_basic nor by client_secret_post".to_owned());
    }
    let (Some((auth, why_auth)), true) = (auth, problems.is_empty()) else { bail!("{}", problems.join("; ")) };

    let mut text = format!("# What {issuer} says of itself, at {}.\n", place.address);
    let mut add = |why: &str, line: &str| {
        let _ = writeln!(text, "\n# {why}\n{line}");
    };
    add("Any server that follows RFC 6749.", "OAUTH_PROVIDER=oauth2");
    add(
        "Where people log in, and where the function exchanges codes.",
        &format!("OAUTH_AUTHORIZE_URL={}\nOAUTH_TOKEN_URL={}", quoted(&authorize), quoted(&token)),
    );
    match &*profile {
        "" => add(
            "Who has logged in it does not say; an address that answers as UserInfo does would.",
            "#OAUTH_PROFILE_URL=",
        ),
        _ => add(
            "Where the app asks who has logged in. The server has to let the app's pages ask (CORS).",
            &format!("OAUTH_PROFILE_URL={}", quoted(&profile)),
        ),
    }
    add(why_auth, &format!("OAUTH_CLIENT_AUTH={auth}"));
    let (pkce, why) = pkce(metadata);
    add(why, &format!("OAUTH_PKCE={pkce}"));
    if metadata.authorization_response_iss_parameter_supported == Some(true) {
        add(
            "It says in each callback who it is, and is believed under this name alone.",
            &format!("OAUTH_ISSUER={}", quoted(issuer)),
        );
    } else {
        add(
            "It does not say that its callbacks tell who it is; where they do, set this.",
            &format!("#OAUTH_ISSUER={}", quoted(issuer)),
        );
    }
    match scope(metadata, place) {
        Some(scope) => {
            add("The person's number, and their name and picture.", &format!("OAUTH_SCOPE={}", quoted(scope)))
        }
        None => add("What to ask for is in its documentation.", "#OAUTH_SCOPE="),
    }
    add(
        "Register a web application there, with exactly this redirect address, and put in what you are given.",
        "OAUTH_REDIRECT_URIS=http://localhost:3000/auth\nOAUTH_CLIENT_ID=\nOAUTH_CLIENT_SECRET=",
    );
    Ok(text)
}

/// What to do if the metadata is another issuer's.
fn another_issuer(named: &str, issuer: &str) -> String {
    let problem = format!("it speaks for {named:?}, and {issuer} was asked");
    let advice = if named.contains('{') {
        let base = issuer.trim_end_matches('/').trim_end_matches("/v2.0");
        format!(
            "that is one issuer for each tenant, as Microsoft's `common` and `organizations` have it. Set \
             OAUTH_PROVIDER=microsoft and OAUTH_BASE_URL={base}, or ask with the address of one tenant"
        )
    } else {
        "if that is the one you mean, ask with exactly that. If it has no metadata of its own, as with a policy of Azure AD \
         B2C, take the addresses from the provider's documentation: set OAUTH_PROVIDER=oauth2, OAUTH_AUTHORIZE_URL and \
         OAUTH_TOKEN_URL, and leave OAUTH_ISSUER out"
            .to_owned()
    };
    format!("{problem}; {advice}")
}

/// A value as every reader of `.env` files understands it, a shell among them: in quotes, if it has a character that some of
/// them take for their own. A quote, `$`, backslash or backtick is not in any of them.
fn quoted(value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-._~:/@%+=,".contains(c);
    if value.chars().all(is_bare) { value.to_owned() } else { format!("\"{value}\"") }
}

fn client_auth(metadata: &Metadata) -> Option<(&'static str, &'static str)> {
    let takes =
        |method| names(metadata.token_endpoint_auth_methods_supported.as_ref(), &["client_secret_basic"], method);
    match (takes("client_secret_basic"), takes("client_secret_post")) {
        // In a header, id and secret are form-encoded first (RFC 6749, 2.3.1). Servers are known that do not decode them, and
        // some that announce both take only post; a body cannot be misread.
        (true, true) => Some((
            "post",
            "Where the secret is sent: in the body. It takes basic, too; the client has to be registered for the same.",
        )),
        (true, false) => Some(("basic", "Where the secret is sent: in a header.")),
        (false, true) => Some(("post", "Where the secret is sent: in the body.")),
        (false, false) => None,
    }
}

fn pkce(metadata: &Metadata) -> (&'static str, &'static str) {
    let methods = metadata.code_challenge_methods_supported.as_ref();
    let takes = |method| names(methods, &[], method);
    match methods {
        _ if takes("S256") => ("S256", "It takes PKCE, in its better form."),
        _ if takes("plain") => ("plain", "It takes PKCE, in its weaker form alone."),
        Some(_) => ("none", "It takes no PKCE that we know."),
        // Who does not know it has to ignore it (RFC 6749, 3.1).
        None => (
            "S256",
            "It does not say whether it takes PKCE. Many do all the same, and the others ignore it; if it refuses, set none.",
        ),
    }
}

/// An OpenID provider gives UserInfo for the scope `openid`, and a name for `profile` (Core 1.0, 5.4).
fn scope(metadata: &Metadata, place: &Place) -> Option<&'static str> {
    let knows = |scope| names(metadata.scopes_supported.as_ref(), &["openid", "profile"], scope);
    match (place.is_openid || metadata.scopes_supported.is_some(), knows("openid"), knows("profile")) {
        (true, true, true) => Some("openid profile"),
        (true, true, false) => Some("openid"),
        _ => None,
    }
}
