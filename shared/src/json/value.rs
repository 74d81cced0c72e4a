//! A JSON value of any parser.

use alloc::string::String;
use alloc::vec::Vec;

/// A JSON value, as the app needs it. In the browser it is a value of the browser's own parser.
///
/// Reading a member of a value that is not an object, or a value of another type, returns `None`.
pub trait Json: Sized {
    /// An object with these members. Members without a value are left out.
    fn object<const N: usize>(members: [(&str, Option<Self>); N]) -> Self;
    /// A string.
    fn text(text: &str) -> Self;
    /// An integer, exact below 2^53.
    fn number(number: u64) -> Self;

    /// The member with that name, or the item of an array at that index.
    fn member(&self, name: &str) -> Option<Self>;
    /// The value of a string.
    fn as_text(&self) -> Option<String>;
    /// An integer from 0 to 2^53.
    fn as_number(&self) -> Option<u64>;
    /// `true` or `false`.
    fn as_flag(&self) -> Option<bool>;
    /// Whether it is `null`.
    fn is_null(&self) -> bool;
    /// The items of an array.
    fn items(&self) -> Option<Vec<Self>>;

    /// The string member with that name.
    fn text_of(&self, name: &str) -> Option<String> {
        self.member(name)?.as_text()
    }

    /// The array member with that name, with each item read by `read`.
    fn list_of<T>(&self, name: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        for item in self.member(name)?.items()? {
            list.push(read(&item)?);
        }
        Some(list)
    }

    /// The integer member with that name.
    fn number_of(&self, name: &str) -> Option<u64> {
        self.member(name)?.as_number()
    }
}

/// Reads the members of an object one after the other, and remembers if one is missing or has another type.
#[derive(Debug)]
pub struct Reader<'a, J> {
    json: &'a J,
    is_whole: bool,
}

impl<'a, J: Json> Reader<'a, J> {
    /// Creates a reader for that object.
    pub fn of(json: &'a J) -> Self {
        Self { json, is_whole: true }
    }

    /// Returns `read` if all required members were present and every member had the expected type.
    pub fn whole<T>(self, read: T) -> Option<T> {
        self.is_whole.then_some(read)
    }

    /// The string member with that name.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.json.text_of(name);
        self.noted(text)
    }

    /// The integer member with that name.
    pub fn number(&mut self, name: &str) -> u64 {
        let number = self.json.number_of(name);
        self.noted(number)
    }

    /// The boolean member with that name.
    pub fn flag(&mut self, name: &str) -> bool {
        let flag = self.json.member(name).and_then(|value| value.as_flag());
        self.noted(flag)
    }

    /// The optional string member with that name.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        self.json.member(name).map(|value| self.noted(value.as_text()))
    }

    /// The member with that name, an array of strings.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let texts = self.json.list_of(name, J::as_text);
        self.noted(texts)
    }

    /// The optional member with that name, an array of strings.
    pub fn optional_texts(&mut self, name: &str) -> Vec<String> {
        if self.json.member(name).is_some() { self.texts(name) } else { Vec::new() }
    }

    /// The optional member with that name, read by `read`.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&J) -> Option<T>) -> Option<T> {
        let value = self.json.member(name)?;
        let value = read(&value);
        self.is_whole &= value.is_some();
        value
    }

    fn noted<T: Default>(&mut self, read: Option<T>) -> T {
        self.is_whole &= read.is_some();
        read.unwrap_or_default()
    }
}

/// The value at a JSON Pointer (RFC 6901), a path of members and indices. `None` if there is no value there.
pub fn at<J: Json>(json: &J, pointer: &str) -> Option<J> {
    let mut steps = pointer.strip_prefix('/')?.split('/').map(unescaped);
    let first = json.member(&steps.next()?)?;
    steps.try_fold(first, |json, step| json.member(&step))
}

/// Unescapes a reference token: `~1` is a slash, and `~0` a tilde (RFC 6901, 4).
fn unescaped(step: &str) -> String {
    let mut parts = step.split('~');
    let mut name = String::from(parts.next().unwrap_or_default());
    for part in parts {
        name.push(if part.starts_with('1') { '/' } else { '~' });
        name.push_str(part.get(1..).unwrap_or_default());
    }
    name
}

/// For tests that run without a browser.
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
        match self {
            Self::Array(items) => items.get(name.parse::<usize>().ok()?).cloned(),
            _ => self.get(name).cloned(),
        }
    }

    fn as_text(&self) -> Option<String> {
        self.as_str().map(Into::into)
    }

    fn as_number(&self) -> Option<u64> {
        self.as_u64()
    }

    fn as_flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_null(&self) -> bool {
        Self::is_null(self)
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
}
