//! Resets: every jump of a level that nobody walked, with its reason and the value before.

use throng_model::Timestamp;

/// Why a level jumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The place is known to be empty at that time of day.
    Nightly,
    /// A person said how many are inside.
    Operator,
    /// The device said so.
    Device,
    /// A device that watches the place says so, again and again: its usual way to count, and no jump.
    Reported,
    /// A level had drifted, or somebody would have stayed too long.
    Drift,
    /// The level fell below zero, which proves missed entries.
    Floor,
}

impl Reason {
    /// The word in API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Nightly => "nightly",
            Reason::Operator => "operator",
            Reason::Device => "device",
            Reason::Reported => "reported",
            Reason::Drift => "drift",
            Reason::Floor => "floor",
        }
    }
}

impl From<throng_model::event::ResetReason> for Reason {
    fn from(reason: throng_model::event::ResetReason) -> Self {
        use throng_model::event::ResetReason;
        match reason {
            ResetReason::Schedule => Reason::Nightly,
            ResetReason::Manual => Reason::Operator,
            ResetReason::Device => Reason::Device,
            ResetReason::Drift | ResetReason::MaxDwell => Reason::Drift,
        }
    }
}

/// A level to be set within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// When it was said by the clock of the server; see [`throng_model::row::Setting::said`].
    pub said: Timestamp,
    /// When it was said by the clock of who said it.
    pub at: Timestamp,
    /// From this moment on it holds: who crossed before is among those it counts.
    pub from: Timestamp,
    /// So many are inside.
    pub to: u32,
    /// Who says so.
    pub reason: Reason,
}

impl From<throng_model::row::Setting> for Setting {
    fn from(setting: throng_model::row::Setting) -> Self {
        Self {
            said: setting.said,
            at: setting.at,
            from: setting.holds_from(),
            to: setting.to,
            reason: setting.reason.map_or(Reason::Reported, Reason::from),
        }
    }
}

/// A level that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// When; of several lifts by the floor in one minute the first.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The corrected level before, thousandths of a person. Below zero for [`Reason::Floor`] only.
    pub old: i64,
    /// The level after, thousandths of a person.
    pub new: i64,
}
