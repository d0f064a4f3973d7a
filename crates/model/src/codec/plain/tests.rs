//! Of everything a decoder can say, the words people are told.

use super::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Words of a decoder, and of the language this is written in. None of them may reach anybody.
const NOT_FOR_PEOPLE: [&str; 16] = [
    "EOF",
    "parsing",
    "expected",
    "variant",
    "invalid",
    "sequence",
    "integer",
    "floating",
    "struct",
    "enum",
    "trailing",
    "u8",
    "u32",
    "u64",
    "f64",
    "recursion",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only whether it can be decoded counts")]
struct Door {
    name: String,
    people: Option<u32>,
    small: Option<u8>,
    share: Option<f64>,
    far: Option<i64>,
    total: Option<u64>,
    open: Option<bool>,
    way: Option<Way>,
    lines: Option<Vec<String>>,
    id: Option<uuid::Uuid>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    In,
    Out,
}

fn told<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    let error = serde_json::from_str::<T>(text).expect_err(text);
    let told = match check_json(text.as_bytes()) {
        Ok(()) => Said::of_json(&error).about("it"),
        Err(broken) => not_json(text.as_bytes(), &broken),
    };
    let strange = NOT_FOR_PEOPLE.iter().find(|word| told.contains(*word));
    assert_eq!(strange, None, "{told}");
    told
}

