//! Names of things, checked once at the border and trusted afterwards.

use crate::fault::Fault;
use crate::flaw::Reason;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// The longest id, in bytes. Ids stand in keys, file names and URLs; longer ones are a mistake or an attack.
pub const ID_BYTES_MAX: usize = 64;

fn check(kind: &str, text: &str) -> Result<(), Fault> {
    let wrong = |why: &str| Fault::invalid(Reason::Malformed, format!("{kind} id {text:?} {why}"));
    if text.is_empty() {
        return Err(Fault::invalid(Reason::TooShort, format!("{kind} id is empty")));
    }
    if text.len() > ID_BYTES_MAX {
        return Err(Fault::invalid(
            Reason::TooLong,
            format!("{kind} id is longer than {ID_BYTES_MAX} bytes"),
        ));
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        return Err(wrong("may only hold letters, digits, '-', '_' and '.'"));
    }
    if text.starts_with('.') {
        return Err(wrong("must not start with '.'"));
    }
    Ok(())
}

macro_rules! text_id {
    ($(#[doc = $doc:literal])+ $name:ident, $kind:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and wraps: 1 to 64 letters, digits, `-`, `_`, `.`, not starting with a dot.
            pub fn new(text: impl AsRef<str>) -> Result<Self, Fault> {
                check($kind, text.as_ref())?;
                Ok(Self(Arc::from(text.as_ref())))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl TryFrom<String> for $name {
            type Error = Fault;
            fn try_from(text: String) -> Result<Self, Fault> { Self::new(text) }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String { id.0.to_string() }
        }

        impl std::str::FromStr for $name {
            type Err = Fault;
            fn from_str(text: &str) -> Result<Self, Fault> { Self::new(text) }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{:?}", &*self.0) }
        }
    };
}

text_id! {
    /// A registered camera (or any other counter: a beam, a Wi-Fi gate, a file).
    CameraId, "camera"
}
text_id! {
    /// A zone, area, building or organisation.
    PlaceId, "place"
}
text_id! {
    /// A counting line of one camera.
    LineId, "line"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::FaultCode;

    #[test]
    fn ids_are_checked_at_the_border() {
        assert!(CameraId::new("s12-door1.north_2").is_ok());
        for wrong in ["", ".hidden", "a/b", "a b", "käfig", "../x"] {
            let fault = CameraId::new(wrong).expect_err(wrong);
            assert_eq!(fault.code, FaultCode::InvalidRequest);
            assert!(fault.detail.starts_with("camera id"), "{}", fault.detail);
        }
        assert!(PlaceId::new("x".repeat(65)).is_err());
        assert!(serde_json::from_str::<LineId>("\"a/b\"").is_err());
    }
}
