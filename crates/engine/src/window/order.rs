//! Events in the order of time.
//!
//! What came within a turn lies all over a minute, a few events a slot where there are as many slots as events: to throw them into
//! slots first, and to sort what is in each, is a fraction of the work of sorting them all.

#![expect(
    clippy::indexing_slicing,
    reason = "a slot is at most that of the last moment, and what is counted fits what is counted out"
)]

use super::arrivals::empty;
use super::observation::Observation;
use std::cmp::Ordering;
use throng_model::Timestamp;

/// Room to sort in, kept from one turn to the next.
#[derive(Default)]
pub(crate) struct Order {
    ordered: Vec<(Timestamp, u32)>,
    /// By slot: where it begins; while events are thrown into it, where the next one goes.
    starts: Vec<u32>,
}

impl Order {
    /// These moments, each with its number, ascending; those of the same moment in the order that is told of their numbers.
    pub fn of(
        &mut self,
        moments: impl ExactSizeIterator<Item = Timestamp> + Clone,
        then: impl Fn(u32, u32) -> Ordering,
    ) -> &[(Timestamp, u32)] {
        let Self { ordered, starts } = self;
        ordered.clear();
        let Some(first) = moments.clone().min() else {
            return ordered;
        };
        let last = moments.clone().max().unwrap_or(first);
        let span = last.0.abs_diff(first.0);
        let slots = moments.len().next_power_of_two();
        // So that the last moment has one of them.
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(slots.trailing_zeros());
        let slot = |at: Timestamp| (at.0.abs_diff(first.0) >> shift) as usize;

        starts.clear();
        starts.resize(slots + 1, 0);
        moments.clone().for_each(|at| starts[slot(at) + 1] += 1);
        let mut sum = 0;
        for start in starts.iter_mut() {
            sum += *start;
            *start = sum;
        }
        ordered.resize(moments.len(), (first, 0));
        for (at, number) in moments.zip(0..) {
            let place = &mut starts[slot(at)];
            ordered[*place as usize] = (at, number);
            *place += 1;
        }
        let mut from = 0;
        for end in &starts[..slots] {
            let inside = &mut ordered[from..*end as usize];
            if inside.len() > 1 {
                inside.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| then(a.1, b.1)));
            }
            from = *end as usize;
        }
        ordered
    }

    /// Forgets everything but keeps the memory, what a flood needed left out.
    pub fn clear(&mut self) {
        empty(&mut self.ordered);
        empty(&mut self.starts);
    }
}

/// So few events are put in order by moving each to where it belongs: most are there already.
const BY_HAND: usize = 16;

/// Puts what one camera saw in the order of time, then of content.
pub(crate) fn in_the_order_of_time(seen: &mut [Observation]) {
    if seen.len() > BY_HAND {
        return seen.sort_unstable();
    }
    for end in 1..seen.len() {
        let one = seen[end];
        let mut place = end;
        while place > 0 && one.is_before(&seen[place - 1]) {
            seen[place] = seen[place - 1];
            place -= 1;
        }
        seen[place] = one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throng_model::Measure;

    #[test]
    fn many_of_one_moment_are_sorted_beside_one_far_out() {
        let moments = || (0..10_000).map(|number| Timestamp(if number == 5_000 { i64::MAX } else { 7 }));
        let mut order = Order::default();
        let found = order.of(moments(), |a, b| b.cmp(&a)).to_vec();
        assert_eq!(
            (found[0], found[9_998], found[9_999].1),
            ((Timestamp(7), 9_999), (Timestamp(7), 0), 5_000)
        );
    }

    proptest! {
        #[test]
        fn few_are_sorted_by_hand_as_many_are(mut seen in prop::collection::vec((0i64..9, 0u32..3), 0..40)) {
            let one = |(at, value): &(i64, u32)| Observation::new(Timestamp(*at), Measure::In, *value, None, None);
            let mut sorted: Vec<Observation> = seen.iter().map(one).collect();
            in_the_order_of_time(&mut sorted);
            seen.sort_unstable();
            prop_assert_eq!(sorted, seen.iter().map(one).collect::<Vec<_>>());
        }

        #[test]
        fn it_is_what_sorting_finds(
            moments in prop::collection::vec((prop_oneof![0i64..20, 0i64..100_000_000, Just(i64::MAX), Just(i64::MIN)], any::<u8>()), 0..80),
        ) {
            let mut order = Order::default();
            for moments in [&moments[..], &moments[..moments.len() / 2]] {
                let at = |number: u32| Timestamp(moments[number as usize].0);
                let content = |number: u32| moments[number as usize].1;
                let found = order.of(
                    moments.iter().map(|(at, _)| Timestamp(*at)),
                    |a, b| content(a).cmp(&content(b)),
                );
                let found: Vec<_> = found.iter().map(|(at, number)| (*at, content(*number))).collect();
                let mut expected: Vec<_> = (0..moments.len() as u32).map(|number| (at(number), content(number))).collect();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
