//! Facts of minutes as earlier builds kept them, in rows and in the state of the engine alike.

use super::{MinuteFacts, Setting, Step};
use crate::event::ResetReason;
use crate::time::Timestamp;
use serde::Deserialize;

/// A word on how many are inside, before it was known when it was said: it is taken to have been said at its own time.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SettingWithoutSaid {
    /// See [`Setting::at`].
    pub at: Timestamp,
    /// See [`Setting::reason`].
    pub reason: Option<ResetReason>,
    /// See [`Setting::to`].
    pub to: u32,
}

impl From<SettingWithoutSaid> for Setting {
    fn from(setting: SettingWithoutSaid) -> Self {
        Self {
            said: setting.at,
            at: setting.at,
            reason: setting.reason,
            to: setting.to,
        }
    }
}

/// Facts of a minute with such words, before it was known which clocks were ahead: none is taken to have been.
#[derive(Clone, Debug, Deserialize)]
pub struct FactsWithoutSaid {
    contacts: u8,
    steps: Vec<(u8, Step)>,
    settings: Vec<(u8, SettingWithoutSaid)>,
}

impl From<FactsWithoutSaid> for MinuteFacts {
    fn from(facts: FactsWithoutSaid) -> Self {
        let settings = facts.settings.into_iter();
        Self {
            contacts: facts.contacts,
            contacts_in_time: facts.contacts,
            steps: facts.steps,
            settings: settings.map(|(pane, setting)| (pane, setting.into())).collect(),
        }
    }
}
