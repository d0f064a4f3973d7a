//! Rows as earlier builds wrote them.

use serde::Deserialize;
use throng_model::pane::{PANE, SECONDS_PER_PANE};
use throng_model::row::older::{FactsWithoutSaid, SettingWithoutSaid};
use throng_model::row::{MinuteFacts, Step};
use throng_model::{Measure, Row, Summary};

/// Facts of a minute up to version 3, with changes by pane. A word held from the end of its pane on, or from its start where it
/// was said right there.
#[derive(Deserialize)]
struct FactsByPane {
    contacts: u8,
    steps: Vec<(u8, Step)>,
    settings: Vec<(u8, SettingWithoutSaid)>,
}

impl From<FactsByPane> for MinuteFacts {
    /// A second is chosen for the people of a pane by which they stay before or behind its word.
    fn from(facts: FactsByPane) -> Self {
        let is_behind_its_word = |pane: u8| {
            let mut words = facts.settings.iter().filter(|(of, _)| *of == pane);
            words.any(|(_, setting)| setting.at.0.rem_euclid(PANE) == 0)
        };
        let by_second = |(pane, step): &(u8, Step)| {
            let last = if is_behind_its_word(*pane) {
                SECONDS_PER_PANE - 1
            } else {
                0
            };
            (pane.saturating_mul(SECONDS_PER_PANE).saturating_add(last), *step)
        };
        let settings = facts.settings.iter();
        Self {
            contacts: facts.contacts,
            contacts_in_time: facts.contacts,
            steps: facts.steps.iter().map(by_second).collect(),
            settings: settings
                .map(|(pane, setting)| (*pane, (*setting).into()))
                .collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowOfVersion4 {
    revision: u32,
    observed: u64,
    excess: u64,
    measures: Vec<(Measure, Summary)>,
    minute: FactsWithoutSaid,
}

impl From<RowOfVersion4> for Row {
    fn from(row: RowOfVersion4) -> Self {
        Self {
            revision: row.revision,
            observed: row.observed,
            excess: row.excess,
            measures: row.measures,
            minute: row.minute.into(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowOfVersion3 {
    revision: u32,
    observed: u64,
    excess: u64,
    measures: Vec<(Measure, Summary)>,
    minute: FactsByPane,
}

impl From<RowOfVersion3> for Row {
    fn from(row: RowOfVersion3) -> Self {
        Self {
            revision: row.revision,
            observed: row.observed,
            excess: row.excess,
            measures: row.measures,
            minute: row.minute.into(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowOfVersion2 {
    revision: u32,
    observed: u64,
    measures: Vec<(Measure, Summary)>,
    minute: FactsByPane,
}

impl From<RowOfVersion2> for Row {
    fn from(row: RowOfVersion2) -> Self {
        Self {
            revision: row.revision,
            observed: row.observed,
            excess: 0,
            measures: row.measures,
            minute: row.minute.into(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowOfVersion1 {
    revision: u32,
    observed: u64,
    measures: Vec<(Measure, Summary)>,
    minute: FactsOfVersion1,
}

#[derive(Deserialize)]
struct FactsOfVersion1 {
    contacts: u8,
    steps: Vec<(u8, Step)>,
}

impl From<RowOfVersion1> for Row {
    fn from(row: RowOfVersion1) -> Self {
        let facts = FactsByPane {
            contacts: row.minute.contacts,
            steps: row.minute.steps,
            settings: Vec::new(),
        };
        Self {
            revision: row.revision,
            observed: row.observed,
            excess: 0,
            measures: row.measures,
            minute: facts.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::Timestamp;
    use throng_model::time::SECOND;

    #[test]
    fn an_older_word_counts_whom_it_counted_then() {
        let step = |pane, net| (pane, Step { net, moment: 0 });
        let word = |second: i64| SettingWithoutSaid {
            at: Timestamp(second * SECOND),
            reason: None,
            to: 5,
        };
        let facts = MinuteFacts::from(FactsByPane {
            contacts: 1,
            steps: vec![step(0, 1), step(2, 2), step(5, 3)],
            settings: vec![(2, word(20)), (5, word(53))],
        });
        let seconds: Vec<_> = facts
            .steps
            .iter()
            .map(|(second, step)| (*second, step.net))
            .collect();
        assert_eq!(seconds, [(0, 1), (29, 2), (50, 3)]);
        let is_on_top = |step: usize, word: usize| {
            let (step, word) = (facts.steps.get(step), facts.settings.get(word));
            step.zip(word)
                .map(|((second, _), (_, word))| *second > word.second())
        };
        assert_eq!((is_on_top(1, 0), is_on_top(2, 1)), (Some(true), Some(false)));
    }
}
