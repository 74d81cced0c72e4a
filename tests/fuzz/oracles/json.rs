//! A JSON reader that follows RFC 8259 exactly. It does not use serde, and keeps what serde drops: repeated members,
//! and the original text of numbers and strings.

use std::str;

/// A value. Strings are the raw text between the quotes, and numbers are the original text.
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(&'a str),
    Array,
    /// The members in order, including repeated ones.
    Object(Vec<(&'a str, Json<'a>)>),
}

/// Reads all of `bytes`. `None` if they are not JSON.
pub(super) fn read(bytes: &[u8]) -> Option<Json<'_>> {
    let mut reader = Reader { rest: str::from_utf8(bytes).ok()? };
    let value = reader.value()?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

impl<'a> Json<'a> {
    /// The members of an object with decoded names. `None` if it is not an object, or if a name cannot be decoded.
    pub(super) fn members(&self) -> Option<Vec<(String, &Json<'a>)>> {
        let Self::Object(members) = self else { return None };
        members.iter().map(|(name, value)| Some((decode(name)?, value))).collect()
    }

    /// A decoded string. A `\u` escape can be an unpaired surrogate, which the grammar allows but which is not text.
    pub(super) fn text(&self) -> Option<String> {
        let Self::Text(raw) = self else { return None };
        decode(raw)
    }

    /// An integer without fraction or exponent.
    pub(super) fn whole(&self) -> Option<u64> {
        let Self::Number(number) = self else { return None };
        number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok()).flatten()
    }
}

/// The only member with this name; `Some(None)` if there is none, and `None` if there are several.
pub(super) fn single<'m, 'a>(members: &[(String, &'m Json<'a>)], name: &str) -> Option<Option<&'m Json<'a>>> {
    let mut found = members.iter().filter(|(other, _)| other == name).map(|(_, value)| *value);
    let first = found.next();
    found.next().is_none().then_some(first)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }

    fn value(&mut self) -> Option<Json<'a>> {
        self.space();
        match self.rest.bytes().next()? {
            b'n' => self.eat("null").map(|()| Json::Null),
            b't' => self.eat("true").map(|()| Json::Bool(true)),
            b'f' => self.eat("false").map(|()| Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.list("[", "]", Self::value).map(|_| Json::Array),
            b'{' => self.list("{", "}", Self::member).map(Json::Object),
            _ => self.number().map(Json::Number),
        }
    }

    fn member(&mut self) -> Option<(&'a str, Json<'a>)> {
        self.space();
        let name = self.string()?;
        self.space();
        self.eat(":")?;
        Some((name, self.value()?))
    }

    fn list<T>(&mut self, open: &str, close: &str, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat(open)?;
        self.space();
        let mut items = Vec::new();
        if self.eat(close).is_some() {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            self.space();
            if self.eat(close).is_some() {
                return Some(items);
            }
            self.eat(",")?;
        }
    }

    /// The text between two quotes, validated but not decoded.
    fn string(&mut self) -> Option<&'a str> {
        self.eat("\"")?;
        let mut at = 0;
        let bytes = self.rest.as_bytes();
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' if bytes.get(at + 1) == Some(&b'u') => {
                    bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                    at += 6;
                }
                b'\\' => {
                    br#""\/bfnrt"#.contains(bytes.get(at + 1)?).then_some(())?;
                    at += 2;
                }
                0..=0x1f => return None,
                _ => at += 1,
            }
        }
        let text = self.take(at);
        self.eat("\"")?;
        Some(text)
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let _ = self.eat("-");
        if self.eat("0").is_none() {
            self.digits()?;
        }
        if self.eat(".").is_some() {
            self.digits()?;
        }
        if self.eat("e").or_else(|| self.eat("E")).is_some() {
            let _ = self.eat("+").or_else(|| self.eat("-"));
            self.digits()?;
        }
        Some(&start[..start.len() - self.rest.len()])
    }

    fn digits(&mut self) -> Option<()> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.take(len);
        (len > 0).then_some(())
    }
}

fn decode(raw: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let c = match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('u')) => {
                let hex: String = chars.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&hex, 16).ok()?);
                continue;
            }
            (_, Some('b')) => '\u{8}',
            (_, Some('f')) => '\u{c}',
            (_, Some('n')) => '\n',
            (_, Some('r')) => '\r',
            (_, Some('t')) => '\t',
            (_, Some(escaped)) => escaped,
            (plain, None) => plain,
        };
        units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16(&units).ok()
}
