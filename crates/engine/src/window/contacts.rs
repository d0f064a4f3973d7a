//! In which panes a camera counts as observed while windows are cut: those in which it was heard from, and those shortly
//! after.
//!
//! A window is given out when it ends and cannot wait for the next heartbeat, as the coverage of rows does
//! ([`crate::coverage`]); so here a contact vouches for the silence after it, not for that between two contacts.

use serde::{Deserialize, Serialize};

/// Observed panes as spans from the first to behind the last, ascending, apart from each other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contacts {
    spans: Vec<(i64, i64)>,
}

impl Contacts {
    /// The camera was heard from in this pane; it is observed for so many panes from then on.
    pub fn hear(&mut self, pane: i64, gap: i64) {
        let mut heard = (pane, pane + gap);
        if let Some(last) = self.spans.last_mut()
            && (last.0..=last.1).contains(&pane)
        {
            last.1 = last.1.max(heard.1);
            return;
        }
        let from = self.spans.partition_point(|span| span.1 < heard.0);
        let to = self.spans.partition_point(|span| span.0 <= heard.1);
        for span in self.spans.drain(from..to) {
            heard = (heard.0.min(span.0), heard.1.max(span.1));
        }
        self.spans.insert(from, heard);
    }

    /// The first pane of those that are remembered.
    pub fn first(&self) -> Option<i64> {
        self.spans.first().map(|span| span.0)
    }

    /// Whether the camera was observed in this pane.
    pub fn is_observed(&self, pane: i64) -> bool {
        let later = self.spans.iter().rev();
        later.take_while(|span| span.1 > pane).any(|span| span.0 <= pane)
    }

    /// Nobody will ask about panes before this one any more, unless a span (its first pane and the one behind its last) is still
    /// needed.
    pub fn forget_before(&mut self, pane: i64, is_needed: impl Fn(i64, i64) -> bool) {
        if self.spans.first().is_some_and(|span| span.1 <= pane) {
            self.spans
                .retain(|span| span.1 > pane || is_needed(span.0, span.1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_join_in_any_order() {
        let contacts = |panes: &[i64]| {
            let mut contacts = Contacts::default();
            panes.iter().for_each(|pane| contacts.hear(*pane, 3));
            contacts
        };
        for panes in [[10, 12, 20, 17], [20, 17, 12, 10], [12, 20, 10, 17]] {
            assert_eq!(contacts(&panes).spans, [(10, 15), (17, 23)]);
        }
        let mut contacts = contacts(&[10, 20]);
        let observed: Vec<i64> = (8..25).filter(|pane| contacts.is_observed(*pane)).collect();
        assert_eq!(observed, [10, 11, 12, 20, 21, 22]);
        contacts.forget_before(23, |from, _| from == 10);
        assert_eq!(contacts.spans, [(10, 13)], "somebody lags behind");
        contacts.forget_before(23, |_, _| false);
        assert!(contacts.spans.is_empty());
    }
}
