//! The issued tokens, grouped by login: a refresh token ends together with its family (RFC 9700, 4.14.2; RFC 7009,
//! 2.1).

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use super::expiring::locked;
use super::people::Person;
use super::tokens::Renewal;

#[derive(Debug, Default)]
pub(super) struct Grants(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    families: Vec<Family>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// The refresh tokens in the order in which they were issued.
    issued: Vec<String>,
    /// Access tokens that were revoked without their family. They may be from an earlier run: signed tokens outlive it.
    revoked: HashSet<String>,
}

/// All tokens of one login.
#[derive(Debug)]
struct Family {
    person: &'static Person,
    is_revoked: bool,
}

#[derive(Debug)]
struct Access {
    family: FamilyId,
    until: Option<Duration>,
}

#[derive(Debug)]
struct Refresh {
    family: FamilyId,
    until: Option<Duration>,
    is_consumed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FamilyId(usize);

impl Grants {
    pub(super) fn begin(&self, person: &'static Person) -> FamilyId {
        let families = &mut locked(&self.0).families;
        families.push(Family { person, is_revoked: false });
        FamilyId(families.len() - 1)
    }

    pub(super) fn add_access(&self, token: &str, family: FamilyId, until: Option<Duration>) {
        locked(&self.0).access.insert(token.to_owned(), Access { family, until });
    }

    pub(super) fn add_refresh(&self, token: &str, family: FamilyId, until: Option<Duration>) {
        let mut state = locked(&self.0);
        state.issued.push(token.to_owned());
        state.refresh.insert(token.to_owned(), Refresh { family, until, is_consumed: false });
    }

    /// Every refresh token that was ever issued.
    pub(super) fn refresh_tokens(&self) -> Vec<String> {
        locked(&self.0).issued.clone()
    }

    /// The person to whom an access token of this run belongs, unless it has expired.
    pub(super) fn holder(&self, token: &str, now: Duration) -> Option<&'static Person> {
        let state = locked(&self.0);
        let access = state.access.get(token).filter(|access| is_before(now, access.until))?;
        Some(state.family(access.family).person)
    }

    /// Uses a refresh token for a renewal. If it was consumed before, its family is revoked.
    pub(super) fn renew(&self, token: &str, renewal: Renewal, now: Duration) -> Option<(FamilyId, &'static Person)> {
        let mut state = locked(&self.0);
        let refresh = state.refresh.get_mut(token)?;
        let (id, is_consumed) = (refresh.family, refresh.is_consumed);
        if !is_before(now, refresh.until) {
            return None;
        }
        // Checked and updated under one lock: of two concurrent renewals, one is too late.
        refresh.is_consumed |= renewal == Renewal::Rotates;
        let family = state.families.get_mut(id.0).expect("families are never removed");
        family.is_revoked |= is_consumed;
        (!family.is_revoked).then_some((id, family.person))
    }

    /// Revokes a family's access tokens so far.
    pub(super) fn end_access(&self, family: FamilyId) {
        let state = &mut *locked(&self.0);
        let ended = state.access.iter().filter(|(_, access)| access.family == family).map(|(token, _)| token.clone());
        state.revoked.extend(ended);
    }

    /// Revokes a refresh token's whole family. Returns `false` if there is no such token.
    pub(super) fn revoke_family_of(&self, refresh_token: &str) -> bool {
        let mut state = locked(&self.0);
        let Some(FamilyId(at)) = state.refresh.get(refresh_token).map(|refresh| refresh.family) else {
            return false;
        };
        state.families.get_mut(at).expect("families are never removed").is_revoked = true;
        true
    }

    /// Revokes one access token.
    pub(super) fn revoke_access(&self, token: &str) {
        locked(&self.0).revoked.insert(token.to_owned());
    }

    /// Whether an access token or a refresh token was revoked.
    pub(super) fn is_revoked(&self, token: &str) -> bool {
        let state = locked(&self.0);
        let access = state.access.get(token).map(|access| access.family);
        let family = access.or_else(|| state.refresh.get(token).map(|refresh| refresh.family));
        state.revoked.contains(token) || family.is_some_and(|id| state.family(id).is_revoked)
    }
}

impl State {
    fn family(&self, FamilyId(at): FamilyId) -> &Family {
        &self.families[at]
    }
}

fn is_before(now: Duration, end: Option<Duration>) -> bool {
    end.is_none_or(|end| now < end)
}
