//! A JSON value, whoever parsed it.

use alloc::string::String;
use alloc::vec::Vec;

/// A JSON value as the app needs it: in the browser it is the browser's own.
///
/// Reading a member of what is no object, or a value of another kind, gives nothing.
pub trait Json: Sized {
    /// An object with these members; one without a value is left out.
    fn object<const N: usize>(members: [(&str, Option<Self>); N]) -> Self;
    /// A string.
    fn text(text: &str) -> Self;
    /// A whole number, exact below 2^53.
    fn number(number: u64) -> Self;

    /// The member of that name.
    fn member(&self, name: &str) -> Option<Self>;
    /// What a string says.
    fn as_text(&self) -> Option<String>;
    /// A whole number from 0 to 2^53.
    fn as_number(&self) -> Option<u64>;
    /// The values of an array.
    fn items(&self) -> Option<Vec<Self>>;

    /// What the string of that name says.
    fn text_of(&self, name: &str) -> Option<String> {
        self.member(name)?.as_text()
    }

    /// What `read` makes of the member of that name: `Some(None)` where there is no such member, and `None` where it is
    /// something else.
    fn optional<T>(&self, name: &str, read: impl FnOnce(&Self) -> Option<T>) -> Option<Option<T>> {
        match self.member(name) {
            Some(value) => read(&value).map(Some),
            None => Some(None),
        }
    }

    /// What `read` makes of each value in the array of that name.
    fn list_of<T>(&self, name: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        for item in self.member(name)?.items()? {
            list.push(read(&item)?);
        }
        Some(list)
    }

    /// The whole number of that name.
    fn number_of(&self, name: &str) -> Option<u64> {
        self.member(name)?.as_number()
    }
}

/// For tests, on a machine without a browser.
impl Json for serde_json::Value {
    fn object<const N: usize>(members: [(&str, Option<Self>); N]) -> Self {
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn text(text: &str) -> Self {
        text.into()
    }

    fn number(number: u64) -> Self {
        number.into()
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.get(name).cloned()
    }

    fn as_text(&self) -> Option<String> {
        self.as_str().map(Into::into)
    }

    fn as_number(&self) -> Option<u64> {
        self.as_u64()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
}
