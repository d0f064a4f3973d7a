//! Counters that report whole windows: the same window said again replaces what was said before.
//!
//! Devices send a window again with a later, better number (a retransmission after a fault, a recount). Which of two
//! holds is decided by what they say, not by which came first: the one sent later, then the greater id. Windows that
//! overlap without being equal would count people twice: the one that was said first counts, the other is refused and
//! stays on record. Who counts is therefore a function of the set of reports, not of their order of arrival (I-7): a
//! report that was on its way for long can take the place of one that overlaps it. How far that goes is bounded: one report
//! never changes more windows than [`CHAIN_MAX`], and what had to be forgotten changes nothing any more.

use super::{People, REGISTERS};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use throng_model::event::COUNT_WINDOW_MAX;
use throng_model::pane::PANE;
use throng_model::time::MINUTE;
use throng_model::{EventId, TimeRange, Timestamp};

/// When a report was sent (or made, where the device does not say), and its id. The greater one was said later.
pub type Version = (Timestamp, EventId);

/// The most windows remembered of one counter: they are part of every checkpoint, some 70 bytes each. Ten days of quarters of
/// an hour, seventeen hours of minutes. When there are more, the oldest leave first, and what comes from before them later is
/// refused: nobody could tell whether it was counted. A camera that sends what it had stored in the order of its time is not
/// concerned, however much it is.
pub const WINDOWS_MAX: usize = 1_024;

/// The most windows that may hang together by overlaps: who counts among them is found anew with each report, which may turn
/// all of them round. A window that would make more is refused. No counter needs it: quarters beside their hour are five.
pub const CHAIN_MAX: usize = 64;

/// One window and what was said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    over: TimeRange,
    /// The first report of it: of two windows that overlap the one with the lesser counts.
    first: Version,
    /// The last report of it: its people hold.
    last: Version,
    people: People,
    reports: u32,
    counts: bool,
}

/// A window that a report changes in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which one.
    pub over: TimeRange,
    /// People more, by register; less than zero where they are taken back.
    pub people: [i64; REGISTERS],
    /// Panes more that it vouches for, or fewer.
    pub panes: i64,
}

/// A window of which more can be told than its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// Which one.
    pub over: TimeRange,
    /// What its last report says.
    pub people: People,
    /// How many reports of it there were.
    pub reports: u32,
    /// The window that counts in its place, where it overlaps one.
    pub refused_for: Option<TimeRange>,
}

/// The windows of one counter, in the order of their start, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowMemory {
    windows: VecDeque<Known>,
    /// The longest of them ever, microseconds: no window that begins farther back reaches into another.
    longest: i64,
    /// Nothing is remembered from before, and what began before changes no more.
    forgot: Option<Timestamp>,
    /// Reports from before that, and those that overlap too many others: not counted, and not remembered one by one.
    beyond: u64,
}

/// A window of up to a minute is contact with the camera, pane by pane; a longer one vouches for itself.
pub(crate) fn is_contact(over: TimeRange) -> bool {
    over.micros() <= MINUTE
}

fn panes(over: TimeRange) -> i64 {
    if is_contact(over) {
        0
    } else {
        over.micros().div_euclid(PANE)
    }
}

impl Known {
    fn moved(&self, sign: i64) -> Moved {
        Moved {
            over: self.over,
            people: self.people.map(|people| sign * people as i64),
            panes: sign * panes(self.over),
        }
    }
}

