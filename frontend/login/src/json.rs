//! JSON with the browser's own parser, so that visitors need not download another one.

use js_sys::{Array, JSON, Object, Reflect};
use shared::json::Json;
use wasm_bindgen::{JsCast as _, JsValue};

/// The largest number up to which every integer is exact: 2^53.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// A JSON value in the browser.
#[derive(Debug)]
pub(crate) struct Js(JsValue);

impl Js {
    /// Parses a text. `None` if it is not JSON.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    /// `true` or `false`.
    pub(crate) fn flag(flag: bool) -> Self {
        Self(flag.into())
    }

    /// The value as JSON text.
    pub(crate) fn stringify(&self) -> Option<String> {
        JSON::stringify(&self.0).ok().map(Into::into)
    }
}

impl Json for Js {
    fn object<const N: usize>(members: [(&str, Option<Self>); N]) -> Self {
        let object = Object::new();
        for (name, value) in members {
            if let Some(value) = value {
                // Setting a property of a plain object cannot fail.
                let _ = Reflect::set(&object, &name.into(), &value.0);
            }
        }
        Self(object.into())
    }

    fn text(text: &str) -> Self {
        Self(text.into())
    }

    fn number(number: u64) -> Self {
        Self((number as f64).into())
    }

    fn member(&self, name: &str) -> Option<Self> {
        Reflect::get(&self.0, &name.into()).ok().filter(|value| !value.is_undefined()).map(Self)
    }

    fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn as_number(&self) -> Option<u64> {
        let number = self.0.as_f64()?;
        (number.fract() == 0.0 && (0.0..=LARGEST).contains(&number)).then_some(number as u64)
    }

    fn as_flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.dyn_ref::<Array>()?.iter().map(Self).collect())
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn read(text: &str) -> Js {
        Js::parse(text).expect("it is JSON")
    }

    #[wasm_bindgen_test]
    fn written_value_is_read_back() {
        let name = "a\"b\\c\u{2028}ü";
        let written = Js::object([("name", Some(Js::text(name))), ("at", Some(Js::number(5))), ("none", None)]);
        let text = written.stringify().expect("it can be serialized");
        assert!(!text.contains("none"), "{text}");
        let read = read(&text);
        assert_eq!((read.text_of("name").as_deref(), read.number_of("at")), (Some(name), Some(5)));
    }

    #[wasm_bindgen_test]
    fn invalid_json_is_rejected() {
        for text in ["", "{", "<html>", "undefined", "{'a':1}", "{}{}"] {
            assert!(Js::parse(text).is_none(), "{text}");
        }
    }

    #[wasm_bindgen_test]
    fn value_of_another_type_is_none() {
        let object = read(r#"{"n":null,"t":"1","list":[1,"x"],"o":{}}"#);
        for name in ["n", "o", "list", "absent"] {
            assert_eq!((object.text_of(name), object.number_of(name)), (None, None), "{name}");
        }
        assert_eq!(object.number_of("t"), None);
        assert!(object.member("o").expect("it is there").items().is_none());
        assert_eq!(object.member("list").and_then(|list| list.items()).map(|items| items.len()), Some(2));
        for other in ["null", "7", "\"x\"", "[]"] {
            assert!(read(other).member("a").is_none(), "{other}");
        }
    }

    #[wasm_bindgen_test]
    fn number_is_an_integer_and_not_negative() {
        for (text, number) in [
            ("0", Some(0)),
            ("1700000000000", Some(1_700_000_000_000)),
            ("9007199254740992", Some(9_007_199_254_740_992)),
            ("1e300", None),
            ("1.5", None),
            ("-1", None),
            ("true", None),
        ] {
            assert_eq!(read(text).as_number(), number, "{text}");
        }
    }
}
