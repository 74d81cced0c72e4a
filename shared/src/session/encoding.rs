//! The binary encoding of a session: the plaintext of the cookie, as short as possible without compression.
//!
//! Numbers are in LEB128: seven bits per byte, the lowest first. A string is its length followed by its bytes. Each
//! session has exactly one encoding, and any other is rejected.

use alloc::string::String;
use alloc::vec::Vec;

use super::{ProfileFault, StoredSession};
use crate::provider::Profile;
use crate::secret::{AccessToken, RefreshToken};

const HAS_END: u8 = 1;
const HAS_REFRESH_TOKEN: u8 = 1 << 1;
const HAS_PROFILE: u8 = 1 << 2;
const HAS_PICTURE: u8 = 1 << 3;
const HAS_ROLE: u8 = 1 << 4;
/// Two bits: the index of the fault in [`FAULTS`], counted from 1; 0 if there is none.
const FAULT_AT: u8 = 5;

const FAULTS: [ProfileFault; 3] = [ProfileFault::Unverified, ProfileFault::Refused, ProfileFault::Unavailable];

impl StoredSession {
    /// Encodes the session. The bytes contain its tokens, so they must be encrypted before they leave the function.
    pub fn to_bytes(&self) -> Vec<u8> {
        let picture = self.profile.as_ref().and_then(|profile| profile.picture.as_deref());
        let role = self.profile.as_ref().and_then(|profile| profile.role.as_deref());
        let fault = self.profile_error.and_then(|fault| FAULTS.iter().position(|known| *known == fault));
        let flag = |bit, is_there| if is_there { bit } else { 0 };
        let mut bytes = Vec::with_capacity(64 + self.access_token.expose().len());
        bytes.extend_from_slice(&self.id);
        bytes.push(
            flag(HAS_END, self.token_ends_at.is_some())
                | flag(HAS_REFRESH_TOKEN, self.refresh_token.is_some())
                | flag(HAS_PROFILE, self.profile.is_some())
                | flag(HAS_PICTURE, picture.is_some())
                | flag(HAS_ROLE, role.is_some())
                | (fault.map_or(0, |at| at as u8 + 1) << FAULT_AT),
        );
        put_number(&mut bytes, self.logged_in_at);
        put_number(&mut bytes, self.renewals);
        if let Some(end) = self.token_ends_at {
            put_number(&mut bytes, end);
        }
        put_text(&mut bytes, self.access_token.expose());
        let texts = [
            self.refresh_token.as_ref().map(RefreshToken::expose),
            self.profile.as_ref().map(|profile| &*profile.name),
            picture,
            role,
        ];
        for text in texts.into_iter().flatten() {
            put_text(&mut bytes, text);
        }
        bytes
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) has written, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (&flags, rest) = rest.split_first()?;
        let mut read = Reader { rest };
        let has = |bit| flags & bit != 0;
        let fault = flags >> FAULT_AT;
        let is_known = fault <= FAULTS.len() as u8 && (has(HAS_PROFILE) || !(has(HAS_PICTURE) || has(HAS_ROLE)));
        let session = Self {
            id: *id,
            logged_in_at: read.number()?,
            renewals: read.number()?,
            token_ends_at: if has(HAS_END) { Some(read.number()?) } else { None },
            access_token: AccessToken::new(read.text()?),
            refresh_token: read.text_if(has(HAS_REFRESH_TOKEN))?.map(RefreshToken::new),
            profile: match read.text_if(has(HAS_PROFILE))? {
                Some(name) => {
                    let picture = read.text_if(has(HAS_PICTURE))?;
                    Some(Profile { name, picture, role: read.text_if(has(HAS_ROLE))? })
                }
                None => None,
            },
            profile_error: usize::from(fault).checked_sub(1).and_then(|at| FAULTS.get(at).copied()),
        };
        (is_known && read.rest.is_empty() && session.access_token.is_well_formed()).then_some(session)
    }
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for at in 0.. {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            // Ten bytes hold 70 bits.
            number |= bits.checked_shl(7 * at).filter(|shifted| shifted >> (7 * at) == bits)?;
            if byte & 0x80 == 0 {
                // A trailing zero would be a second encoding of the same number.
                return (byte != 0 || at == 0).then_some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let len = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        String::from_utf8(text.into()).ok()
    }

    fn text_if(&mut self, is_there: bool) -> Option<Option<String>> {
        if is_there { self.text().map(Some) } else { Some(None) }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    /// Sessions with a minimum of members, with some, and with all.
    pub(super) fn sessions() -> [StoredSession; 3] {
        let least = StoredSession {
            id: [7; 16],
            logged_in_at: 1_700_000_000,
            renewals: 0,
            access_token: AccessToken::new("t"),
            token_ends_at: None,
            refresh_token: None,
            profile: None,
            profile_error: None,
        };
        let whole = StoredSession {
            renewals: u64::MAX,
            token_ends_at: Some(1_700_000_060),
            refresh_token: Some(RefreshToken::new("rëfresh")),
            profile: Some(Profile { name: "Jörg".into(), picture: Some("p".into()), role: Some("r".into()) }),
            profile_error: Some(ProfileFault::Unavailable),
            ..least.clone()
        };
        let profile = Some(Profile { name: String::new(), picture: None, role: None });
        let some = StoredSession { profile, profile_error: Some(ProfileFault::Unverified), ..least.clone() };
        [least, some, whole]
    }

    #[test]
    fn encoded_session_is_decoded() {
        for session in sessions() {
            let bytes = session.to_bytes();
            let read = StoredSession::from_bytes(&bytes).expect("it is valid");
            assert_eq!(read.to_bytes(), bytes);
            assert_eq!(
                (read.id, read.renewals, read.token_ends_at),
                (session.id, session.renewals, session.token_ends_at)
            );
            assert_eq!((read.profile, read.profile_error), (session.profile, session.profile_error));
            assert_eq!(read.access_token.expose(), session.access_token.expose());
            let exposed = |token: &Option<RefreshToken>| token.as_ref().map(|token| String::from(token.expose()));
            assert_eq!(exposed(&read.refresh_token), exposed(&session.refresh_token));
        }
    }

    #[test]
    fn truncated_or_extended_encoding_is_rejected() {
        for session in sessions() {
            let mut bytes = session.to_bytes();
            for len in 0..bytes.len() {
                assert!(StoredSession::from_bytes(&bytes[..len]).is_none(), "{len} of {} bytes", bytes.len());
            }
            bytes.push(0);
            assert!(StoredSession::from_bytes(&bytes).is_none());
        }
    }

    #[test]
    fn number_has_one_encoding() {
        for (bytes, expected) in [
            (vec![0], Some(0)),
            (vec![0x80, 0], None),
            (vec![0x7f], Some(127)),
            (vec![0x80, 1], Some(128)),
            (vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Some(u64::MAX)),
            (vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], None),
            (vec![0x80; 20], None),
            (vec![], None),
        ] {
            assert_eq!(Reader { rest: &bytes }.number(), expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn decoded_bytes_are_the_encoding_of_the_session(bytes in proptest::collection::vec(any::<u8>(), 17..80)) {
            if let Some(session) = StoredSession::from_bytes(&bytes) {
                prop_assert_eq!(session.to_bytes(), bytes);
            }
        }
    }
}
