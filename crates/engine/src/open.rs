//! What is known of a scope behind its settled minutes. The level now is followed through it in the order of time and by the
//! rules of the rows, so that it is what a flush would find, whatever came in whatever order.
//!
//! What changes a settled minute of the day needs the rows of that day: until the next flush has followed them the level now
//! is not known, and the scope is *behind*: it stands at the level that was known last.

use crate::levels::Tail;
use crate::occupancy::Level;
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANES_PER_MINUTE, SECONDS_PER_PANE, pane_of, second_of};
use throng_model::row::{MinuteFacts, Setting, Step, add_step};
use throng_model::time::{MINUTE, SECOND};
use throng_model::{TimeRange, Timestamp};

/// See the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Where the settled minutes end, and the level there. None: no minute is settled, and a day begins with nobody.
    from: Option<Tail>,
    /// The minutes from there on in which anybody moved or said how many are inside, ascending; also those of days to come.
    minutes: Vec<(Timestamp, MinuteFacts)>,
    /// Where a settled minute of a day changed: the day, and its level before. Nothing of it is kept: a state is saved when all is
    /// flushed.
    #[serde(skip)]
    behind: Option<(TimeRange, Level)>,
}

/// People who came or went at a moment, made ready once for all scopes that count them.
pub(crate) struct Moved {
    at: Timestamp,
    minute: Timestamp,
    second: u8,
    step: Step,
}

impl Moved {
    /// People came (positive) or went (negative).
    pub fn new(at: Timestamp, people: i64) -> Self {
        Self {
            at,
            minute: minute_of(at),
            second: second_of(at),
            step: Step::at(at, people),
        }
    }
}

fn minute_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0.div_euclid(MINUTE) * MINUTE)
}

impl Open {
    /// What a flush found.
    pub fn found(from: Tail, minutes: Vec<(Timestamp, MinuteFacts)>) -> Self {
        Self::of(Some(from), minutes)
    }

    /// As a state has it.
    pub fn of(from: Option<Tail>, minutes: Vec<(Timestamp, MinuteFacts)>) -> Self {
        Self {
            from,
            minutes,
            behind: None,
        }
    }

    /// As an older state has it, which told the level of this day and of the next and not how they came about.
    pub fn of_levels(tail: Option<Tail>, day: TimeRange, level: Level, next: Level) -> Self {
        // Whom a fast clock counted of the next day: first down to what raised the floor, then up again.
        let mut minute = MinuteFacts::default();
        for (pane, people) in [(0, -next.floor), (1, next.raw + next.floor)] {
            let second = pane * SECONDS_PER_PANE;
            let at = day.end.plus(i64::from(second) * SECOND);
            add_step(&mut minute.steps, second, &Step::at(at, people));
        }
        let minute_of_level = tail.map_or(day.start, |tail| tail.minute.max(day.start));
        Self {
            from: Some(Tail {
                minute: minute_of_level,
                level,
            }),
            minutes: vec![(day.end, minute)],
            behind: None,
        }
    }

    /// People moved. The day is that of [`level`](Self::level).
    pub fn walk(&mut self, moved: &Moved, day: Option<TimeRange>) {
        if moved.step.net != 0
            && let Some(minute) = self.minute(moved.at, moved.minute, day)
        {
            add_step(&mut minute.steps, moved.second, &moved.step);
        }
    }

    /// Somebody said how many are inside.
    pub fn set(&mut self, setting: Setting, day: Option<TimeRange>) {
        if let Some(minute) = self.minute(setting.at, minute_of(setting.at), day) {
            let pane = pane_of(setting.at).rem_euclid(PANES_PER_MINUTE);
            minute.set(pane as u8, setting);
        }
    }

    /// The minute of a moment, which starts then; none where it is settled.
    fn minute(
        &mut self,
        at: Timestamp,
        start: Timestamp,
        day: Option<TimeRange>,
    ) -> Option<&mut MinuteFacts> {
        if self.from.is_some_and(|from| start < from.minute) {
            if let Some(day) = day.filter(|day| day.contains(at) && !self.is_behind(*day)) {
                self.behind = Some((day, self.level(Some(day))));
            }
            return None;
        }
        let place = match self.minutes.last() {
            Some(last) if last.0 == start => self.minutes.len() - 1,
            _ => match self.minutes.binary_search_by_key(&start, |entry| entry.0) {
                Ok(found) => found,
                Err(place) => {
                    self.minutes.insert(place, (start, MinuteFacts::default()));
                    place
                }
            },
        };
        self.minutes.get_mut(place).map(|(_, facts)| facts)
    }

    /// Whether the level of a day is known only after the next flush.
    pub fn is_behind(&self, day: TimeRange) -> bool {
        self.behind.is_some_and(|(behind, _)| behind == day)
    }

    /// The level at the end of all that is known of a day from reset to reset, of the latest in which anything was heard; where it is
    /// behind, the one before that.
    pub fn level(&self, day: Option<TimeRange>) -> Level {
        let Some(day) = day else {
            return Level::default();
        };
        if let Some((_, level)) = self.behind.filter(|(behind, _)| *behind == day) {
            return level;
        }
        let from = self.from.filter(|from| day.contains(from.minute));
        let (start, mut level) = from.map_or((day.start, Level::default()), |from| (from.minute, from.level));
        let first = self.minutes.partition_point(|(minute, _)| *minute < start);
        for (_, facts) in self
            .minutes
            .iter()
            .skip(first)
            .take_while(|(minute, _)| *minute < day.end)
        {
            level.pass_minute(facts, |_| ());
        }
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::HOUR;

    const DAY: TimeRange = TimeRange {
        start: Timestamp(0),
        end: Timestamp(24 * HOUR),
    };
    const NEXT: TimeRange = TimeRange {
        start: DAY.end,
        end: Timestamp(48 * HOUR),
    };

    fn level(raw: i64, floor: i64) -> Level {
        Level {
            raw,
            floor,
            said: None,
        }
    }

    #[test]
    fn an_older_state_goes_on_from_both_levels_it_tells() {
        let open = Open::of_levels(None, DAY, level(7, 1), level(3, 2));
        assert_eq!(open.level(Some(DAY)), level(7, 1));
        assert_eq!(open.level(Some(NEXT)), level(3, 2));
        assert_eq!(open.level(None), Level::default());
    }

    #[test]
    fn the_next_day_is_known_while_this_one_is_behind() {
        let from = Tail {
            minute: Timestamp(10 * HOUR),
            level: level(4, 0),
        };
        let mut open = Open::found(from, Vec::new());
        open.walk(&Moved::new(Timestamp(9 * HOUR), 1), Some(DAY));
        open.walk(&Moved::new(Timestamp(25 * HOUR), 2), Some(NEXT));
        assert!(open.is_behind(DAY) && !open.is_behind(NEXT));
        assert_eq!(open.level(Some(DAY)), level(4, 0));
        assert_eq!(open.level(Some(NEXT)), level(2, 0));
    }
}
