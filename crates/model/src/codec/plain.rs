//! What is wrong with a text that could not be decoded, in words for people: the decoder speaks to programmers, of the types they
//! wanted and of how far it had come.
//!
//! It tells the kind of an error in its first words only; the tests hold them.

use crate::flaw::Reason;

/// How much of a wrong value is said again, characters.
const SHOWN_MAX: usize = 40;

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In what way.
    pub reason: Reason,
    /// The field it is about where that is not the one that was being read: one that is missing, unknown, or there twice.
    pub field: Option<String>,
    sentence: String,
}

impl Said {
    /// Understands what a decoder said. What our own types said stays as it is: it is for people already.
    pub fn new(decoder: &str) -> Self {
        let decoder = without_place(decoder);
        let named = |reason, sentence: String| Self {
            reason,
            field: quoted(decoder).map(str::to_owned),
            sentence,
        };
        let plain = |reason, sentence: String| Self {
            reason,
            field: None,
            sentence,
        };
        if decoder.starts_with("missing field") {
            return named(Reason::Missing, " is missing".to_owned());
        }
        if decoder.starts_with("duplicate field") {
            return named(Reason::Repeated, " is there twice".to_owned());
        }
        if decoder.starts_with("unknown field") {
            let known = listed(decoder);
            return named(Reason::Unknown, format!(" is not known here; known are {known}"));
        }
        if decoder.starts_with("unknown variant") {
            let (word, listed) = (shown(quoted(decoder).unwrap_or_default()), listed(decoder));
            return plain(Reason::NotListed, format!(": {word:?} is not one of {listed}"));
        }
        if let Some((found, wanted)) = contradiction(decoder, "invalid type: ") {
            let sentence = format!(
                ": {} stands where {} belongs",
                in_words(found),
                wanted_in_words(wanted, found)
            );
            return plain(Reason::WrongType, sentence);
        }
        if let Some((found, wanted)) = contradiction(decoder, "invalid value: ") {
            let sentence = format!(": {} is not {}", in_words(found), wanted_in_words(wanted, found));
            return plain(Reason::OutOfRange, sentence);
        }
        const OTHERS: [(&str, Reason, &str); 9] = [
            (
                "invalid length",
                Reason::Malformed,
                "there are more or fewer values than belong here",
            ),
            (
                "data did not match any variant",
                Reason::Malformed,
                "this is in none of the forms that it may have",
            ),
            ("number too large", Reason::OutOfRange, "the number is too large"),
            ("number too small", Reason::OutOfRange, "the number is too small"),
            (
                "cannot parse integer from empty string",
                Reason::Malformed,
                "a number is needed, and there is nothing",
            ),
            (
                "invalid digit found in string",
                Reason::Malformed,
                "this is not a whole number, 0 or more",
            ),
            ("invalid float literal", Reason::Malformed, "this is not a number"),
            (
                "provided string was not",
                Reason::Malformed,
                "this is neither true nor false",
            ),
            (
                "UUID parsing failed",
                Reason::Malformed,
                "this is not a UUID; one looks like 019d371a-d328-7abc-8def-000000000001",
            ),
        ];
        let other = OTHERS.iter().find(|(words, ..)| decoder.starts_with(words));
        match other {
            Some((_, reason, sentence)) => plain(*reason, format!(": {sentence}")),
            None => plain(Reason::Malformed, format!(": {decoder}")),
        }
    }

    /// The same of a value within a text that is JSON, as far as brackets and commas go.
    pub fn of_json(error: &serde_json::Error) -> Self {
        let says = error.to_string();
        if error.is_data() {
            return Self::new(&says);
        }
        // Where one word of several is wanted, the decoder takes anything but a text or an object for broken JSON.
        let (reason, sentence) = match says.starts_with("expected value") {
            true => (Reason::WrongType, "a word in quotation marks belongs here"),
            false => (Reason::Malformed, syntax(&says)),
        };
        Self {
            reason,
            field: None,
            sentence: format!(": {sentence}"),
        }
    }

    /// The sentence about this field or parameter.
    pub fn about(&self, subject: &str) -> String {
        format!("{subject}{}", self.sentence)
    }
}

/// Why a text is not JSON, where, and what to do about it. `error` is what came of reading this text.
pub fn not_json(text: &[u8], error: &serde_json::Error) -> String {
    if text.trim_ascii().is_empty() {
        return "there is nothing where JSON is needed".to_owned();
    }
    let place = match text.contains(&b'\n') {
        true => format!("line {}, column {}", error.line(), error.column()),
        false => format!("column {}", error.column()),
    };
    format!("this is not JSON at {place}: {}", syntax(&error.to_string()))
}

/// What is wrong with how something is written, and what to do about it.
fn syntax(decoder: &str) -> &'static str {
    const KINDS: [(&str, &str); 14] = [
        (
            "EOF while parsing a list",
            "it breaks off within a list; send all of it, up to the last \"]\"",
        ),
        (
            "EOF while parsing an object",
            "it breaks off within an object; send all of it, up to the last \"}\"",
        ),
        (
            "EOF while parsing a string",
            "it breaks off within a text; a closing quotation mark is missing, or all that follows",
        ),
        (
            "EOF while",
            "it breaks off where a value is needed; send all of it",
        ),
        (
            "expected `:`",
            "a \":\" is needed between the name of a field and its value",
        ),
        ("expected `,` or `]`", "a \",\" or \"]\" is needed"),
        ("expected `,` or `}`", "a \",\" or \"}\" is needed"),
        (
            "key must be a string",
            "the name of a field is needed, in double quotation marks",
        ),
        (
            "trailing comma",
            "nothing follows on the comma before; leave it out",
        ),
        (
            "trailing characters",
            "more follows behind the end; send one value, or events as a list or one a line",
        ),
        (
            "control character",
            "a text may not hold a line break or another control character; write \\n for it, for example",
        ),
        ("recursion limit", "lists and objects lie too deep in each other"),
        ("number out of range", "the number is too large"),
        ("invalid number", "this is not how a number is written"),
    ];
    let kind = KINDS.iter().find(|(words, _)| decoder.starts_with(words));
    match kind {
        Some((_, what)) => what,
        None if decoder.contains("escape") || decoder.contains("unicode") => {
            "a \"\\\" in a text begins an escape that does not exist"
        }
        None => {
            "a value is needed: a number, a list, an object, true, false, null, or a text in double quotation marks"
        }
    }
}