impl WindowMemory {
    /// Takes in a report and says what it changes; nothing where a better one is known or another window counts.
    pub fn observe(&mut self, over: TimeRange, version: Version, people: People) -> Vec<Moved> {
        if self.is_frozen(over) {
            self.beyond += 1;
            return Vec::new();
        }
        let key = |known: &Known| (known.over.start, known.over.end);
        let mut moved = Vec::new();
        let place = match self.windows.binary_search_by_key(&(over.start, over.end), key) {
            Ok(place) => {
                let Some(known) = self.windows.get_mut(place) else {
                    return moved;
                };
                known.reports = known.reports.saturating_add(1);
                if version > known.last {
                    if known.counts {
                        let mut more = known.moved(-1);
                        for (more, people) in more.people.iter_mut().zip(people) {
                            *more += people as i64;
                        }
                        moved.push(Moved { panes: 0, ..more });
                    }
                    (known.last, known.people) = (version, people);
                }
                if version >= known.first {
                    return moved;
                }
                known.first = version;
                place
            }
            Err(place) => {
                let known = Known {
                    over,
                    first: version,
                    last: version,
                    people,
                    reports: 1,
                    counts: false,
                };
                let longest = self.longest;
                self.longest = longest.max(over.micros());
                self.windows.insert(place, known);
                if self.hanging_together(place).len() > CHAIN_MAX {
                    self.windows.remove(place);
                    self.longest = longest;
                    self.beyond += 1;
                    return moved;
                }
                place
            }
        };
        self.judge(self.hanging_together(place), &mut moved);
        while self.windows.len() > WINDOWS_MAX {
            self.forget_first();
        }
        moved
    }

    /// The windows that overlap this one, those that overlap them, and so on.
    fn hanging_together(&self, place: usize) -> Range<usize> {
        let Some(TimeRange { mut start, mut end }) = self.windows.get(place).map(|known| known.over) else {
            return place..place;
        };
        let mut from = place;
        for (before, known) in self.windows.range(..place).enumerate().rev() {
            if start.since(known.over.start) >= self.longest {
                break;
            }
            if known.over.end > start {
                (from, start, end) = (before, known.over.start, end.max(known.over.end));
            }
        }
        from..from + self.reach(from, end)
    }

    /// Finds anew who counts among windows that hang together.
    fn judge(&mut self, windows: Range<usize>, moved: &mut Vec<Moved>) {
        let mut counting = BTreeMap::new();
        let mut order: Vec<(Version, usize)> = Vec::new();
        for number in windows {
            let Some(known) = self.windows.get(number) else {
                continue;
            };
            if !self.is_frozen(known.over) {
                order.push((known.first, number));
            } else if known.counts {
                // As it was judged when all that it overlaps was known.
                counting.insert(known.over.start, known.over.end);
            }
        }
        order.sort_unstable();
        for (_, number) in order {
            let Some(known) = self.windows.get_mut(number) else {
                continue;
            };
            let counts = overlapped(&counting, known.over).is_none();
            if counts {
                counting.insert(known.over.start, known.over.end);
            }
            if counts != known.counts {
                known.counts = counts;
                moved.push(known.moved(if counts { 1 } else { -1 }));
            }
        }
    }

    /// Whether a window began before something that is forgotten had ended.
    fn is_frozen(&self, over: TimeRange) -> bool {
        self.forgot.is_some_and(|forgot| over.start < forgot)
    }

    /// How many windows from this one on hang together by overlaps, where they reach to `end` at least.
    fn reach(&self, from: usize, mut end: Timestamp) -> usize {
        let mut many = 0;
        for known in self.windows.range(from..) {
            if many > 0 && known.over.start >= end {
                break;
            }
            end = end.max(known.over.end);
            many += 1;
        }
        many
    }

