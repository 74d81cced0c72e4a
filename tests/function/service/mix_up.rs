//! Mix-up (RFC 9700, 2.1 and 4.4): with several providers, each must be identifiable by its authorization responses, or
//! the function does not start.

use crate::bench::{Env, config};

const ONE: &str = "https://app.example/auth/one";
const TWO: &str = "https://app.example/auth/two";
const SHARED: &str = "https://app.example/auth";

fn env(redirect_uris: &[&str], more: &[(&'static str, &str)]) -> Env {
    let mut env = Env::from([
        ("OAUTH_PROVIDER", "one:oauth2,two:oauth2".into()),
        ("OAUTH_REDIRECT_URIS", redirect_uris.join(",").into()),
    ]);
    for [id, secret, authorize_url, token_url] in [
        ["OAUTH_ONE_CLIENT_ID", "OAUTH_ONE_CLIENT_SECRET", "OAUTH_ONE_AUTHORIZE_URL", "OAUTH_ONE_TOKEN_URL"],
        ["OAUTH_TWO_CLIENT_ID", "OAUTH_TWO_CLIENT_SECRET", "OAUTH_TWO_AUTHORIZE_URL", "OAUTH_TWO_TOKEN_URL"],
    ] {
        env.extend([(id, "id".into()), (secret, "secret".into())]);
        env.extend([(authorize_url, "https://p.example/a".into()), (token_url, "https://p.example/t".into())]);
    }
    env.extend(more.iter().map(|(name, value)| (*name, (*value).into())));
    env
}

#[test]
fn several_providers_need_iss_or_redirect_uris_of_their_own() {
    const ISSUER_ONE: (&str, &str) = ("OAUTH_ONE_ISSUER", "https://one.example");
    const ISSUER_TWO: (&str, &str) = ("OAUTH_TWO_ISSUER", "https://two.example");
    for (redirect_uris, more, unclear) in [
        (&[ONE, TWO][..], vec![], vec![]),
        (&[SHARED, ONE, TWO], vec![], vec![]),
        (&[SHARED], vec![], vec!["/auth/one", "/auth/two"]),
        (&[SHARED, ONE], vec![], vec!["/auth/two"]),
        (&[SHARED, ONE], vec![ISSUER_TWO], vec![]),
        (&[SHARED], vec![ISSUER_ONE], vec!["/auth/two"]),
        (&[SHARED], vec![ISSUER_ONE, ISSUER_TWO], vec![]),
        // The separate redirect URIs are required on each origin.
        (&[ONE, TWO, "http://localhost:3000/auth"], vec![], vec!["/auth/one", "/auth/two"]),
        (&[ONE, TWO, "http://localhost:3000/auth/one", "http://localhost:3000/auth/two"], vec![], vec![]),
        (&[SHARED], vec![("OAUTH_MIX_UP", "accept")], vec![]),
        (&[SHARED], vec![("OAUTH_PROVIDER", "one:oauth2")], vec![]),
        (&[SHARED], vec![("OAUTH_ONE_REDIRECT_URIS", ONE), ("OAUTH_TWO_REDIRECT_URIS", TWO)], vec![]),
    ] {
        let error = config(&env(redirect_uris, &more)).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(error.is_empty(), unclear.is_empty(), "{redirect_uris:?} {more:?}: {error}");
        for own in ["/auth/one", "/auth/two"] {
            assert_eq!(error.contains(own), unclear.contains(&own), "{redirect_uris:?} {more:?}: {error}");
        }
        if !unclear.is_empty() {
            assert!(error.contains("OAUTH_REDIRECT_URIS ") && error.contains("OAUTH_MIX_UP=accept"), "{error}");
        }
    }
}

#[test]
fn each_provider_gets_only_its_own_redirect_uris() {
    let good = config(&env(&[SHARED, ONE, TWO], &[])).expect("the environment is valid");
    let of = |at: usize| &good.providers[at].app.redirect_uris;
    assert_eq!((of(0), of(1)), (&vec![SHARED.into(), ONE.into()], &vec![SHARED.into(), TWO.into()]));
    for (redirect_uris, more, problem) in [
        (&[SHARED, "https://app.example/auth/three"][..], vec![], "OAUTH_REDIRECT_URIS has a path /auth/<id>"),
        (&[ONE], vec![], "OAUTH_REDIRECT_URIS has only redirect URIs of other providers"),
        (&[ONE, TWO], vec![("OAUTH_TWO_REDIRECT_URIS", ONE)], "OAUTH_TWO_REDIRECT_URIS has only"),
    ] {
        let error = config(&env(redirect_uris, &more)).err().expect("the function does not start").to_string();
        assert!(error.contains(problem), "{error}");
    }
}
