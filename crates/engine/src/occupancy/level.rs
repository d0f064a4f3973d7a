//! The level of one place or camera: raw, and lifted by the floor rule.

use super::floor;
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANE, PANES_PER_MINUTE, SECONDS_PER_PANE};
use throng_model::row::{MinuteFacts, Setting, Step};
use throng_model::summary::VALUE_MAX;
use throng_model::{Measure, Summary, Timestamp};

/// People inside at one moment: as counted, and what the floor rule adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// In minus out since the reset; may be negative.
    pub raw: i64,
    /// Entries proven to have been missed since the reset.
    pub floor: i64,
    /// When the word that holds was said; none where nobody has spoken since the reset.
    pub said: Option<Timestamp>,
}

impl Level {
    /// As somebody said that so many are inside.
    pub(crate) fn set_to(setting: &Setting) -> Self {
        Self {
            raw: i64::from(setting.to),
            floor: 0,
            said: Some(setting.said),
        }
    }

    /// Whether a word holds where it stands: not if another one, which stands before it, was said after it. A clock that is
    /// ahead dates its words behind those that are said until its moment comes.
    fn believes(self, setting: &Setting) -> bool {
        self.said <= Some(setting.said)
    }

    /// Whether as many are inside.
    pub(crate) fn is_as_many(self, other: Self) -> bool {
        (self.raw, self.floor) == (other.raw, other.floor)
    }

    /// Corrected occupancy; never negative.
    pub fn occupancy(self) -> i64 {
        (self.raw + self.floor).max(0)
    }

    /// Walks through one minute: gives the summary of its six panes' time-weighted means, rounded down, and leaves the
    /// level at the minute's end.
    pub(crate) fn walk_minute(&mut self, facts: &MinuteFacts) -> Summary {
        let mut means = Summary::default();
        self.pass_minute(facts, |area| {
            let mean = (area * i128::from(Measure::SCALE)).div_euclid(i128::from(PANE));
            means.add(mean.clamp(0, i128::from(VALUE_MAX)) as i64);
        });
        means
    }

    /// The same for whoever asks only where the level ends. Tells the area of each pane, people times microseconds.
    pub(crate) fn pass_minute(&mut self, facts: &MinuteFacts, mut tell: impl FnMut(i128)) {
        let mut steps = facts.steps.as_slice();
        let mut settings = facts.settings.iter().peekable();
        for pane in 0..PANES_PER_MINUTE as u8 {
            let setting = settings.next_if(|entry| entry.0 == pane);
            let end = (pane + 1) * SECONDS_PER_PANE;
            let (within, rest) = steps.split_at(steps.partition_point(|step| step.0 < end));
            steps = rest;
            tell(self.walk_pane(within, setting.map(|(_, setting)| setting)));
        }
    }

    /// Walks through one pane: gives the area below the level. The floor is raised by where a pane ends: within one, who goes
    /// out may have been told of before who came in.
    fn walk_pane(&mut self, steps: &[(u8, Step)], setting: Option<&Setting>) -> i128 {
        let setting = setting.filter(|setting| self.believes(setting));
        let known = setting.map_or(steps.len(), |setting| {
            steps.partition_point(|step| step.0 <= setting.second())
        });
        let (before, after) = steps.split_at(known);
        let mut area = i128::from(self.raw + self.floor) * i128::from(PANE) + self.walk(before);
        if let Some(setting) = setting {
            let jump = i128::from(setting.to) - i128::from(self.raw + self.floor);
            // From the word on; whoever crosses in the rest of its second is among those it counts, and not inside before.
            area += jump * i128::from(PANE - setting.at.0.rem_euclid(PANE));
            *self = Self::set_to(setting);
            area += self.walk(after);
        }
        self.floor = floor::raise(self.floor, self.raw);
        area
    }

