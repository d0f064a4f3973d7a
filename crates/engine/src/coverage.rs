//! Which panes a camera was there for: "no data" told apart from "no people".
//!
//! A pane is observed when the camera was heard from in it, or when it lies between two panes with contact that are
//! at most the allowed gap apart. That depends only on the set of contacts, so order and lateness cannot change it.

use throng_model::pane::PANES_PER_MINUTE;

/// The contacts of some minutes in a row, one bit a pane.
#[derive(Clone, Debug)]
pub(crate) struct Contacts {
    /// Minutes in a row, oldest first; six bits each.
    minutes: Vec<u8>,
}

impl Contacts {
    /// From the contact bits of consecutive minutes.
    pub fn new(minutes: Vec<u8>) -> Self {
        Self { minutes }
    }

    /// How many panes of each minute were observed, when contacts at most `gap` panes apart vouch for what lies
    /// between them.
    pub fn observed(&self, gap: i64) -> Vec<u64> {
        let mut observed = vec![0; self.minutes.len()];
        let mut count = |pane: i64| {
            if let Some(minute) = observed.get_mut((pane / PANES_PER_MINUTE) as usize) {
                *minute += 1;
            }
        };
        let mut previous: Option<i64> = None;
        for pane in self.panes() {
            if let Some(previous) = previous.filter(|previous| pane - previous <= gap) {
                (previous + 1..pane).for_each(&mut count);
            }
            count(pane);
            previous = Some(pane);
        }
        observed
    }

    fn panes(&self) -> impl Iterator<Item = i64> + '_ {
        self.minutes.iter().enumerate().flat_map(|(minute, bits)| {
            (0..PANES_PER_MINUTE)
                .filter(move |pane| bits & (1 << pane) != 0)
                .map(move |pane| minute as i64 * PANES_PER_MINUTE + pane)
        })
    }
}

/// How many minutes around a contact its coverage can reach.
pub(crate) fn reach_minutes(gap: i64) -> i64 {
    gap.div_euclid(PANES_PER_MINUTE) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_vouch_for_short_silences_only() {
        // Contacts in panes 0, 5 and 17.
        let contacts = Contacts::new(vec![0b10_0001, 0, 0b10_0000]);
        assert_eq!(contacts.observed(9), [6, 0, 1], "12 panes are too long a silence");
        assert_eq!(contacts.observed(12), [6, 6, 6]);
        assert_eq!(contacts.observed(4), [2, 0, 1]);
        assert_eq!(Contacts::new(vec![0, 0]).observed(9), [0, 0]);
    }
}
