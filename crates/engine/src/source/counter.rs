//! Counters of four kinds (STR-4, ING-8): single crossings need no memory, nor does "so many are inside now", which is a
//! fact of its moment; [`CounterMemory`] here is for cumulative counters, [`WindowMemory`] for windows counted as a whole.
//!
//! Cumulative counters: from readings to people, in event-time order whatever the order of arrival.
//! A reading says how many were counted since some reset; people are the differences between readings that follow
//! each other in event time. The first reading counts nobody. A reading that comes late lies between two known ones
//! and *splits* their difference: what had been booked for the two is taken back, and two bookings take its place. What
//! is booked is therefore a function of the set of readings, not of their order of arrival (I-7).
//!
//! A repeated reading changes nothing. Resets, wraps and leaps are judged in [`step`]; every one of them can be looked
//! up as evidence for as long as the readings are remembered.

mod earlier;
mod registry;
mod step;
#[cfg(test)]
mod tests;
mod told;
mod window;

pub(crate) use earlier::CountersWithoutWindows;
pub use registry::{Counters, WINDOW_COUNTERS_MAX};
pub use step::{People, Step};
pub(crate) use window::is_contact;
pub use window::{Disputed, Moved, Version, WINDOWS_MAX, WindowMemory};

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use throng_model::Timestamp;
use throng_model::event::ResetReason;
use throng_model::time::HOUR;

/// In, out, and direction unknown.
pub const REGISTERS: usize = 3;

/// The most readings remembered of one counter: they are part of every checkpoint, 25 bytes each. When there are more, the
/// oldest leave first, but for the very first one. That cannot change how many people are counted, only how finely: of
/// readings that come late in the order of their time (a camera sends what it had stored) every one still splits; of more
/// than this in the reverse order each older one adds, and one between two that were forgotten splits nothing.
pub const READINGS_MAX: usize = 1_024;

/// One reading of a counter. The order is that of event time; at the same moment a lower reading was made first, and a
/// reset came after the readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sample {
    /// When it was read.
    pub at: Timestamp,
    /// Whether this is the announcement of a reset: the registers hold what they were set to.
    pub announced_reset: bool,
    /// Since when it counts, where the device says so.
    pub since: Option<Timestamp>,
    /// In, out, direction unknown; none for a register the counter does not have.
    pub registers: [Option<u64>; REGISTERS],
    /// Why it was reset, where that was announced. None for those that an earlier build remembered, too.
    pub reason: Option<ResetReason>,
}

impl Sample {
    /// A reset of all registers to this value, as the device or a person announced it.
    pub fn reset(at: Timestamp, to: u64, reason: ResetReason) -> Self {
        Self {
            at,
            announced_reset: true,
            since: None,
            registers: [Some(to); REGISTERS],
            reason: Some(reason),
        }
    }
}

/// People who were counted after one moment and up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// When the counter was read before. A counter that reports each crossing was silent since; one that reports every
    /// quarter of an hour counted them somewhere in between.
    pub after: Timestamp,
    /// When it was read: the moment the people are booked at.
    pub at: Timestamp,
    /// How many.
    pub people: People,
}

impl Booking {
    /// Whether it is known when the people came: a counter is read at least every hour. Of a longer silence (an outage)
    /// nobody knows the hour; only of one person it is, because counters that report each crossing are silent in between.
    pub fn is_known_to_the_minute(&self) -> bool {
        self.at.since(self.after) <= HOUR || self.people.iter().sum::<u64>() <= 1
    }
}

/// What a reading changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// This was booked before and no longer holds.
    TakeBack(Booking),
    /// This holds from now on.
    Book(Booking),
}

impl Correction {
    /// What is booked or taken back.
    pub fn booking(&self) -> &Booking {
        match self {
            Correction::Book(booking) | Correction::TakeBack(booking) => booking,
        }
    }

    /// People more, by register; less than zero where they are taken back.
    pub fn people(&self) -> [i64; REGISTERS] {
        let sign = match self {
            Correction::Book(_) => 1,
            Correction::TakeBack(_) => -1,
        };
        self.booking().people.map(|people| sign * people as i64)
    }
}

/// What is remembered of one cumulative counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterMemory {
    /// In order, each once.
    samples: VecDeque<Sample>,
    /// By which what is remembered was judged.
    modulus: Option<u64>,
    forgotten: Forgotten,
    /// How many readings were said again, to the last digit and at the same moment, under another id.
    again: u64,
}

