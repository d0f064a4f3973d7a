//! The signs of life of a camera, and the silence over an outage between them.

use throng_model::Timestamp;
use throng_model::pane::{PANES_PER_MINUTE, pane_of};
use throng_model::row::MinuteFacts;

/// A pane in which a camera was heard from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contact {
    pub pane: i64,
    /// Whether its time had come then. If not, a clock is ahead, and what it told of a time to come was known before it.
    pub in_time: bool,
}

/// The contacts of a camera, ascending, of the bits of its minutes.
pub(super) fn contacts<'a>(minutes: impl Iterator<Item = (Timestamp, &'a MinuteFacts)>) -> Vec<Contact> {
    let heard = minutes.flat_map(|(start, facts)| {
        let first = pane_of(start);
        (0..PANES_PER_MINUTE)
            .filter(|pane| facts.contacts & (1 << pane) != 0)
            .map(move |pane| Contact {
                pane: first + pane,
                in_time: facts.contacts_in_time & (1 << pane) != 0,
            })
    });
    heard.collect()
}

/// The panes of an outage, which has those from one up to another, that are taken for observed because of contacts around them at
/// most `silence` panes apart, and must not be: those in a silence over more than half of it. What a clock that is ahead told of it
/// ends no silence, but is no part of what is lost.
pub(super) fn not_bridged(contacts: &[Contact], silence: i64, outage: (i64, i64)) -> std::ops::Range<i64> {
    let (start, end) = outage;
    let came_before = |contact: &Contact| !contact.in_time && (start..end).contains(&contact.pane);
    let mut silent_from = start;
    for pair in contacts.windows(2) {
        let [before, after] = pair else { continue };
        if !came_before(before) {
            silent_from = (before.pane + 1).max(start);
        }
        let until = after.pane.min(end);
        let is_bridged = after.pane - before.pane <= silence;
        if is_bridged && !came_before(after) && (until - silent_from) * 2 > end - start {
            return (before.pane + 1).max(start)..until;
        }
    }
    start..start
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::MINUTE;

    /// Panes 30 up to 90 are an outage of ten minutes, and the camera may be silent for fifteen.
    fn lost(panes: &[i64]) -> i64 {
        lost_beside(panes, &[])
    }

    /// The same where the clock of the camera was ahead and told of some panes before their time.
    fn lost_beside(panes: &[i64], ahead: &[i64]) -> i64 {
        let contact = |in_time| move |pane: &i64| Contact { pane: *pane, in_time };
        let told = panes.iter().map(contact(true));
        let mut contacts: Vec<_> = told.chain(ahead.iter().map(contact(false))).collect();
        contacts.sort_unstable_by_key(|contact| contact.pane);
        let panes = not_bridged(&contacts, 90, (30, 90));
        (panes.end - panes.start).max(0)
    }

    #[test]
    fn a_silence_over_an_outage_is_no_observation() {
        assert_eq!(lost(&[0, 29, 90, 120]), 60);
        assert_eq!(lost(&[0, 20, 100]), 60, "and only inside of it");
        assert_eq!(lost(&[0, 20, 115]), 0, "so long a silence was never bridged");
        assert_eq!(lost(&[0, 20]), 0);
        assert_eq!(lost(&[]), 0);
    }

    #[test]
    fn what_was_stored_and_sent_later_fills_it() {
        assert_eq!(lost(&[20, 35, 60, 85, 100]), 0);
        assert_eq!(lost(&[20, 60, 100]), 0, "every five minutes is a promise kept");
        assert_eq!(lost(&[20, 31, 100]), 58, "an event at the edge is none");
        assert_eq!(lost(&[20, 45, 100]), 44, "a single one tells of its own time");
    }

    #[test]
    fn what_a_clock_ahead_told_of_it_before_ends_no_silence_and_is_not_lost() {
        assert_eq!(lost_beside(&[0, 29, 100], &[35, 58]), 31);
        assert_eq!(lost_beside(&[100], &[0, 29, 35, 65]), 24, "it was always ahead");
        assert_eq!(
            lost_beside(&[29, 50, 70, 100], &[35]),
            0,
            "it sent the rest later"
        );
    }

    #[test]
    fn contacts_are_read_from_the_bits_of_minutes() {
        let facts = |contacts, contacts_in_time| MinuteFacts {
            contacts,
            contacts_in_time,
            ..MinuteFacts::default()
        };
        let minutes = [facts(0b10_0001, 0b10_0000), facts(0b00_0010, 0b00_0010)];
        let starts = [Timestamp(0), Timestamp(3 * MINUTE)];
        let contact = |(pane, in_time)| Contact { pane, in_time };
        assert_eq!(
            contacts(starts.into_iter().zip(&minutes)),
            [(0, false), (5, true), (19, true)].map(contact)
        );
    }
}
