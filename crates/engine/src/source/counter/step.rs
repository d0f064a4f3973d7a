//! What a cumulative counter did between two samples that follow each other in event time.
//!
//! Judged from the two samples alone, so that a late sample between them changes nothing but its own two steps. Where
//! the samples do not determine the answer, the step says what it counted and what else it could have been: no guess
//! is silent.

use super::{REGISTERS, Sample};
use serde::{Deserialize, Serialize};
use throng_model::time::{MINUTE, SECOND};

/// People in, people out, people whose direction is unknown.
pub type People = [u64; REGISTERS];

/// The most people a second one counter can see: a station entrance 10 m wide at the limit of its capacity has 14.
const PEOPLE_PER_SECOND: i64 = 20;
/// What may come on top, for clocks that tick in seconds and groups.
const PEOPLE_AT_ONCE: i64 = 20;
/// Samples farther apart did not swap places: a counter that fell between them by a little was reset, not out of order.
const DISORDER: i64 = 10 * MINUTE;
/// A register that fell from its last 1/64 to a low value is taken for wrapped: a reset would hardly hit just there.
const NEAR_THE_TOP: u64 = 64;

/// What happened between two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The counter went on, or stood still. Determined.
    Went(People),
    /// It passed its modulus. Determined: the sender says that it was not reset.
    Wrapped(People),
    /// It began again; what it counted between the earlier sample and its reset is lost. The rest is determined.
    Reset(People),
    /// It wrapped or was reset. Taken for wrapped; had it been reset, it would be only `at_least`.
    WrappedOrReset { counted: People, at_least: People },
    /// It was reset or wrapped. Taken for reset; had it wrapped, it would be `at_most`.
    ResetOrWrapped { counted: People, at_most: People },
    /// No counter does that: a leap beyond what people can do, or a fall that is neither reset nor wrap. Counts nobody;
    /// the counter goes on from the new value.
    Unexplained,
}

impl Step {
    /// Who is counted.
    pub fn people(&self) -> People {
        match self {
            Step::Unexplained => People::default(),
            Step::Went(people) | Step::Wrapped(people) | Step::Reset(people) => *people,
            Step::WrappedOrReset { counted, .. } | Step::ResetOrWrapped { counted, .. } => *counted,
        }
    }

    /// Whether somebody should be able to look it up.
    pub fn is_evidence(&self) -> bool {
        !matches!(self, Step::Went(_))
    }
}

/// The step from one sample to the next.
pub(super) fn between(before: &Sample, after: &Sample, modulus: Option<u64>) -> Step {
    if after.announced_reset {
        return Step::Reset(People::default());
    }
    let Some(pairs) = paired(before, after) else {
        return Step::Unexplained;
    };
    let passed = after.at.since(before.at).max(0);
    let since = before.since.zip(after.since);
    if since.is_some_and(|(before, after)| before != after) {
        // It says that it was reset, and when; how many people came since is still only what it says.
        let counted = pairs.map(|(_, to)| to);
        return if believable(counted, passed) {
            Step::Reset(counted)
        } else {
            Step::Unexplained
        };
    }
    if pairs.iter().all(|(from, to)| to >= from) {
        let went = pairs.map(|(from, to)| to - from);
        return if believable(went, passed) {
            Step::Went(went)
        } else {
            Step::Unexplained
        };
    }
    let wrapped = modulus.and_then(|modulus| wrapped(pairs, modulus, passed));
    let reset = (since.is_none() && was_reset(pairs, passed)).then(|| pairs.map(|(_, to)| to));
    match (wrapped, reset) {
        (None, None) => Step::Unexplained,
        (None, Some(people)) => Step::Reset(people),
        (Some(people), None) => Step::Wrapped(people),
        (Some(wrapped), Some(reset)) if near_the_top(pairs, modulus) => Step::WrappedOrReset {
            counted: wrapped,
            at_least: reset,
        },
        (Some(wrapped), Some(reset)) => Step::ResetOrWrapped {
            counted: reset,
            at_most: wrapped,
        },
    }
}

/// By how much the registers rose; none where one of them did not.
pub(super) fn rise(before: &Sample, after: &Sample) -> Option<People> {
    let mut people = People::default();
    for (people, (from, to)) in people.iter_mut().zip(paired(before, after)?) {
        *people = to.checked_sub(from)?;
    }
    Some(people)
}

type Pairs = [(u64, u64); REGISTERS];

/// The values of each register before and after; none when the two samples do not speak of the same registers.
fn paired(before: &Sample, after: &Sample) -> Option<Pairs> {
    let mut pairs = Pairs::default();
    for ((pair, from), to) in pairs.iter_mut().zip(before.registers).zip(after.registers) {
        *pair = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            (None, None) => (0, 0),
            // A reset sets whatever registers the counter has.
            (Some(from), None) if before.announced_reset => (from, from),
            _ => return None,
        };
    }
    Some(pairs)
}

fn believable(people: People, passed: i64) -> bool {
    let most = PEOPLE_AT_ONCE + PEOPLE_PER_SECOND.saturating_mul(passed / SECOND + 1);
    people.iter().all(|people| *people <= most as u64)
}

fn wrapped(pairs: Pairs, modulus: u64, passed: i64) -> Option<People> {
    let mut people = People::default();
    for (people, (from, to)) in people.iter_mut().zip(pairs) {
        *people = if to >= from {
            to - from
        } else {
            // A register beyond its own modulus was configured wrongly; it cannot have wrapped.
            modulus.checked_sub(from)?.checked_add(to)?
        };
    }
    believable(people, passed).then_some(people)
}

/// Registers are reset together, to zero: all of them must be low enough to have been counted since.
fn was_reset(pairs: Pairs, passed: i64) -> bool {
    let fell_far = pairs.iter().all(|(from, to)| to >= from || *to <= from / 2);
    (fell_far || passed >= DISORDER) && believable(pairs.map(|(_, to)| to), passed)
}

fn near_the_top(pairs: Pairs, modulus: Option<u64>) -> bool {
    let fallen = pairs.iter().filter(|(from, to)| to < from);
    modulus.is_some_and(|modulus| {
        fallen
            .into_iter()
            .all(|(from, _)| modulus.saturating_sub(*from) <= modulus / NEAR_THE_TOP)
    })
}
