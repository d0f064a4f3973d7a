//! The level of one place or camera: raw, and lifted by the floor rule.

use super::floor;
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANE, PANES_PER_MINUTE};
use throng_model::row::{MinuteFacts, Step};
use throng_model::summary::VALUE_MAX;
use throng_model::{Measure, Summary};

/// People inside at one moment: as counted, and what the floor rule adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// In minus out since the reset; may be negative.
    pub raw: i64,
    /// Entries proven to have been missed since the reset.
    pub floor: i64,
}

impl Level {
    /// As somebody said that so many are inside.
    pub(crate) fn set_to(people: u32) -> Self {
        Self {
            raw: i64::from(people),
            floor: 0,
        }
    }

    /// Corrected occupancy; never negative.
    pub fn occupancy(self) -> i64 {
        (self.raw + self.floor).max(0)
    }

    /// Walks through one minute: gives the summary of its six panes' time-weighted means, and leaves the level at the
    /// minute's end.
    pub(crate) fn walk_minute(&mut self, facts: &MinuteFacts) -> Summary {
        let mut means = Summary::default();
        let mut steps = facts.steps.iter().peekable();
        let mut settings = facts.settings.iter().peekable();
        for pane in 0..PANES_PER_MINUTE as u8 {
            let setting = settings
                .next_if(|entry| entry.0 == pane)
                .map(|(_, setting)| setting);
            let (first, last) = match setting {
                Some(setting) if setting.is_before_its_pane() => (Some(setting), None),
                other => (None, other),
            };
            if let Some(setting) = first {
                *self = Self::set_to(setting.to);
            }
            let step = steps
                .next_if(|entry| entry.0 == pane)
                .map(|entry| entry.1)
                .unwrap_or_default();
            means.add(self.walk_pane(&step));
            if let Some(setting) = last {
                *self = Self::set_to(setting.to);
            }
        }
        means
    }

    /// Walks through one pane: gives its time-weighted mean in milli-people, rounded down.
    fn walk_pane(&mut self, step: &Step) -> i64 {
        let start = i128::from(self.raw + self.floor);
        let area = start * i128::from(PANE) + step.moment;
        self.raw += step.net;
        self.floor = floor::raise(self.floor, self.raw);
        let mean = (area * i128::from(Measure::SCALE)).div_euclid(i128::from(PANE));
        mean.clamp(0, i128::from(VALUE_MAX)) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::Timestamp;
    use throng_model::row::Setting;

    fn step(net: i64, seconds_left: i64) -> Step {
        Step {
            net,
            moment: i128::from(net) * i128::from(seconds_left) * 1_000_000,
        }
    }

    fn facts(steps: &[(u8, Step)]) -> MinuteFacts {
        MinuteFacts {
            steps: steps.to_vec(),
            ..MinuteFacts::default()
        }
    }

    #[test]
    fn who_says_how_many_are_inside_has_seen_who_came_in_that_pane() {
        let mut level = Level { raw: -2, floor: 3 };
        let mut minute = facts(&[(2, step(-1, 5)), (3, step(2, 10))]);
        let word = |at: i64, to| Setting {
            at: Timestamp(at * 1_000_000),
            reason: None,
            to,
        };
        minute.set(2, word(25, 9));
        minute.set(2, word(21, 4));
        let means = level.walk_minute(&minute);
        assert_eq!(
            level,
            Level { raw: 11, floor: 0 },
            "the later word, and who came after that pane"
        );
        assert_eq!((means.min, means.max), (500, 11_000));
    }

    #[test]
    fn a_word_at_the_start_of_a_pane_holds_from_there() {
        let mut level = Level::default();
        let mut minute = facts(&[(2, step(-1, 5))]);
        let word = Setting {
            at: Timestamp(20_000_000),
            reason: None,
            to: 9,
        };
        minute.set(2, word);
        let means = level.walk_minute(&minute);
        assert_eq!(level, Level { raw: 8, floor: 0 });
        assert_eq!((means.min, means.max), (0, 8_500));
    }

    #[test]
    fn the_mean_weighs_every_second() {
        let mut level = Level::default();
        // Four people come 5 s before the end of the first pane, and stay.
        let means = level.walk_minute(&facts(&[(0, step(4, 5))]));
        assert_eq!((level.raw, means.min, means.max), (4, 2_000, 4_000));
        assert_eq!(means.sum, 2_000 + 5 * 4_000);
    }

    #[test]
    fn a_missed_entry_is_added_from_then_on() {
        let mut level = Level::default();
        level.walk_minute(&facts(&[(1, step(-1, 10)), (3, step(2, 10))]));
        assert_eq!(level, Level { raw: 1, floor: 1 });
        assert_eq!(level.occupancy(), 2);
        let means = level.walk_minute(&facts(&[(0, step(-3, 1))]));
        assert_eq!(level.occupancy(), 0);
        // Two people for nine seconds of the first pane, then one too many goes: 2 - 3/10.
        assert_eq!((means.max, means.min), (1_700, 0));
    }
}
