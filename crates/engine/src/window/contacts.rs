//! In which panes a camera counts as observed while windows are cut: those in which it was heard from, and those shortly
//! after.
//!
//! A window is given out when it ends and cannot wait for the next heartbeat, as the coverage of rows does
//! ([`crate::coverage`]); so here a contact vouches for the silence after it, not for that between two contacts.

use serde::{Deserialize, Serialize};

/// Observed panes as spans from the first to behind the last, ascending, apart from each other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub(crate) struct Contacts {
    /// The newest, which nearly every event finds and nearly none changes.
    newest: Option<Span>,
    earlier: Vec<Span>,
}

type Span = (i64, i64);

/// As they are written.
#[derive(Serialize, Deserialize)]
struct Kept {
    spans: Vec<Span>,
}

impl From<Kept> for Contacts {
    fn from(Kept { spans: mut earlier }: Kept) -> Self {
        let newest = earlier.pop();
        Self { newest, earlier }
    }
}

impl From<Contacts> for Kept {
    fn from(contacts: Contacts) -> Self {
        let mut spans = contacts.earlier;
        spans.extend(contacts.newest);
        Self { spans }
    }
}

impl Contacts {
    /// The camera was heard from in this pane; it is observed for so many panes from then on.
    pub fn hear(&mut self, pane: i64, gap: i64) {
        let mut heard = (pane, pane + gap);
        if let Some(newest) = &mut self.newest
            && (newest.0..=newest.1).contains(&pane)
        {
            newest.1 = newest.1.max(heard.1);
            return;
        }
        self.earlier.extend(self.newest.take());
        let from = self.earlier.partition_point(|span| span.1 < heard.0);
        let to = self.earlier.partition_point(|span| span.0 <= heard.1);
        for span in self.earlier.drain(from..to) {
            heard = (heard.0.min(span.0), heard.1.max(span.1));
        }
        self.earlier.insert(from, heard);
        self.newest = self.earlier.pop();
    }

    /// Newest first.
    fn spans(&self) -> impl Iterator<Item = &Span> {
        self.newest.iter().chain(self.earlier.iter().rev())
    }

    /// The newest span: its first pane, and the one behind its last.
    pub fn newest(&self) -> Option<(i64, i64)> {
        self.newest
    }

    /// The first pane of those that are remembered.
    pub fn first(&self) -> Option<i64> {
        self.earlier.first().or(self.newest.as_ref()).map(|span| span.0)
    }

    /// Counts this camera in each of some panes in which it was observed, as far as `over` reaches: one more where that begins
    /// and one less where it ends, counted around. The first place is that of the pane `from`.
    pub fn mark(&self, from: i64, over: Span, marks: &mut [u64]) {
        let end = from + marks.len() as i64;
        for span in self.spans().take_while(|span| span.1 > from) {
            let (first, behind) = (span.0.max(over.0).max(from), span.1.min(over.1).min(end));
            if first >= behind {
                continue;
            }
            if let Some(mark) = marks.get_mut((first - from) as usize) {
                *mark = mark.wrapping_add(1);
            }
            if let Some(mark) = marks.get_mut((behind - from) as usize) {
                *mark = mark.wrapping_sub(1);
            }
        }
    }

    /// Nobody will ask about panes before this one any more, unless a span (its first pane and the one behind its last) is still
    /// needed.
    pub fn forget_before(&mut self, pane: i64, is_needed: impl Fn(i64, i64) -> bool) {
        let oldest = self.earlier.first().or(self.newest.as_ref());
        if oldest.is_none_or(|oldest| oldest.1 > pane) {
            return;
        }
        let stays = |span: &Span| span.1 > pane || is_needed(span.0, span.1);
        self.earlier.retain(stays);
        if self.newest.as_ref().is_some_and(|newest| !stays(newest)) {
            self.newest = self.earlier.pop();
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
            assert_eq!(Kept::from(contacts(&panes)).spans, [(10, 15), (17, 23)]);
        }
        let mut contacts = contacts(&[10, 20]);
        let observed = |over| -> Vec<i64> {
            let mut marks = [0; 17];
            contacts.mark(8, over, &mut marks);
            let mut now = 0_u64;
            let marked = (8..25).zip(marks).filter(|(_, mark)| {
                now = now.wrapping_add(*mark);
                now == 1
            });
            marked.map(|(pane, _)| pane).collect()
        };
        assert_eq!(observed((0, 100)), [10, 11, 12, 20, 21, 22]);
        assert_eq!(observed((12, 21)), [12, 20]);
        contacts.forget_before(23, |from, _| from == 10);
        assert_eq!(contacts.newest, Some((10, 13)), "somebody lags behind");
        contacts.forget_before(23, |_, _| false);
        assert_eq!(contacts.newest, None);
    }
}
