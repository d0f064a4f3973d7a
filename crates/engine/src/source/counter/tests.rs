#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use throng_model::time::{HOUR, MINUTE, SECOND};

const U16: Option<u64> = Some(1 << 16);
const U32: Option<u64> = Some(1 << 32);

/// A reading of the in-register alone.
fn read(minute: i64, value: u64) -> Sample {
    Sample {
        at: Timestamp(minute * MINUTE),
        announced_reset: false,
        since: None,
        registers: [Some(value), None, None],
        reason: None,
    }
}

fn since(hour: i64, sample: Sample) -> Sample {
    Sample {
        since: Some(Timestamp(hour * HOUR)),
        ..sample
    }
}

/// What is booked at each moment after these readings, in this order of arrival.
fn booked(samples: &[Sample], modulus: Option<u64>) -> (BTreeMap<(i64, i64), People>, CounterMemory) {
    let mut memory = CounterMemory::default();
    let mut booked: BTreeMap<(i64, i64), People> = BTreeMap::new();
    for sample in samples {
        for correction in memory.observe(*sample, modulus) {
            match correction {
                Correction::Book(new) => {
                    let place = booked.entry((new.after.0, new.at.0)).or_default();
                    (0..REGISTERS).for_each(|register| place[register] += new.people[register]);
                }
                Correction::TakeBack(old) => {
                    let place = booked.entry((old.after.0, old.at.0)).or_default();
                    (0..REGISTERS).for_each(|register| place[register] -= old.people[register]);
                }
            }
        }
    }
    booked.retain(|_, people| *people != People::default());
    (booked, memory)
}

fn total(samples: &[Sample], modulus: Option<u64>) -> u64 {
    booked(samples, modulus).0.values().map(|people| people[0]).sum()
}

fn evidence(samples: &[Sample], modulus: Option<u64>) -> Vec<Step> {
    let (_, memory) = booked(samples, modulus);
    memory.evidence().map(|evidence| evidence.step).collect()
}

/// Whether the number is more or less than what the samples determine.
fn is_ambiguous(step: &Step) -> bool {
    matches!(
        step,
        Step::WrappedOrReset { .. } | Step::ResetOrWrapped { .. } | Step::Unexplained
    )
}

#[test]
fn the_first_reading_counts_nobody_and_a_repeated_one_nothing() {
    assert_eq!(total(&[read(0, 500)], None), 0);
    assert_eq!(
        total(&[read(0, 500), read(1, 503), read(1, 503), read(2, 503)], None),
        3
    );
}

#[test]
fn readings_of_other_registers_than_before_cannot_be_compared() {
    let both = Sample {
        registers: [Some(5), Some(3), None],
        ..read(0, 5)
    };
    assert_eq!(evidence(&[both, read(1, 9)], None), [Step::Unexplained]);
    assert_eq!(
        total(&[both, read(1, 9), read(2, 11)], None),
        2,
        "from there on again"
    );
}

#[test]
fn a_late_reading_splits_the_difference_and_adds_nobody() {
    let mut memory = CounterMemory::default();
    assert!(memory.observe(read(0, 10), None).is_empty());
    memory.observe(read(10, 25), None);
    let booking = |after: i64, at: i64, n| Booking {
        after: Timestamp(after * MINUTE),
        at: Timestamp(at * MINUTE),
        people: [n, 0, 0],
    };
    assert_eq!(
        memory.observe(read(4, 12), None),
        [
            Correction::TakeBack(booking(0, 10, 15)),
            Correction::Book(booking(0, 4, 2)),
            Correction::Book(booking(4, 10, 13)),
        ]
    );
    assert_eq!(
        memory.observe(read(-5, 3), None),
        [Correction::Book(booking(-5, 0, 7))],
        "before the first one: that one counts now"
    );
}

#[test]
fn a_reset_that_is_announced_or_dated_is_determined() {
    let dated = [since(0, read(60, 90)), since(2, read(130, 7))];
    assert_eq!(evidence(&dated, U16), [Step::Reset([7, 0, 0])]);
    let announced = [
        read(60, 90),
        Sample::reset(Timestamp(100 * MINUTE), 5, ResetReason::Device),
        read(130, 7),
    ];
    assert_eq!(total(&announced, U16), 2);
    // That it was reset does not make a crowd of a nonsense number.
    let nonsense = [since(0, read(60, 90)), since(2, read(130, 9_000_000_000))];
    assert_eq!(evidence(&nonsense, U16), [Step::Unexplained]);
    assert_eq!(total(&nonsense, U16), 0);
    // Of what is neither, a counter without a modulus can only have been reset.
    assert_eq!(
        evidence(&[read(60, 90), read(130, 7)], None),
        [Step::Reset([7, 0, 0])]
    );
}

#[test]
fn registers_are_reset_together() {
    let both = |minute, people_in, people_out| Sample {
        registers: [Some(people_in), Some(people_out), None],
        ..read(minute, 0)
    };
    let steps = evidence(&[both(0, 90, 2), both(30, 7, 3)], None);
    assert_eq!(steps, [Step::Reset([7, 3, 0])], "out did not go from 2 to 3");
}