    /// Forgets windows that no report can overlap any more that ends after `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        let horizon = horizon.plus(-COUNT_WINDOW_MAX);
        while let Some(first) = self.windows.front().filter(|first| first.over.end <= horizon) {
            // Those that hang together go together: who counts among them depends on all of them.
            let many = self.reach(0, first.over.end);
            if self.windows.range(..many).any(|known| known.over.end > horizon) {
                break;
            }
            (0..many).for_each(|_| self.forget_first());
        }
    }

    /// Whether nothing is left that a report which ends after `horizon` could have to do with.
    pub fn is_spent(&self, horizon: Timestamp) -> bool {
        let horizon = horizon.plus(-COUNT_WINDOW_MAX);
        self.windows.is_empty() && self.forgot.is_none_or(|forgot| forgot <= horizon)
    }

    fn forget_first(&mut self) {
        if let Some(first) = self.windows.pop_front() {
            self.forgot = self.forgot.max(Some(first.over.end));
        }
    }

    /// Windows that were said again or refused, oldest first, as far as they are remembered.
    pub fn disputed(&self) -> impl Iterator<Item = Disputed> + '_ {
        let counting: BTreeMap<_, _> = self
            .windows
            .iter()
            .filter(|known| known.counts)
            .map(|known| (known.over.start, known.over.end))
            .collect();
        let disputed = self
            .windows
            .iter()
            .filter(|known| !known.counts || known.reports > 1);
        disputed.map(move |known| Disputed {
            over: known.over,
            people: known.people,
            reports: known.reports,
            refused_for: if known.counts {
                None
            } else {
                overlapped(&counting, known.over)
            },
        })
    }

    /// Whether a window was said more than once.
    pub(super) fn was_known(&self, over: TimeRange) -> bool {
        let key = |known: &Known| (known.over.start, known.over.end);
        let place = self.windows.binary_search_by_key(&(over.start, over.end), key);
        let known = place.ok().and_then(|place| self.windows.get(place));
        known.is_none_or(|known| known.reports > 1)
    }

    /// How many reports were refused because nothing is remembered of their time, or too much.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}

