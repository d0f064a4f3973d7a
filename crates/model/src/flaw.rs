//! What is wrong with a request, for programs: which field or parameter, and in what way.
//!
//! Whoever finds a flaw knows the reason, whoever decodes the request knows the place; a [`Fault`](crate::Fault) takes both.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Where; none as long as nobody has said so.
    pub place: Option<FlawPlace>,
    /// In what way.
    pub reason: Reason,
    /// The sentence for people, as that of a fault.
    pub detail: String,
}

/// Where in a request a flaw is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlawPlace {
    /// A field of the body as a JSON pointer (RFC 6901): `/lines/0/id`; empty for the body as a whole.
    Field(String),
    /// A parameter of the path or of the query, by its name.
    Parameter(String),
}

macro_rules! reasons {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $word:literal; )+) => {
        /// In what way something is wrong. A word is never renamed and never given a second meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $( $(#[doc = $doc])+ $variant, )+ }

        impl Reason {
            /// All reasons.
            pub const ALL: &[Reason] = &[$( Reason::$variant, )+];

            /// The word in answers.
            pub fn as_str(self) -> &'static str { match self { $( Reason::$variant => $word, )+ } }
        }
    };
}

reasons! {
    /// It has to be there and is not.
    Missing = "missing";
    /// There is no field or parameter of this name.
    Unknown = "unknown";
    /// It is there twice.
    Repeated = "repeated";
    /// A number where a text belongs, and the like.
    WrongType = "wrong_type";
    /// Not in the form that it must have: a time that is not RFC 3339, an id with a blank.
    Malformed = "malformed";
    /// Not one of the words that are allowed.
    NotListed = "not_listed";
    /// Less or more than what is allowed.
    OutOfRange = "out_of_range";
    /// Fewer characters than needed.
    TooShort = "too_short";
    /// More characters than allowed.
    TooLong = "too_long";
    /// Something else; the sentence says what.
    Other = "other";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_same_word_in_answers_and_where_it_is_kept() {
        for reason in Reason::ALL {
            let kept = serde_json::to_string(reason).expect("a word");
            assert_eq!(kept, format!("\"{}\"", reason.as_str()));
        }
    }
}
