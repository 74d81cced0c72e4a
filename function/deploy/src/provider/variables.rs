//! Converts a server's metadata to variables, each with its reason.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use shared::redirect;

use super::metadata::{Metadata, Place, is_plain, names};

/// The text of a `.env` file.
///
/// # Errors
/// If the function cannot use such a server; the error has every reason.
pub(super) fn of(metadata: &Metadata, issuer: &str, place: &Place) -> Result<String> {
    let mut problems = Vec::new();
    match &metadata.issuer {
        Some(named) if named == issuer => {}
        // Such metadata must not be used (RFC 8414, 3.3): anyone who could use another issuer's name here could have
        // codes sent to themselves.
        Some(named) => problems.push(another_issuer(named, issuer)),
        None => problems.push("it has no issuer".to_owned()),
    }
    let mut address = |name: &str, value: &Option<String>, is_needed: bool| match value {
        Some(value) if redirect::is_web(value) && is_plain(value) => value.clone(),
        Some(value) => {
            problems.push(format!("its {name} is {value:?}, which is not a usable address"));
            String::new()
        }
        None => {
            if is_needed {
                problems.push(format!("it has no {name}"));
            }
            String::new()
        }
    };
    let authorize = address("authorization_endpoint", &metadata.authorization_endpoint, true);
    let token = address("token_endpoint", &metadata.token_endpoint, true);
    let profile = address("userinfo_endpoint", &metadata.userinfo_endpoint, false);

    // RFC 8414, 2 defines the defaults of missing lists.
    let flow = [
        (&metadata.response_types_supported, &["code"][..], "code", "response type"),
        (&metadata.response_modes_supported, &["query"], "query", "response mode"),
        (&metadata.grant_types_supported, &["authorization_code"], "authorization_code", "grant type"),
    ];
    for (list, usual, wanted, what) in flow {
        if !names(list.as_ref(), usual, wanted) {
            problems.push(format!("it does not support the {what} {wanted}"));
        }
    }
    let auth = client_auth(metadata);
    if auth.is_none() {
        problems.push("it supports neither client_secret_basic nor client_secret_post".to_owned());
    }
    let (Some((auth, why_auth)), true) = (auth, problems.is_empty()) else { bail!("{}", problems.join("; ")) };

    let mut text = format!("# The metadata of {issuer}, from {}.\n", place.address);
    let mut add = |why: &str, line: &str| {
        let _ = writeln!(text, "\n# {why}\n{line}");
    };
    add("Any server that follows RFC 6749.", "OAUTH_PROVIDER=oauth2");
    add(
        "The login page, and the endpoint where the function exchanges codes.",
        &format!("OAUTH_AUTHORIZE_URL={}\nOAUTH_TOKEN_URL={}", quoted(&authorize), quoted(&token)),
    );
    match &*profile {
        "" => {
            add("It has no UserInfo endpoint. Set this if another address returns the profile.", "#OAUTH_PROFILE_URL=")
        }
        _ => add(
            "Where the app requests the profile. The server must allow the app's origin (CORS).",
            &format!("OAUTH_PROFILE_URL={}", quoted(&profile)),
        ),
    }
    add(why_auth, &format!("OAUTH_CLIENT_AUTH={auth}"));
    let (pkce, why) = pkce(metadata);
    add(why, &format!("OAUTH_PKCE={pkce}"));
    if metadata.authorization_response_iss_parameter_supported == Some(true) {
        add(
            "Its callbacks contain its issuer, and only this one is accepted.",
            &format!("OAUTH_ISSUER={}", quoted(issuer)),
        );
    } else {
        add(
            "It does not advertise that its callbacks contain `iss`. If they do, set this.",
            &format!("#OAUTH_ISSUER={}", quoted(issuer)),
        );
    }
    match scope(metadata, place) {
        Some(scope) => add("Requests the person's id, name and picture.", &format!("OAUTH_SCOPE={}", quoted(scope))),
        None => add("Its documentation lists the scopes.", "#OAUTH_SCOPE="),
    }
    add(
        "Register a web application there, with exactly this redirect URI, and enter its client id and secret.",
        "OAUTH_REDIRECT_URIS=http://localhost:3000/auth\nOAUTH_CLIENT_ID=\nOAUTH_CLIENT_SECRET=",
    );
    Ok(text)
}

/// The problem and a remedy if the metadata is another issuer's.
fn another_issuer(named: &str, issuer: &str) -> String {
    let problem = format!("it is the metadata of {named:?}, and {issuer} was requested");
    let advice = if named.contains('{') {
        let base = issuer.trim_end_matches('/').trim_end_matches("/v2.0");
        format!(
            "there is one issuer for each tenant, as with Microsoft's `common` and `organizations`. Set \
             OAUTH_PROVIDER=microsoft and OAUTH_BASE_URL={base}, or use the issuer of one tenant"
        )
    } else {
        "if you mean that issuer, pass exactly that. If it has no metadata of its own, as with a policy of Azure AD \
         B2C, take the addresses from the provider's documentation: set OAUTH_PROVIDER=oauth2, OAUTH_AUTHORIZE_URL and \
         OAUTH_TOKEN_URL, and leave OAUTH_ISSUER out"
            .to_owned()
    };
    format!("{problem}; {advice}")
}

/// A value that every parser of `.env` files and a shell read alike: in quotes if it has a character that is special to
/// one of them. No value contains a quote, `$`, backslash or backtick.
fn quoted(value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-._~:/@%+=,".contains(c);
    if value.chars().all(is_bare) { value.to_owned() } else { format!("\"{value}\"") }
}

fn client_auth(metadata: &Metadata) -> Option<(&'static str, &'static str)> {
    let takes =
        |method| names(metadata.token_endpoint_auth_methods_supported.as_ref(), &["client_secret_basic"], method);
    match (takes("client_secret_basic"), takes("client_secret_post")) {
        // In a header, id and secret are form-encoded first (RFC 6749, 2.3.1). Some servers do not decode them, and
        // some that advertise both accept only post; a body is unambiguous.
        (true, true) => Some((
            "post",
            "The secret is sent in the body. The server supports basic, too; the client must be registered for the \
             same method.",
        )),
        (true, false) => Some(("basic", "The secret is sent in a header.")),
        (false, true) => Some(("post", "The secret is sent in the body.")),
        (false, false) => None,
    }
}

fn pkce(metadata: &Metadata) -> (&'static str, &'static str) {
    let methods = metadata.code_challenge_methods_supported.as_ref();
    let takes = |method| names(methods, &[], method);
    match methods {
        _ if takes("S256") => ("S256", "It supports PKCE with S256."),
        _ if takes("plain") => ("plain", "It supports PKCE only with the weaker method plain."),
        Some(_) => ("none", "It supports no known PKCE method."),
        // Servers without PKCE must ignore its parameters (RFC 6749, 3.1).
        None => (
            "S256",
            "It does not advertise PKCE. Many such servers support it, and others ignore it; if logins are rejected, \
             set none.",
        ),
    }
}

/// An OpenID provider returns UserInfo for the scope `openid`, and a name for `profile` (Core 1.0, 5.4).
fn scope(metadata: &Metadata, place: &Place) -> Option<&'static str> {
    let knows = |scope| names(metadata.scopes_supported.as_ref(), &["openid", "profile"], scope);
    match (place.is_openid || metadata.scopes_supported.is_some(), knows("openid"), knows("profile")) {
        (true, true, true) => Some("openid profile"),
        (true, true, false) => Some("openid"),
        _ => None,
    }
}
