//! Time as data: microseconds of UTC, and half-open ranges of them.
//!
//! Nothing here reads a clock. Zones and calendars come in with [`crate::rung`], where days are cut.

use crate::fault::Fault;
use crate::flaw::Reason;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The earliest moment an event may carry (1970): anything before is a camera without a clock.
    pub const MIN: Timestamp = Timestamp(0);
    /// The latest moment that can be written in RFC 3339 with four-digit years and still be cut into local months.
    pub const MAX: Timestamp = Timestamp(253_370_764_800 * SECOND);

    /// From whole milliseconds.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.saturating_mul(1_000))
    }

    /// Whole milliseconds, rounded down.
    pub fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This moment moved by so many microseconds, kept inside [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Microseconds from `earlier` to this moment; negative when this moment is the earlier one.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339, with any offset, at most nanoseconds (cut to microseconds).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault::invalid(Reason::Malformed, format!("{text:?} is not a time in RFC 3339"));
        if text.len() > 64 {
            return Err(Fault::invalid(Reason::Malformed, "time is not in RFC 3339"));
        }
        let moment: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
        let at = Self(moment.as_microsecond());
        if at < Self::MIN || at > Self::MAX {
            return Err(Fault::invalid(
                Reason::OutOfRange,
                format!("{text:?} lies outside 1970 to 9998"),
            ));
        }
        Ok(at)
    }

    /// The same moment as jiff knows it.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0.clamp(Self::MIN.0, Self::MAX.0))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.as_microsecond().clamp(Self::MIN.0, Self::MAX.0))
    }
}

/// RFC 3339 in UTC, milliseconds, or microseconds where there are some.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0 % 1_000 == 0 { 3 } else { 6 };
        write!(f, "{:.*}", digits, self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// RFC 3339 for people and JSON, the bare integer for our own binary formats.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            Self::parse(&text).map_err(D::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

/// From `start` on, up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// The first moment inside.
    pub start: Timestamp,
    /// The first moment no longer inside.
    pub end: Timestamp,
}

impl TimeRange {
    /// A range; refused when it is empty or runs backwards.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, Fault> {
        if end <= start {
            return Err(Fault::invalid(
                Reason::OutOfRange,
                format!("time range {start} to {end} is empty"),
            ));
        }
        Ok(Self { start, end })
    }

    /// Whether the moment lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Its length in microseconds.
    pub fn micros(&self) -> i64 {
        self.end.since(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_offsets_and_writes_utc() {
        let at = Timestamp::parse("2026-03-29T02:59:58.120+02:00").expect("valid");
        assert_eq!(at.to_string(), "2026-03-29T00:59:58.120Z");
        assert_eq!(Timestamp(at.0 + 7).to_string(), "2026-03-29T00:59:58.120007Z");
        assert_eq!(
            serde_json::to_string(&at).expect("json"),
            "\"2026-03-29T00:59:58.120Z\""
        );
    }

    #[test]
    fn refuses_what_is_no_moment() {
        for wrong in [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00-5:00",
        ] {
            assert!(Timestamp::parse(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<Timestamp>("1764000000").is_err());
    }

    #[test]
    fn ranges_are_half_open() {
        let range = TimeRange::new(Timestamp(10), Timestamp(20)).expect("valid");
        assert!(range.contains(Timestamp(10)) && !range.contains(Timestamp(20)));
        assert!(TimeRange::new(Timestamp(10), Timestamp(10)).is_err());
    }
}
