//! Reading JSON that somebody else wrote.

use core::fmt;
use core::marker::PhantomData;
use core::str;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

/// Reads a JSON **object**, and nothing else, from the whole of `bytes`.
///
/// # Errors
/// Where the bytes are not exactly one JSON object of the wanted shape. Doubled fields are an error too.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NotThatObject> {
    // JSON is UTF-8 (RFC 8259, 8.1). The parser would look at the members that are read, and not at the others.
    let text = str::from_utf8(bytes).map_err(|_| NotThatObject)?;
    serde_json::from_str(text).map(|Object(value)| value).map_err(|_| NotThatObject)
}

/// The bytes were no JSON object of the wanted shape. It says no more, as a parser's message quotes what it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThatObject;

/// A value that was written as an object, also where it stands inside of another.
///
/// `serde` would also fill a struct from an array, by position; what others send us is an object or it is wrong.
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
