//! The fields of one JSON object, taken by name; what nobody takes is kept as it stood.

use super::plain::{Said, not_json};
use crate::fault::{Fault, FaultCode};
use serde::de::{DeserializeOwned, Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// The most fields an event object may have; more is an attack, not a camera.
const FIELDS_MAX: usize = 64;

/// An object's fields, in the order they came, values unparsed.
#[derive(Debug)]
pub struct Fields<'a> {
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    /// Reads an object. A field that appears twice is refused: which one would count?
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let fields = reader
            .deserialize_map(FieldsVisitor)
            .and_then(|fields| reader.end().map(|()| fields));
        fields.map_err(|error| {
            if error.is_data() {
                return invalid(Said::new(&error.to_string()).about("the object"));
            }
            Fault::new(FaultCode::MalformedJson, not_json(text.as_bytes(), &error))
        })
    }

    /// Takes a field that may be absent; `null` counts as absent.
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Fault> {
        let Some(raw) = self.take_raw(name) else {
            return Ok(None);
        };
        serde_json::from_str(raw.get())
            .map_err(|error| invalid(Said::of_json(&error).about(&format!("field {name:?}"))))
    }

    /// Takes a field that must be there.
    pub fn need<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Fault> {
        self.take(name)?
            .ok_or_else(|| invalid(format!("field {name:?} is missing")))
    }

    /// Takes a field unparsed; `null` counts as absent.
    pub fn take_raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let place = self.entries.iter().position(|entry| entry.0 == name)?;
        let (_, raw) = self.entries.swap_remove(place);
        (raw.get() != "null").then_some(raw)
    }

    /// Looks at a field without taking it.
    pub fn peek(&self, name: &str) -> Option<&'a RawValue> {
        self.entries
            .iter()
            .find(|entry| entry.0 == name)
            .map(|entry| entry.1)
            .filter(|raw| raw.get() != "null")
    }

    /// Everything that was not taken, as one JSON object with sorted keys; empty when nothing is left.
    fn rest(&self) -> Box<str> {
        object(self.left().collect())
    }

    /// The same with what is left of a nested object under its name.
    pub fn rest_around(&self, name: &str, nested: &Fields<'_>) -> Box<str> {
        let nested = nested.rest();
        let nested = (!nested.is_empty()).then_some((name, nested.as_ref()));
        object(self.left().chain(nested).collect())
    }

    fn left(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, raw)| (name.as_ref(), raw.get()))
    }
}

/// One JSON object of these names and values, sorted by name; empty where there are none.
fn object(mut fields: Vec<(&str, &str)>) -> Box<str> {
    if fields.is_empty() {
        return Box::from("");
    }
    fields.sort_unstable_by_key(|field| field.0);
    // Two quotes, a colon, a comma or brace. Nearly every event has something left, and a text that grows is copied.
    let length = fields.iter().map(|(name, value)| name.len() + value.len() + 4);
    let mut text = String::with_capacity(length.sum::<usize>() + 1);
    for (number, (name, value)) in fields.into_iter().enumerate() {
        text.push(if number == 0 { '{' } else { ',' });
        push_name(name, &mut text);
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    text.into_boxed_str()
}

/// Escapes a name where it has to be, which no name we know has.
fn push_name(name: &str, text: &mut String) {
    if name
        .bytes()
        .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        text.push('"');
        text.push_str(name);
        text.push('"');
    } else {
        text.push_str(&serde_json::Value::from(name).to_string());
    }
}

/// An event fault with this sentence.
pub(super) fn invalid(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::InvalidEvent, detail)
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        use serde::de::Error as _;
        let mut entries: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(16);
        while let Some(Name(name)) = map.next_key()? {
            if entries.iter().any(|entry| entry.0 == name) {
                return Err(A::Error::custom(format!("field {name:?} appears twice")));
            }
            if entries.len() == FIELDS_MAX {
                return Err(A::Error::custom(format!("more than {FIELDS_MAX} fields")));
            }
            entries.push((name, map.next_value()?));
        }
        Ok(Fields { entries })
    }
}

/// A key, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}
