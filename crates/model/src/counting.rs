//! What the counts of a place stand for: settings of whoever knows its doors.

use crate::fault::Fault;
use crate::flaw::Reason;
use serde::{Deserialize, Serialize};

/// Which direction takes the correction of a day's miscount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sides {
    /// Both, half each.
    #[default]
    Two,
    /// Only out: for places that trust their entries.
    One,
}

/// Which count stands for the visitors of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// Half of in and out together.
    #[default]
    Both,
    /// Those who came in.
    In,
    /// Those who went out.
    Out,
}

/// The settings of one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// Which direction takes the correction.
    pub sides: Sides,
    /// Which count stands for its visitors.
    pub traffic: Traffic,
}

impl Sides {
    /// The word used in SQL and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Sides::Two => "two",
            Sides::One => "one",
        }
    }
}

impl std::str::FromStr for Sides {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let all = [Sides::Two, Sides::One];
        let found = all.into_iter().find(|sides| sides.as_str() == text);
        found.ok_or_else(|| Fault::invalid(Reason::NotListed, format!("{text:?} is not two or one")))
    }
}

impl Traffic {
    /// The word used in SQL and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Traffic::Both => "both",
            Traffic::In => "in",
            Traffic::Out => "out",
        }
    }
}

impl std::str::FromStr for Traffic {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let all = [Traffic::Both, Traffic::In, Traffic::Out];
        let found = all.into_iter().find(|traffic| traffic.as_str() == text);
        found.ok_or_else(|| Fault::invalid(Reason::NotListed, format!("{text:?} is not both, in or out")))
    }
}
