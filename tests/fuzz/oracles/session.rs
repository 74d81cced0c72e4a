//! The decrypted contents of a session cookie: bytes that can be read are exactly those that would be written, and the
//! resulting session never lasts too long or has an expired token.

use shared::secret::{AccessToken, RefreshToken};
use shared::session::{Lifetime, SessionMode, StoredSession};

/// A day, in seconds.
const DAY: u64 = 86_400;

/// Reads any bytes as a session.
pub fn check(data: &[u8]) {
    let read = StoredSession::from_bytes(data);
    assert_eq!(read.is_some(), reading(data).is_some(), "the two implementations differ");
    let Some(session) = read else { return };
    assert_eq!(session.to_bytes(), data, "the encoding is not unique");
    let own = reading(data).expect("both implementations accept it");
    let refresh_token = session.refresh_token.as_ref().map(RefreshToken::expose);
    assert_eq!((session.access_token.expose(), refresh_token), (&*own.access_token, own.refresh_token.as_deref()));
    assert_eq!((session.logged_in_at, session.renewals), (own.logged_in_at, own.renewals));
    assert_eq!(session.token_ends_at, own.token_ends_at);

    let other = StoredSession {
        access_token: AccessToken::new("another"),
        refresh_token: session.refresh_token.as_ref().map(|_| RefreshToken::new("another")),
        ..session.clone()
    };
    assert_eq!(format!("{session:?}"), format!("{other:?}"), "the debug output has a token");
    let ends = [Some(session.logged_in_at), session.token_ends_at, session.logged_in_at.checked_add(DAY)];
    for now in ends.into_iter().flatten().flat_map(|end| [end.saturating_sub(1), end, end.saturating_add(1)]) {
        for (days, longest) in [(0, DAY), (1, DAY), (400, 400 * DAY)] {
            judge(&session, Lifetime::of_days(days), longest, now);
        }
    }
}

fn judge(session: &StoredSession, lifetime: Lifetime, longest: u64, now: u64) {
    let is_token_over = session.token_ends_at.is_some_and(|end| end <= now);
    let is_over =
        session.logged_in_at.saturating_add(longest) <= now || (session.refresh_token.is_none() && is_token_over);
    for mode in [SessionMode::Cookie, SessionMode::Proxy] {
        let state = session.state(mode, "p", lifetime, now);
        assert_eq!(state.is_none(), is_over, "at {now}");
        let Some(state) = state else { continue };
        assert!((1..=longest).contains(&state.ends_in), "{}", state.ends_in);
        assert_eq!(state.access_token.is_some(), mode == SessionMode::Cookie && !is_token_over);
        assert_eq!(state.expires_in, session.token_ends_at.filter(|_| !is_token_over).map(|end| end - now));
        assert!(
            !serde_json::to_string(&state).expect("it can be serialized").contains("refresh"),
            "the state has a refresh token"
        );
    }
}

struct Own {
    logged_in_at: u64,
    renewals: u64,
    token_ends_at: Option<u64>,
    access_token: String,
    refresh_token: Option<String>,
}

/// A second implementation, which takes everything from the end of a reversed list of bytes.
fn reading(data: &[u8]) -> Option<Own> {
    let mut bytes: Vec<u8> = data.iter().rev().copied().collect();
    if bytes.len() < 17 {
        return None;
    }
    bytes.truncate(bytes.len() - 16);
    let flags = bytes.pop()?;
    let (has_picture, has_role) = (flags & 8 != 0, flags & 16 != 0);
    if flags >= 0x80 || (flags & 4 == 0 && (has_picture || has_role)) {
        return None;
    }
    let (logged_in_at, renewals) = (number(&mut bytes)?, number(&mut bytes)?);
    let token_ends_at = if flags & 1 != 0 { Some(number(&mut bytes)?) } else { None };
    let access_token = text(&mut bytes)?;
    let refresh_token = if flags & 2 != 0 { Some(text(&mut bytes)?) } else { None };
    for has in [flags & 4 != 0, has_picture, has_role] {
        if has {
            text(&mut bytes)?;
        }
    }
    let is_sendable = !access_token.is_empty() && access_token.chars().all(|c| ('!'..='~').contains(&c));
    (bytes.is_empty() && is_sendable).then_some(Own {
        logged_in_at,
        renewals,
        token_ends_at,
        access_token,
        refresh_token,
    })
}

fn number(bytes: &mut Vec<u8>) -> Option<u64> {
    let mut number = 0_u128;
    for place in 0..10 {
        let byte = bytes.pop()?;
        number += u128::from(byte % 128) << (7 * place);
        if byte < 128 {
            let is_shortest = byte > 0 || place == 0;
            return u64::try_from(number).ok().filter(|_| is_shortest);
        }
    }
    None
}

fn text(bytes: &mut Vec<u8>) -> Option<String> {
    let len = number(bytes)?;
    let mut text = Vec::new();
    for _ in 0..len {
        text.push(bytes.pop()?);
    }
    String::from_utf8(text).ok()
}