#[test]
fn a_wrap_is_determined_when_the_sender_says_that_it_was_no_reset() {
    let steps = evidence(&[since(0, read(60, 65_530)), since(0, read(61, 4))], U16);
    assert_eq!(steps, [Step::Wrapped([10, 0, 0])]);
    let steps = evidence(&[since(0, read(60, 4_294_967_290)), since(0, read(61, 4))], U32);
    assert_eq!(steps, [Step::Wrapped([10, 0, 0])]);
    let steps = evidence(&[since(0, read(60, 9_999)), since(0, read(61, 4))], Some(10_000));
    assert_eq!(steps, [Step::Wrapped([5, 0, 0])]);
}

#[test]
fn what_could_be_both_is_counted_one_way_and_says_the_other() {
    let near = evidence(&[read(60, 65_530), read(61, 4)], U16);
    assert_eq!(
        near,
        [Step::WrappedOrReset {
            counted: [10, 0, 0],
            at_least: [4, 0, 0]
        }]
    );
    let far = evidence(&[read(0, 60_000), read(8 * 60, 40)], U16);
    assert_eq!(
        far,
        [Step::ResetOrWrapped {
            counted: [40, 0, 0],
            at_most: [5_576, 0, 0]
        }]
    );
    assert!(is_ambiguous(&near[0]) && is_ambiguous(&far[0]));
}

#[test]
fn leaps_and_small_falls_count_nobody_and_are_on_record() {
    assert_eq!(
        evidence(&[read(0, 1), read(1, 900_000)], None),
        [Step::Unexplained]
    );
    // 99 read just after 100: two readings that swapped their times, not 99 people after a reset.
    assert_eq!(evidence(&[read(0, 100), read(1, 99)], None), [Step::Unexplained]);
    assert_eq!(total(&[read(0, 100), read(1, 99), read(2, 104)], None), 5);
    let other_registers = Sample {
        registers: [None, Some(9), None],
        ..read(1, 0)
    };
    assert_eq!(
        evidence(&[read(0, 1), other_registers], None),
        [Step::Unexplained]
    );
}

#[test]
fn what_is_forgotten_stays_counted() {
    let mut memory = CounterMemory::default();
    for minute in 0..5 {
        memory.observe(read(minute, minute as u64), None);
    }
    memory.forget_before(Timestamp(3 * MINUTE + SECOND));
    assert!(
        memory.observe(read(1, 1), None).is_empty(),
        "before what is remembered"
    );
    let late = memory.observe(
        Sample {
            at: Timestamp(3 * MINUTE + 2 * SECOND),
            ..read(0, 3)
        },
        None,
    );
    assert_eq!(late.len(), 2, "taken back and booked: {late:?}");
    for minute in 5..2 * READINGS_MAX as i64 {
        memory.observe(read(minute, minute as u64), None);
    }
    assert_eq!(memory.samples.len(), READINGS_MAX);
}

#[test]
fn more_readings_than_are_remembered_count_the_same_people() {
    let long = 3 * READINGS_MAX as i64;
    let mut stored: Vec<Sample> = (1..long).map(|minute| read(minute, minute as u64)).collect();
    let ends = [read(0, 0), read(long, long as u64)];
    for backwards in [false, true] {
        if backwards {
            stored.reverse();
        }
        let samples: Vec<Sample> = ends.iter().chain(&stored).copied().collect();
        assert_eq!(total(&samples, None), long as u64);
        let finest = booked(&samples, None)
            .0
            .into_keys()
            .map(|(after, at)| at - after)
            .max();
        assert_eq!(
            finest == Some(MINUTE),
            !backwards,
            "in order, every reading still splits"
        );
    }
}

#[test]
fn newest_first_counts_the_same_people_however_many_there_are() {
    let long = 3 * READINGS_MAX as i64;
    let stored: Vec<Sample> = (0..=long)
        .rev()
        .map(|minute| read(minute, minute as u64))
        .collect();
    assert_eq!(total(&stored, None), long as u64);
    // Then the rest of what it has stored, in between: nobody is counted twice.
    let (even, odd): (Vec<Sample>, Vec<Sample>) =
        stored.iter().partition(|sample| sample.at.0 / MINUTE % 2 == 0);
    assert_eq!(total(&[even, odd].concat(), None), long as u64);
}

#[test]
fn the_first_reading_is_remembered_until_nothing_older_can_come() {
    let mut memory = CounterMemory::default();
    for minute in 10..12 + READINGS_MAX as i64 {
        memory.observe(read(minute, minute as u64), None);
    }
    let kept = postcard::to_stdvec(&memory).expect("bytes");
    assert_eq!(postcard::from_bytes(&kept).ok(), Some(memory.clone()));
    let booked = memory.observe(read(4, 4), None);
    assert!(
        matches!(
            booked[..],
            [Correction::Book(Booking {
                people: [6, 0, 0],
                ..
            })]
        ),
        "{booked:?}"
    );
    assert!(
        memory.observe(read(7, 7), None).is_empty(),
        "booked together already"
    );
    memory.forget_before(Timestamp(5 * MINUTE));
    assert!(
        memory.observe(read(2, 2), None).is_empty(),
        "no such event gets here"
    );
}

