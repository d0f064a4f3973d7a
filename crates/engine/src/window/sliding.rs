//! The sum of a camera's latest events, while its panes are closed one after the other: what comes is added, what is too
//! old is taken away.
//!
//! Sums are integers, so taking away is exact; what it is not exact for, the extremes, is looked up among the events that
//! stay ([`take_out`]). One camera after the other uses the same sums: kept for each, they would have to come out of main
//! memory, which takes longer than adding some minutes of events anew every turn.

use super::chunk::widest;
use super::observation::{Observation, extremes, pour, take_out};
use super::recent::Recent;
use throng_model::Measures;
use throng_model::pane::pane_start;

/// What one camera saw within some panes.
#[derive(Default)]
pub(crate) struct Sliding {
    /// How many events there are, those of crowds left out.
    events: usize,
    /// How many more there are in crowds.
    crowded: u64,
    measures: Measures,
    /// The first pane inside and the one behind the last; none while nothing is known.
    inside: Option<(i64, i64)>,
}

impl Sliding {
    /// Moves on, so that the panes from `first` to before `end` are inside; panes before `end` are closed.
    pub fn slide(&mut self, (first, end): (i64, i64), recent: &Recent) {
        let closed = recent.closed();
        let (old_first, known) = self.inside.unwrap_or((first, first));
        let (from, known) = (pane_start(first), known.max(first));
        let new = closed.iter().rev();
        let new = new.take_while(|seen| seen.at >= pane_start(known)).count();
        let (before, new) = closed.split_at(closed.len() - new);
        let (_, inside) = before.split_at(before.len().saturating_sub(self.events));
        let gone = inside.iter().take_while(|seen| seen.at < from).count();
        let (gone, left) = inside.split_at(gone);
        if recent.has_crowds() {
            self.slide_crowds((old_first, first, known, end), (gone, left), recent);
        } else if left.is_empty() {
            self.clear();
        } else {
            take_out(gone, &mut self.measures, |measure| extremes(left, measure));
        }
        pour(new, &mut self.measures);
        self.events = left.len() + new.len();
        self.inside = Some((first, end));
    }

    /// The same of crowds, and takes the single events out that are gone: of both, some may be left, and they share extremes.
    /// Inside were the panes from the first to before the third of these, from now on it is those from the second to before
    /// the last.
    fn slide_crowds(
        &mut self,
        (old, first, known, end): (i64, i64, i64, i64),
        (gone, left): (&[Observation], &[Observation]),
        recent: &Recent,
    ) {
        let crowds_left = recent.crowds(first, known);
        if left.is_empty() && crowds_left.clone().next().is_none() {
            self.clear();
        } else {
            let extremes = |measure| {
                let crowds = crowds_left.clone().filter_map(|crowd| crowd.extremes(measure));
                crowds.chain(extremes(left, measure)).reduce(widest)
            };
            take_out(gone, &mut self.measures, extremes);
            for crowd in recent.crowds(old, first) {
                crowd.take_from(&mut self.measures, extremes);
                self.crowded -= crowd.events;
            }
        }
        for crowd in recent.crowds(known, end) {
            crowd.add_to(&mut self.measures);
            self.crowded += crowd.events;
        }
    }

    /// Nothing of what was inside is left.
    fn clear(&mut self) {
        self.measures.clear();
        self.crowded = 0;
    }

    /// Begins anew: for another camera, or where panes are left out or got more events.
    pub fn forget(&mut self) {
        (self.events, self.crowded) = (0, 0);
        self.inside = None;
    }

    /// How many events are inside.
    pub fn events(&self) -> u64 {
        self.events as u64 + self.crowded
    }

    /// What they measured.
    pub fn measures(&self) -> &Measures {
        &self.measures
    }
}

#[cfg(test)]
mod tests {
    use super::super::recent::CROWD;
    use super::*;
    use proptest::prelude::*;
    use throng_model::Measure;
    use throng_model::pane::pane_of;

    proptest! {
        #[test]
        fn what_slid_is_what_lies_inside(
            seen in prop::collection::vec((0i64..40, prop::option::weighted(0.9, 0u16..1_000), 1u32..4, prop::option::of(0u32..5_000_000)), 0..120),
            crowds in prop::collection::vec((0i64..40, 0u16..1_000), 0..4),
            late in 0usize..20, width in 1i64..12, slide in 1i64..6, anew in 0i64..40,
        ) {
            let observation = |(pane, confidence, people, latency): (i64, Option<u16>, u32, Option<u32>)| {
                let measure = if people == 1 { Measure::In } else { Measure::Out };
                Observation::new(pane_start(pane), measure, people * 1_000, confidence, latency)
            };
            let mut seen: Vec<_> = seen.into_iter().map(observation).collect();
            let mut late = seen.split_off(seen.len().saturating_sub(late));
            for (pane, confidence) in crowds {
                let crowd = 0..CROWD as u16 + 1;
                seen.extend(crowd.map(|more| observation((pane, Some(confidence + more), 1, None))));
            }
            seen.sort_by_key(|seen| seen.at);
            let (mut sliding, mut recent) = (Sliding::default(), Recent::default());
            for same in seen.chunk_by(|a, b| a.at == b.at) {
                recent.insert(pane_of(same[0].at), same);
            }
            for pane in 0..40 {
                recent.close(pane, true, 60);
                let end = pane + 1;
                if end == anew {
                    // What comes late is found where everything begins anew.
                    for more in late.extract_if(.., |seen| pane_of(seen.at) < end) {
                        recent.insert(pane_of(more.at), &[more]);
                        seen.push(more);
                    }
                    sliding.forget();
                }
                if end % slide > 0 {
                    continue;
                }
                let first = end - width;
                sliding.slide((first, end), &recent);
                let inside = seen.iter().filter(|seen| (first..end).contains(&pane_of(seen.at)));
                let mut measures = Measures::default();
                inside.clone().for_each(|seen| pour(&[*seen], &mut measures));
                prop_assert_eq!(sliding.events(), inside.count() as u64);
                prop_assert_eq!(sliding.measures(), &measures);
            }
        }
    }
}