/// Whether a text is JSON, whatever it says; otherwise what came of reading it. For texts that turned out wrong: a decoder stops at
/// the first value that it does not want, and does not know of what is broken behind. It reads all of it into memory, because what
/// skips values also skips some of their flaws.
pub fn check_json(text: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<serde_json::Value>(text).map(drop)
}

/// What is wrong with a JSON text that was to be one value, and where in it.
pub fn in_text(text: &[u8], error: &serde_json::Error) -> String {
    if let Err(broken) = check_json(text) {
        return not_json(text, &broken);
    }
    let said = Said::of_json(error);
    let field = said.field.as_ref().map(|field| format!("field {field:?}"));
    let subject = field.unwrap_or_else(|| "the value".to_owned());
    let (line, column) = (error.line(), error.column());
    format!("line {line}, column {column}: {}", said.about(&subject))
}

/// What is wrong with a text that is not UTF-8, and where.
pub fn not_utf8(error: std::str::Utf8Error) -> String {
    format!("this is not UTF-8 from byte {} on", error.valid_up_to() + 1)
}

/// What a decoder said, without the place inside of the value, which means nothing to a sender. A name may hold the same words.
fn without_place(decoder: &str) -> &str {
    let is_place = |place: &str| {
        let (line, column) = place.split_once(" column ").unwrap_or_default();
        [line, column]
            .iter()
            .all(|number| number.parse::<usize>().is_ok())
    };
    match decoder.rsplit_once(" at line ") {
        Some((says, place)) if is_place(place) => says,
        _ => decoder,
    }
}

/// What stands in backquotes first, and what follows on it. It is a name that a sender chose and that may hold backquotes itself;
/// those of ours, which may follow, hold none.
fn named(decoder: &str) -> Option<(&str, &str)> {
    let (_, rest) = decoder.split_once('`')?;
    let ours = ["`, expected ", "`, there are no "];
    let end = ours.iter().filter_map(|words| rest.rfind(words)).max();
    rest.split_at_checked(end.or_else(|| rest.rfind('`'))?)
}

/// The name in backquotes.
fn quoted(decoder: &str) -> Option<&str> {
    named(decoder).map(|(name, _)| name)
}

/// The names in backquotes behind the first one.
fn listed(decoder: &str) -> String {
    let (_, ours) = named(decoder).unwrap_or_default();
    let names: Vec<&str> = ours.split('`').skip(2).step_by(2).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// What was found, and what was wanted.
fn contradiction<'a>(decoder: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    decoder.strip_prefix(kind)?.rsplit_once(", expected ")
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

fn in_words(found: &str) -> String {
    if let Some(text) = found.strip_prefix("string ") {
        return format!("the text {:?}", shown(text.trim_matches('"')));
    }
    match (found, quoted(found)) {
        (number, Some(value)) if number.starts_with("integer") || number.starts_with("floating") => {
            format!("the number {}", shown(value))
        }
        (_, Some(value)) => shown(value),
        ("map", _) => "an object".to_owned(),
        ("sequence", _) => "a list".to_owned(),
        ("null" | "unit value", _) => "null".to_owned(),
        _ => "something else".to_owned(),
    }
}

fn wanted_in_words(wanted: &str, found: &str) -> String {
    let most = match wanted {
        "u8" => Some(u64::from(u8::MAX)),
        "u16" => Some(u64::from(u16::MAX)),
        "u32" => Some(u64::from(u32::MAX)),
        _ => None,
    };
    // How many there may be helps only who said more.
    let is_more = found.starts_with("integer") && !found.contains('-');
    match (wanted, most) {
        (_, Some(most)) if is_more => format!("a whole number up to {most}"),
        (_, Some(_)) | ("u64" | "usize", _) => "a whole number, 0 or more".to_owned(),
        ("i8" | "i16" | "i32" | "i64", _) => "a whole number".to_owned(),
        ("f32" | "f64", _) => "a number".to_owned(),
        ("a boolean", _) => "true or false".to_owned(),
        ("a string" | "a borrowed string" | "str", _) => "a text in quotation marks".to_owned(),
        ("a map" | "map", _) => "an object".to_owned(),
        ("a sequence" | "sequence", _) => "a list".to_owned(),
        ("unit", _) => "null".to_owned(),
        ("a formatted UUID string", _) => "a UUID in quotation marks".to_owned(),
        ("variant identifier" | "string or map" | "field identifier", _) => {
            "a word in quotation marks".to_owned()
        }
        (kind, _) if kind.starts_with("struct ") => "an object".to_owned(),
        (kind, _) if kind.starts_with("enum ") => "a word in quotation marks".to_owned(),
        (kind, _) if kind.starts_with("tuple ") => "a list".to_owned(),
        (own, _) => own.to_owned(),
    }
}

#[cfg(test)]
mod tests;
