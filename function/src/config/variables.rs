//! What a provider's variables are called.

use std::sync::Arc;

/// The names of one provider's variables: `OAUTH_CLIENT_ID` if it is the only one, and `OAUTH_GITHUB_CLIENT_ID` if there are
/// several, or if it was given an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variables(Option<Arc<str>>);

impl Variables {
    pub(super) fn plain() -> Self {
        Self(None)
    }

    /// The provider's id is a part of them.
    pub(super) fn of(provider: &str) -> Self {
        Self(Some(provider.into()))
    }

    /// Where its redirect addresses are: its own, or those of all.
    pub fn redirect_uris(&self) -> String {
        let (own, common) = (self.name("REDIRECT_URIS"), Self::plain().name("REDIRECT_URIS"));
        if own == common { own } else { format!("{own}, or {common} where that is not set,") }
    }

    /// The whole name of the variable that ends like that.
    pub fn name(&self, end: &str) -> String {
        match &self.0 {
            None => format!("OAUTH_{end}"),
            Some(provider) => format!("OAUTH_{}_{end}", provider.to_ascii_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_provider_is_in_it_where_there_are_several() {
        assert_eq!(Variables::plain().name("CLIENT_ID"), "OAUTH_CLIENT_ID");
        assert_eq!(Variables::of("github").name("CLIENT_ID"), "OAUTH_GITHUB_CLIENT_ID");
        assert_eq!(Variables::plain().redirect_uris(), "OAUTH_REDIRECT_URIS");
        let either = "OAUTH_GITHUB_REDIRECT_URIS, or OAUTH_REDIRECT_URIS where that is not set,";
        assert_eq!(Variables::of("github").redirect_uris(), either);
    }
}