/// One of these windows that a window reaches into, where there is one. They do not overlap each other.
fn overlapped(windows: &BTreeMap<Timestamp, Timestamp>, over: TimeRange) -> Option<TimeRange> {
    let (start, end) = windows.range(..over.end).next_back()?;
    (*end > over.start).then_some(TimeRange {
        start: *start,
        end: *end,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn over(start: i64, end: i64) -> TimeRange {
        TimeRange {
            start: Timestamp(start),
            end: Timestamp(end),
        }
    }

    fn version(sent: i64) -> Version {
        (Timestamp(sent), EventId::nil())
    }

    type Report = (TimeRange, Version, People);

    /// Who counts after these reports, in this order of arrival.
    fn counted(reports: &[Report]) -> (BTreeMap<(i64, i64), i64>, WindowMemory) {
        let (mut memory, mut counted) = (WindowMemory::default(), BTreeMap::new());
        for (over, version, people) in reports {
            for moved in memory.observe(*over, *version, *people) {
                *counted.entry((moved.over.start.0, moved.over.end.0)).or_default() += moved.people[0];
            }
        }
        counted.retain(|_, people| *people != 0);
        (counted, memory)
    }

    #[test]
    fn the_report_that_was_sent_last_holds_whichever_comes_first() {
        let reports = [
            (over(0, 60), version(1), [5, 0, 0]),
            (over(0, 60), version(2), [7, 0, 0]),
        ];
        let (forth, memory) = counted(&reports);
        assert_eq!(forth, BTreeMap::from([((0, 60), 7)]));
        let disputed: Vec<_> = memory.disputed().collect();
        assert_eq!(disputed.len(), 1);
        assert_eq!((disputed[0].reports, disputed[0].refused_for), (2, None));
        let (back, other) = counted(&[reports[1], reports[0]]);
        assert_eq!((forth, memory), (back, other));
    }

    #[test]
    fn of_windows_that_overlap_the_first_said_counts_and_the_others_are_on_record() {
        let quarters = [0, 15, 30, 45].map(|at| (over(at, at + 15), version(at), [1, 0, 0]));
        let hour = (over(0, 60), version(60), [4, 0, 0]);
        let (tiles, memory) = counted(&[&quarters[..], &[hour]].concat());
        assert_eq!(tiles.len(), 4);
        let refused: Vec<_> = memory.disputed().map(|disputed| disputed.over).collect();
        assert_eq!(refused, [over(0, 60)]);
        assert!(memory.disputed().all(|disputed| disputed.refused_for.is_some()));
        let (late, _) = counted(&[&[hour][..], &quarters].concat());
        assert_eq!(
            tiles, late,
            "the hour gives its place back when the quarters come"
        );
    }

    #[test]
    fn what_is_forgotten_is_refused_and_counted() {
        let mut memory = WindowMemory::default();
        for minute in 0..=WINDOWS_MAX as i64 {
            assert_eq!(
                memory
                    .observe(over(minute, minute + 1), version(minute), [1, 0, 0])
                    .len(),
                1
            );
        }
        assert!(memory.observe(over(0, 1), version(9_999), [1, 0, 0]).is_empty());
        assert_eq!(memory.beyond(), 1);
        assert_eq!(memory.windows.len(), WINDOWS_MAX);
        memory.forget_before(Timestamp(500 + COUNT_WINDOW_MAX));
        assert_eq!(memory.windows.front().unwrap().over, over(500, 501));
    }

    /// Each overlaps the one before, and was said before all that came: whoever comes first takes the place of the next.
    #[test]
    fn a_report_never_turns_round_more_windows_than_may_hang_together() {
        let mut memory = WindowMemory::default();
        let mut counted = 0;
        for back in 0..WINDOWS_MAX as i64 {
            let start = (WINDOWS_MAX as i64 - back) * 100;
            let moved = memory.observe(over(start, start + 120), version(-back), [1, 0, 0]);
            assert!(moved.len() <= CHAIN_MAX, "{} windows after {back}", moved.len());
            counted += moved.iter().map(|moved| moved.people[0]).sum::<i64>();
        }
        assert_eq!(
            memory.beyond() as usize,
            WINDOWS_MAX / (CHAIN_MAX + 1),
            "on record"
        );
        assert_eq!(memory.windows.len() + memory.beyond() as usize, WINDOWS_MAX);
        let counting = memory.windows.iter().filter(|known| known.counts).count();
        assert_eq!(counted, counting as i64);
    }

    #[test]
    fn what_is_forgotten_freezes_what_it_overlapped_and_takes_no_more_along() {
        let mut memory = WindowMemory::default();
        // The first two overlap, and the second stands back; then come others, until the first is forgotten.
        assert_eq!(memory.observe(over(0, 10), version(1), [1, 0, 0]).len(), 1);
        assert!(memory.observe(over(5, 15), version(2), [1, 0, 0]).is_empty());
        for minute in 0..WINDOWS_MAX as i64 - 1 {
            let apart = over(100 + minute, 101 + minute);
            assert_eq!(memory.observe(apart, version(3), [1, 0, 0]).len(), 1);
        }
        assert_eq!(memory.windows.len(), WINDOWS_MAX, "only the oldest left");
        assert_eq!(memory.windows.front().unwrap().over, over(5, 15));
        // Overlaps the second, which must not come into the place of the one that is forgotten and counts.
        let moved = memory.observe(over(12, 20), version(4), [1, 0, 0]);
        assert_eq!(moved.len(), 1);
        assert_eq!(moved[0].over, over(12, 20));
    }

    proptest! {
        #[test]
        fn no_order_of_arrival_changes_who_counts(
            reports in prop::collection::vec((0_i64..40, 1_i64..12, 0_i64..30, 0_u64..9), 1..40),
            seed in any::<u64>(),
        ) {
            let mut reports: Vec<Report> = reports
                .into_iter()
                .enumerate()
                .map(|(number, (start, width, sent, people))| {
                    let id = EventId::from_u128(number as u128);
                    (over(start, start + width), (Timestamp(sent), id), [people, 0, 0])
                })
                .collect();
            let (forth, memory) = counted(&reports);
            let mut state = seed;
            for place in (1..reports.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                reports.swap(place, (state >> 33) as usize % (place + 1));
            }
            let (back, other) = counted(&reports);
            prop_assert_eq!(forth, back);
            prop_assert_eq!(memory, other);
        }
    }
}