    /// Takes these steps: gives what they add to the area of their pane.
    fn walk(&mut self, steps: &[(u8, Step)]) -> i128 {
        self.raw += steps.iter().map(|(_, step)| step.net).sum::<i64>();
        steps.iter().map(|(_, step)| step.moment).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::SECOND;

    /// So many people more at this second of a minute.
    fn step(second: u8, people: i64) -> (u8, Step) {
        (second, Step::at(Timestamp(i64::from(second) * SECOND), people))
    }

    /// A level nobody has spoken of.
    fn counted(raw: i64, floor: i64) -> Level {
        Level {
            raw,
            floor,
            said: None,
        }
    }

    fn facts(steps: &[(u8, Step)]) -> MinuteFacts {
        MinuteFacts {
            steps: steps.to_vec(),
            ..MinuteFacts::default()
        }
    }

    /// So many are inside, said so many milliseconds after the minute began.
    fn word(millis: i64, to: u32) -> Setting {
        Setting {
            said: Timestamp(millis * 1_000),
            at: Timestamp(millis * 1_000),
            reason: None,
            to,
        }
    }

    #[test]
    fn whoever_crosses_after_the_second_of_a_word_comes_on_top_of_it() {
        let mut level = counted(-2, 3);
        let mut minute = facts(&[step(25, -1), step(26, 3), step(30, 2)]);
        minute.set(2, word(25_400, 9));
        minute.set(2, word(21_000, 4));
        let means = level.walk_minute(&minute);
        assert!(level.is_as_many(counted(14, 0)), "the later word, three and two");
        // One for five seconds, nobody for 0.4, nine for 0.6, twelve for four: 5 + 5.4 + 48.
        assert_eq!((means.min, means.max), (1_000, 14_000));
        assert_eq!(means.sum, 2 * 1_000 + 5_840 + 3 * 14_000);
    }

    #[test]
    fn a_word_at_the_start_of_a_pane_is_true_from_there_and_counts_whom_its_second_sees() {
        let mut level = Level::default();
        let mut minute = facts(&[(20, Step::at(Timestamp(20_500_000), 5)), step(29, -1)]);
        minute.set(2, word(20_000, 9));
        let means = level.walk_minute(&minute);
        assert!(level.is_as_many(counted(8, 0)));
        // Four for half a second, until the other five have come; nine for eight and a half, eight for one: 2 + 76.5 + 8.
        assert_eq!((means.min, means.max), (0, 8_650));
    }

    #[test]
    fn who_leaves_after_a_word_that_left_nobody_proves_that_it_was_wrong() {
        let mut level = Level::default();
        let mut minute = facts(&[step(3, -2), step(12, 1)]);
        minute.set(0, word(2_000, 0));
        level.walk_minute(&minute);
        assert!(level.is_as_many(counted(-1, 2)));
    }

    #[test]
    fn a_word_dated_ahead_does_not_hold_over_one_that_was_said_after_it() {
        let ahead = |to| Setting {
            said: Timestamp(1_000_000),
            ..word(25_000, to)
        };
        let mut level = Level::default();
        let mut minute = facts(&[step(3, 2), step(28, 1)]);
        minute.set(2, ahead(40));
        let mut alone = level;
        alone.walk_minute(&minute);
        assert!(alone.is_as_many(counted(41, 0)), "nobody else has spoken");
        minute.set(0, word(2_000, 7));
        let means = level.walk_minute(&minute);
        assert!(level.is_as_many(counted(10, 0)));
        assert_eq!(means.max, 10_000);
        // In one pane as well.
        minute.set(2, word(21_000, 5));
        let mut level = Level::default();
        level.walk_minute(&minute);
        assert!(level.is_as_many(counted(6, 0)));
    }

    #[test]
    fn the_mean_weighs_every_second() {
        let mut level = Level::default();
        // Four people come 5 s before the end of the first pane, and stay.
        let means = level.walk_minute(&facts(&[step(5, 4)]));
        assert_eq!((level.raw, means.min, means.max), (4, 2_000, 4_000));
        assert_eq!(means.sum, 2_000 + 5 * 4_000);
    }

    #[test]
    fn a_missed_entry_is_added_from_then_on() {
        let mut level = Level::default();
        level.walk_minute(&facts(&[step(10, -1), step(30, 2)]));
        assert_eq!(level, counted(1, 1));
        assert_eq!(level.occupancy(), 2);
        let means = level.walk_minute(&facts(&[step(9, -3)]));
        assert_eq!(level.occupancy(), 0);
        // Two people for nine seconds of the first pane, then one too many goes: 2 - 3/10.
        assert_eq!((means.max, means.min), (1_700, 0));
    }

    #[test]
    fn out_before_in_within_a_pane_proves_nothing() {
        let mut level = Level::default();
        level.walk_minute(&facts(&[step(11, -1), step(18, 1)]));
        assert_eq!(level, Level::default());
    }
}