/// What was there before the first reading that is remembered. Stands in states as the truth value it was before version 5 of
/// them, and as a third one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Forgotten {
    /// Nothing.
    #[default]
    Nothing,
    /// Readings. None older than all of them can come, or where these began is not known.
    Readings,
    /// Readings from this one on: there were too many.
    Since(Sample),
}

impl CounterMemory {
    /// Takes in a reading, in any order. `modulus` is how many values a register has before it starts again at 0, where
    /// it does.
    pub fn observe(&mut self, sample: Sample, modulus: Option<u64>) -> Vec<Correction> {
        if self.modulus != modulus {
            // Configured anew. What was booked stays, so nothing judged by the old modulus may be taken back.
            self.forget_before(Timestamp::MAX);
            self.modulus = modulus;
        }
        let place = self.samples.partition_point(|known| *known < sample);
        let next = self.samples.get(place);
        // What was forgotten had been booked; a reading in between can only move people, not add any.
        if next == Some(&sample) {
            self.again += 1;
            return Vec::new();
        }
        match self.forgotten {
            Forgotten::Since(first) if place == 0 && sample < first => {
                self.forgotten = Forgotten::Since(sample);
                let before = booking(&sample, &first, modulus).map(Correction::Book);
                return before.into_iter().collect();
            }
            Forgotten::Readings | Forgotten::Since(_) if place == 0 => return Vec::new(),
            _ => {}
        }
        let previous = place.checked_sub(1).and_then(|place| self.samples.get(place));
        let mut corrections = Vec::new();
        if let Some((previous, next)) = previous.zip(next) {
            corrections.extend(booking(previous, next, modulus).map(Correction::TakeBack));
        }
        if let Some(previous) = previous {
            corrections.extend(booking(previous, &sample, modulus).map(Correction::Book));
        }
        if let Some(next) = next {
            corrections.extend(booking(&sample, next, modulus).map(Correction::Book));
        }
        self.samples.insert(place, sample);
        if self.samples.len() > READINGS_MAX
            && let Some(oldest) = self.samples.pop_front()
            && self.forgotten == Forgotten::Nothing
        {
            self.forgotten = Forgotten::Since(oldest);
        }
        corrections
    }

    /// Forgets readings no event can come between any more: all before the last one up to `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        while self.samples.get(1).is_some_and(|second| second.at <= horizon) {
            self.samples.pop_front();
            self.forgotten = Forgotten::Readings;
        }
        if let Forgotten::Since(first) = self.forgotten
            && first.at <= horizon
        {
            self.forgotten = Forgotten::Readings;
        }
    }

    /// What was not plain counting, oldest first, as far as it is remembered.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> + '_ {
        let pairs = self.samples.iter().zip(self.samples.iter().skip(1));
        pairs
            .map(move |(before, after)| Evidence {
                after: before.at,
                at: after.at,
                step: step::between(before, after, self.modulus),
                reason: after.reason,
                leapt: step::rise(before, after),
            })
            .filter(|evidence| evidence.step.is_evidence())
    }

    /// Whether a reading, taken in, tells something that should be looked up: what it shows itself, or what a late one changes.
    pub(super) fn is_notable(&self, sample: &Sample) -> bool {
        let place = self.samples.partition_point(|known| known < sample);
        let before = place.checked_sub(1).and_then(|place| self.samples.get(place));
        place + 1 < self.samples.len()
            || before.is_some_and(|before| step::between(before, sample, self.modulus).is_evidence())
    }

    /// How many readings were said again under another id; they changed nothing.
    pub fn again(&self) -> u64 {
        self.again
    }
}

/// What a counter did between two readings that was not plain counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// When it was read before.
    pub after: Timestamp,
    /// When it was read again.
    pub at: Timestamp,
    /// What happened in between.
    pub step: Step,
    /// Why it was reset, where that was announced.
    pub reason: Option<ResetReason>,
    /// Of what is not explained: by how much the registers rose, where they did.
    pub leapt: Option<People>,
}

fn booking(before: &Sample, after: &Sample, modulus: Option<u64>) -> Option<Booking> {
    let people = step::between(before, after, modulus).people();
    (people != People::default()).then_some(Booking {
        after: before.at,
        at: after.at,
        people,
    })
}
