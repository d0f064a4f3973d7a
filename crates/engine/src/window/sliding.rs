//! The sum of a camera's latest events, while its panes are closed one after the other: what comes is added, what is too
//! old is taken away.
//!
//! Sums are integers, so taking away is exact; what it is not exact for, the extremes, is looked up among the events that
//! stay ([`take_out`]). One camera after the other uses the same sums: kept for each, they would have to come out of main
//! memory, which takes longer than adding some minutes of events anew every turn.

use super::observation::{Observation, extremes, pour, take_out};
use throng_model::pane::pane_start;
use throng_model::{Measures, Timestamp};

/// What one camera saw within some panes.
#[derive(Default)]
pub(crate) struct Sliding {
    events: usize,
    measures: Measures,
    /// The pane behind the last inside; none while nothing is known.
    end: Option<i64>,
}

impl Sliding {
    /// Moves on, so that the panes from `first` to before `end` are inside. `closed` are the camera's events before `end`, as
    /// far back as they were needed.
    pub fn slide(&mut self, (first, end): (i64, i64), closed: &[Observation]) {
        let (from, until) = (pane_start(first), self.end.map(pane_start));
        let new = from.max(until.unwrap_or(Timestamp::MIN));
        let new = closed.iter().rev().take_while(|seen| seen.at >= new).count();
        let (before, new) = closed.split_at(closed.len() - new);
        let (_, inside) = before.split_at(before.len().saturating_sub(self.events));
        let gone = inside.iter().take_while(|seen| seen.at < from).count();
        let (gone, left) = inside.split_at(gone);
        if left.is_empty() {
            self.measures.clear();
        } else {
            take_out(gone, &mut self.measures, |measure| extremes(left, measure));
        }
        pour(new, &mut self.measures);
        self.events = left.len() + new.len();
        self.end = Some(end);
    }

    /// Begins anew: for another camera, or where panes are left out or got more events.
    pub fn forget(&mut self) {
        self.events = 0;
        self.end = None;
    }

    /// How many events are inside.
    pub fn events(&self) -> u64 {
        self.events as u64
    }

    /// What they measured.
    pub fn measures(&self) -> &Measures {
        &self.measures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throng_model::Measure;
    use throng_model::pane::pane_of;

    proptest! {
        #[test]
        fn what_slid_is_what_lies_inside(
            seen in prop::collection::vec((0i64..40, prop::option::weighted(0.9, 0u16..1_000), 1u32..4, prop::option::of(0u32..5_000_000)), 0..120),
            width in 1i64..12, slide in 1i64..6, anew in 0i64..40,
        ) {
            let observation = |(pane, confidence, people, latency): (i64, Option<u16>, u32, Option<u32>)| {
                let measure = if people == 1 { Measure::In } else { Measure::Out };
                Observation::new(pane_start(pane), measure, people * 1_000, confidence, latency)
            };
            let mut seen: Vec<_> = seen.into_iter().map(observation).collect();
            seen.sort_by_key(|seen| seen.at);
            let mut sliding = Sliding::default();
            for end in (slide..40).step_by(slide as usize) {
                if (anew..anew + slide).contains(&end) {
                    sliding.forget();
                }
                let (first, closed) = (end - width, seen.partition_point(|seen| pane_of(seen.at) < end));
                sliding.slide((first, end), &seen[..closed]);
                let inside = &seen[seen.partition_point(|seen| pane_of(seen.at) < first)..closed];
                let mut measures = Measures::default();
                inside.iter().for_each(|seen| pour(&[*seen], &mut measures));
                prop_assert_eq!(sliding.events(), inside.len() as u64);
                prop_assert_eq!(sliding.measures(), &measures);
            }
        }
    }
}