#[test]
fn what_was_forgotten_reads_as_it_stood_before_version_5() {
    #[derive(serde::Serialize)]
    struct Before {
        samples: VecDeque<Sample>,
        modulus: Option<u64>,
        forgot: bool,
        again: u64,
    }
    for (forgot, forgotten) in [(false, Forgotten::Nothing), (true, Forgotten::Readings)] {
        let before = Before {
            samples: [read(1, 1)].into(),
            modulus: U16,
            forgot,
            again: 3,
        };
        let kept = postcard::to_stdvec(&before).expect("bytes");
        let memory: CounterMemory = postcard::from_bytes(&kept).expect("reads");
        assert_eq!((memory.forgotten, memory.again), (forgotten, 3));
    }
}

#[test]
fn a_new_modulus_takes_nothing_back_that_was_judged_by_the_old_one() {
    let mut memory = CounterMemory::default();
    memory.observe(since(0, read(60, 65_530)), U16);
    memory.observe(since(0, read(62, 4)), U16);
    assert!(
        memory.observe(since(0, read(61, 1)), None).is_empty(),
        "10 stay booked"
    );
    let next = memory.observe(since(0, read(63, 9)), None);
    assert!(matches!(
        next[..],
        [Correction::Book(Booking {
            people: [5, 0, 0],
            ..
        })]
    ));
}

/// What a counter does between two readings.
#[derive(Clone, Copy, Debug)]
struct Minute {
    people: u64,
    reset_before: bool,
}

fn minutes() -> impl Strategy<Value = Vec<Minute>> {
    let minute = (0u64..600, proptest::bool::weighted(0.1))
        .prop_map(|(people, reset_before)| Minute { people, reset_before });
    proptest::collection::vec(minute, 1..60)
}

/// The readings of a device with registers of this size, and how many people they can tell of: all after the first
/// reading. A reset falls right after a reading, so nothing is lost in it.
fn device(minutes: &[Minute], start: u64, modulus: Option<u64>, dated: bool) -> (Vec<Sample>, u64) {
    let (mut value, mut people, mut began) = (start, 0, 0);
    let mut samples = Vec::new();
    for (number, minute) in (0i64..).zip(minutes) {
        if number > 0 {
            if minute.reset_before {
                (value, began) = (0, number);
            }
            value += minute.people;
            people += minute.people;
        }
        if let Some(modulus) = modulus {
            value %= modulus;
        }
        let sample = read(number, value);
        samples.push(if dated {
            Sample {
                since: Some(Timestamp(began)),
                ..sample
            }
        } else {
            sample
        });
    }
    (samples, people)
}

proptest! {
    #[test]
    fn dated_resets_and_wraps_give_back_everybody(
        minutes in minutes(), start in 0u64..65_536, modulus in prop::sample::select(vec![U16, Some(10_000), None]),
    ) {
        let start = modulus.map_or(start, |modulus| start % modulus);
        let (samples, people) = device(&minutes, start, modulus, true);
        prop_assert_eq!(total(&samples, modulus), people);
        prop_assert!(evidence(&samples, modulus).iter().all(|step| !is_ambiguous(step)));
    }

    #[test]
    fn undated_wraps_are_counted_and_on_record(minutes in minutes(), start in 60_000u64..65_536) {
        let minutes: Vec<_> = minutes.into_iter().map(|minute| Minute { reset_before: false, ..minute }).collect();
        let (samples, people) = device(&minutes, start, U16, false);
        prop_assert_eq!(total(&samples, U16), people);
        let falls = samples.windows(2).filter(|pair| pair[1].registers < pair[0].registers).count();
        prop_assert_eq!(evidence(&samples, U16).len(), falls);
    }

    #[test]
    fn whatever_is_not_determined_says_so(minutes in minutes(), start in 0u64..65_536) {
        let (samples, people) = device(&minutes, start, U16, false);
        let steps = evidence(&samples, U16);
        // A reset to more than there was before looks like plain counting; no reading can tell.
        let unseen = samples.windows(2).zip(&minutes[1..]).any(|(pair, minute)| {
            minute.reset_before && pair[1].registers >= pair[0].registers
        });
        if !unseen && !steps.iter().any(is_ambiguous) {
            prop_assert_eq!(total(&samples, U16), people);
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(
        minutes in minutes(), start in 0u64..65_536, dated: bool, seed in proptest::collection::vec(any::<u32>(), 60),
    ) {
        let (samples, _) = device(&minutes, start, U16, dated);
        let mut shuffled: Vec<_> = samples.iter().zip(seed).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let shuffled: Vec<Sample> = shuffled.into_iter().map(|(sample, _)| *sample).collect();
        prop_assert_eq!(booked(&samples, U16), booked(&shuffled, U16));
    }
}
