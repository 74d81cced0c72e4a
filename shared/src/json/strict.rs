//! Strict reading of untrusted JSON.

use core::error::Error;
use core::fmt;
use core::marker::PhantomData;
use core::str;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

/// Parses all of `bytes` as a JSON **object**.
///
/// # Errors
/// If the bytes are not exactly one JSON object of the type `T`. Duplicate members are an error, too.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NotThatObject> {
    // JSON is UTF-8 (RFC 8259, 8.1). The parser checks only the members that it reads, not those that it ignores.
    let text = str::from_utf8(bytes).map_err(|_| NotThatObject)?;
    serde_json::from_str(text).map(|Object(value)| value).map_err(|_| NotThatObject)
}

/// The bytes are not a JSON object of the expected type. There are no details, because a parser's message quotes its
/// input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThatObject;

impl fmt::Display for NotThatObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON object of the expected type")
    }
}

impl Error for NotThatObject {}

/// A value that must be written as an object, also if it is nested.
///
/// `serde` would also read a struct from an array, by position. Untrusted input must be an object.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}
