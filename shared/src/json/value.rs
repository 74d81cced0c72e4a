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

    /// The member of that name, or the item of a list at that index.
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

/// Reads the members of an object one after the other, and notes if one is missing or is something else.
#[derive(Debug)]
pub struct Reader<'a, J> {
    json: &'a J,
    is_whole: bool,
}

impl<'a, J: Json> Reader<'a, J> {
    /// For that object.
    pub fn of(json: &'a J) -> Self {
        Self { json, is_whole: true }
    }

    /// What was read, if it was all there.
    pub fn whole<T>(self, read: T) -> Option<T> {
        self.is_whole.then_some(read)
    }

    /// What the string of that name says.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.json.text_of(name);
        self.noted(text)
    }

    /// The whole number of that name.
    pub fn number(&mut self, name: &str) -> u64 {
        let number = self.json.number_of(name);
        self.noted(number)
    }

    /// The text of one that need not be there.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        self.json.member(name).map(|value| self.noted(value.as_text()))
    }

    /// What the strings in the array of that name say.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let texts = self.json.list_of(name, J::as_text);
        self.noted(texts)
    }

    /// The same of one that need not be there.
    pub fn optional_texts(&mut self, name: &str) -> Vec<String> {
        if self.json.member(name).is_some() { self.texts(name) } else { Vec::new() }
    }

    /// What `read` makes of a member that need not be there.
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

/// The value at a JSON Pointer (RFC 6901), a path of members and indices; a place that is not there has none.
pub fn at<J: Json>(json: &J, pointer: &str) -> Option<J> {
    let mut steps = pointer.strip_prefix('/')?.split('/').map(unescaped);
    let first = json.member(&steps.next()?)?;
    steps.try_fold(first, |json, step| json.member(&step))
}

/// `~1` is a slash there, and `~0` a tilde (RFC 6901, 4).
fn unescaped(step: &str) -> String {
    let mut parts = step.split('~');
    let mut name = String::from(parts.next().unwrap_or_default());
    for part in parts {
        name.push(if part.starts_with('1') { '/' } else { '~' });
        name.push_str(part.get(1..).unwrap_or_default());
    }
    name
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

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
}
