//! Hours as they are written on a door.

use super::wrong;
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Minutes of a day as the wall clock shows them.
pub(super) const DAY: u16 = 1_440;

/// From one time of the day to another: `09:00-18:00`, `18:00-02:00` (on the day after), `00:00-24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Minutes after midnight, below 1,440.
    pub(super) opens: u16,
    /// Minutes after the same midnight, at most a day later.
    pub(super) closes: u16,
}

impl Hours {
    /// Both in minutes after midnight. A place that closes no later than it opens closes on the day after.
    pub fn new(opens: u16, closes: u16) -> Result<Self, Fault> {
        if opens >= DAY || closes > DAY {
            return Err(wrong("times of the day are 00:00 to 24:00, opening before 24:00"));
        }
        let closes = if closes <= opens { closes + DAY } else { closes };
        Ok(Self { opens, closes })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closes = if self.closes > DAY {
            self.closes - DAY
        } else {
            self.closes
        };
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            self.opens / 60,
            self.opens % 60,
            closes / 60,
            closes % 60
        )
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> String {
        hours.to_string()
    }
}

impl TryFrom<String> for Hours {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        text.parse()
    }
}

impl std::str::FromStr for Hours {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let minutes = |text: &str| -> Option<u16> {
            let (hour, minute) = text.split_once(':')?;
            let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if !two_digits(hour) || !two_digits(minute) {
                return None;
            }
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (minute < 60).then_some(hour * 60 + minute)
        };
        let both = text
            .split_once('-')
            .and_then(|(opens, closes)| minutes(opens).zip(minutes(closes)));
        let (opens, closes) = both.ok_or_else(|| wrong(format!("{text:?} is not hours like 09:00-18:00")))?;
        Self::new(opens, closes)
    }
}