#[test]
fn a_value_that_does_not_fit_is_told_with_what_belongs_there() {
    for (field, says) in [
        (
            r#""people":"three""#,
            "it: the text \"three\" stands where a whole number, 0 or more belongs",
        ),
        (
            r#""people":-1"#,
            "it: the number -1 is not a whole number, 0 or more",
        ),
        (
            r#""people":1.5"#,
            "it: the number 1.5 stands where a whole number, 0 or more belongs",
        ),
        (
            r#""people":4294967296"#,
            "it: the number 4294967296 is not a whole number up to 4294967295",
        ),
        (
            r#""small":256"#,
            "it: the number 256 is not a whole number up to 255",
        ),
        (
            r#""total":true"#,
            "it: true stands where a whole number, 0 or more belongs",
        ),
        (
            r#""far":"x""#,
            "it: the text \"x\" stands where a whole number belongs",
        ),
        (r#""share":[]"#, "it: a list stands where a number belongs"),
        (r#""open":{}"#, "it: an object stands where true or false belongs"),
        (r#""lines":7"#, "it: the number 7 stands where a list belongs"),
        (r#""way":"up""#, "it: \"up\" is not one of in, out"),
        (r#""way":7"#, "it: a word in quotation marks belongs here"),
        (r#""way":[]"#, "it: a word in quotation marks belongs here"),
        (
            r#""id":"7""#,
            "it: this is not a UUID; one looks like 019d371a-d328-7abc-8def-000000000001",
        ),
        (
            r#""id":7"#,
            "it: the number 7 stands where a UUID in quotation marks belongs",
        ),
        (r#""name":"b""#, "it is there twice"),
    ] {
        assert_eq!(told::<Door>(&format!(r#"{{"name":"a",{field}}}"#)), says);
    }
    assert_eq!(told::<Door>("{}"), "it is missing");
    assert_eq!(
        told::<Door>(r#"{"name":null}"#),
        "it: null stands where a text in quotation marks belongs"
    );
    assert_eq!(
        told::<Door>("7"),
        "it: the number 7 stands where an object belongs"
    );
    let unknown = told::<Door>(r#"{"name":"a","nmae":"b"}"#);
    assert!(
        unknown.starts_with("it is not known here; known are name, people, small"),
        "{unknown}"
    );
    let long = told::<Door>(&format!(r#"{{"name":"a","people":"{}"}}"#, "x".repeat(1_000)));
    assert!(long.len() < 120, "{long}");
}

#[test]
fn a_name_is_told_whole_whatever_it_holds() {
    for name in [
        "a`b",
        "`",
        "a`, expected `b",
        "x at line 3",
        "x at line 3 column 4",
        "`, there are no fields",
    ] {
        let json = serde_json::to_string(name).expect("a text");
        let error = serde_json::from_str::<Door>(&format!(r#"{{"name":"a",{json}:1}}"#)).expect_err(name);
        let said = Said::of_json(&error);
        assert_eq!(
            (said.reason, said.field.as_deref()),
            (Reason::Unknown, Some(name))
        );
        assert!(
            said.about("it").ends_with(" total, open, way, lines, id"),
            "{}",
            said.about("it")
        );
        let error = serde_json::from_str::<Way>(&json).expect_err(name);
        assert_eq!(
            Said::of_json(&error).about("it"),
            format!("it: {name:?} is not one of in, out")
        );
    }
}

#[test]
fn a_list_of_the_wrong_length_is_told_without_the_decoders_words() {
    for text in ["[]", "[1]", "[1,2,3]"] {
        let told = told::<(u8, u8)>(text);
        assert!(
            told.contains("more or fewer values") || told.contains("more follows"),
            "{told}"
        );
    }
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only whether it can be decoded counts")]
    enum Either {
        Number(u8),
        Text(String),
    }
    assert_eq!(
        told::<Either>("[]"),
        "it: this is in none of the forms that it may have"
    );
}

#[test]
fn what_is_broken_is_told_where_it_is_broken_also_behind_a_value_that_does_not_fit() {
    assert_eq!(
        told::<Door>("{\"name\":7,\n\"people\":1"),
        "this is not JSON at line 2, column 10: it breaks off within an object; send all of it, up to the last \"}\""
    );
}

#[test]
fn a_text_that_is_not_json_is_told_with_its_place_and_what_to_do() {
    for (text, says) in [
        ("", "there is nothing where JSON is needed"),
        (" \n", "there is nothing where JSON is needed"),
        (
            "[",
            "this is not JSON at column 1: it breaks off within a list; send all of it, up to the last \"]\"",
        ),
        (
            "{\"a\":1,\n",
            "this is not JSON at line 2, column 0: it breaks off",
        ),
        (
            "{\"a\":1",
            "this is not JSON at column 6: it breaks off within an object; send all of it, up to the last \"}\"",
        ),
        (
            "{\"a\":\"b",
            "this is not JSON at column 7: it breaks off within a text",
        ),
        (
            "{\"a\":",
            "this is not JSON at column 5: it breaks off where a value is needed",
        ),
        ("{\"a\" 1}", "this is not JSON at column 6: a \":\" is needed"),
        (
            "[1 2]",
            "this is not JSON at column 4: a \",\" or \"]\" is needed",
        ),
        (
            "{\"a\":1 \"b\":2}",
            "this is not JSON at column 8: a \",\" or \"}\" is needed",
        ),
        (
            "{a:1}",
            "this is not JSON at column 2: the name of a field is needed, in double quotation marks",
        ),
        (
            "[1,]",
            "this is not JSON at column 4: nothing follows on the comma before",
        ),
        (
            "{}\n{}",
            "this is not JSON at line 2, column 1: more follows behind the end",
        ),
        (
            "[\"a\nb\"]",
            "this is not JSON at line 2, column 0: a text may not hold a line break",
        ),
        ("[tru]", "this is not JSON at column 5: a value is needed"),
        ("not json", "this is not JSON at column 2: a value is needed"),
        ("['a']", "this is not JSON at column 2: a value is needed"),
        (
            "[01]",
            "this is not JSON at column 3: this is not how a number is written",
        ),
        ("[1e999]", "this is not JSON at column 6: the number is too large"),
        (
            r#"["\x"]"#,
            "this is not JSON at column 4: a \"\\\" in a text begins an escape that does not exist",
        ),
        (
            r#"["\ud800"]"#,
            "this is not JSON at column 9: a \"\\\" in a text begins an escape that does not exist",
        ),
    ] {
        let told = told::<serde_json::Value>(text);
        assert!(told.starts_with(says), "{text:?}: {told}");
    }
    let deep = "[".repeat(200);
    assert!(told::<serde_json::Value>(&deep).contains("too deep"));
}
