//! The factor of a closed day: the miscount shared between its crossings, so that in and out become equal.
//!
//! - two-sided: `in' = in · √(Σout/Σin)`, `out' = out · √(Σin/Σout)`; both sums become `√(Σin · Σout)`. Nobody knows which
//!   direction was wrong, so each takes half (in logarithms).
//! - one-sided: `out' = out · Σin/Σout`, for sites that trust their entries.
//!
//! In thousandths of a person and whole-number arithmetic, so every machine finds the same and the scaled sums of a
//! whole day are equal to the last digit.
//!
//! A factor is an assumption (all doors are counted, errors are in proportion), so it has guards: at least 50 entries,
//! and a ratio out to in between 0.5 and 2. Outside that ratio people probably used another door.

use throng_model::Measure;
pub use throng_model::counting::Sides;

/// Entries below which a ratio is chance.
pub const ENTRIES_MIN: u64 = 50;
/// The largest believable ratio of one direction to the other.
pub const RATIO_MAX: u64 = 2;

/// Why a day has no factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFactor {
    /// Fewer than [`ENTRIES_MIN`] people came in.
    TooFewEntries,
    /// One direction has more than [`RATIO_MAX`] times the other: is a door missing?
    RatioOutside,
}

impl NoFactor {
    /// The word in API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            NoFactor::TooFewEntries => "too_few_entries",
            NoFactor::RatioOutside => "ratio_outside",
        }
    }
}

/// What the counts of a day are multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    people_in: u64,
    people_out: u64,
    sides: Sides,
}

impl Factor {
    /// From the sums of a closed day.
    pub fn of(people_in: u64, people_out: u64, sides: Sides) -> Result<Self, NoFactor> {
        let far = |few: u64, many: u64| many > few.saturating_mul(RATIO_MAX);
        // First: a day with few entries and many exits is the very day on which a door is missing.
        if far(people_in, people_out) || far(people_out, people_in) {
            return Err(NoFactor::RatioOutside);
        }
        if people_in < ENTRIES_MIN {
            return Err(NoFactor::TooFewEntries);
        }
        Ok(Self {
            people_in,
            people_out,
            sides,
        })
    }

    /// What each entry counts for, people.
    pub fn of_entries(self) -> f64 {
        match self.sides {
            Sides::Two => (self.people_out as f64 / self.people_in as f64).sqrt(),
            Sides::One => 1.0,
        }
    }

    /// What each exit counts for, people.
    pub fn of_exits(self) -> f64 {
        match self.sides {
            Sides::Two => (self.people_in as f64 / self.people_out as f64).sqrt(),
            Sides::One => self.people_in as f64 / self.people_out as f64,
        }
    }

    /// So many entries together, in thousandths of a person, rounded down. Sums are scaled, not steps, so rounding does
    /// not add up.
    pub fn entries(self, people: u64) -> i64 {
        match self.sides {
            Sides::Two => scaled_by_root(people, self.people_out, self.people_in),
            Sides::One => milli(u128::from(people) * SCALE),
        }
    }

    /// So many exits together, in thousandths of a person, rounded down.
    pub fn exits(self, people: u64) -> i64 {
        match self.sides {
            Sides::Two => scaled_by_root(people, self.people_in, self.people_out),
            Sides::One => {
                let product = u128::from(people) * SCALE * u128::from(self.people_in);
                milli(product / u128::from(self.people_out))
            }
        }
    }
}

const SCALE: u128 = Measure::SCALE as u128;

/// `people · √(to / from)` in thousandths, by `√(people² · 10⁶ · to / from)`: rounded once.
fn scaled_by_root(people: u64, to: u64, from: u64) -> i64 {
    let square = (u128::from(people) * SCALE).pow(2);
    milli((square.saturating_mul(u128::from(to)) / u128::from(from)).isqrt())
}

fn milli(value: u128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // √(441/400) is 21/20: each entry counts 5 % more, both sums become 420.
        let two = Factor::of(400, 441, Sides::Two).expect("a factor");
        assert_eq!((two.entries(20), two.exits(21)), (21_000, 20_000));
        assert_eq!((two.entries(400), two.exits(441)), (420_000, 420_000));
        assert!((two.of_entries() - 1.05).abs() < 1e-12 && (two.of_exits() * 1.05 - 1.0).abs() < 1e-12);
        let one = Factor::of(400, 500, Sides::One).expect("a factor");
        assert_eq!(
            (one.entries(7), one.exits(5), one.of_exits()),
            (7_000, 4_000, 0.8)
        );
    }

    #[test]
    fn a_day_that_cannot_be_believed_is_not_corrected() {
        let factor = |people_in, people_out| Factor::of(people_in, people_out, Sides::Two).err();
        assert_eq!(factor(50, 100), None, "just inside");
        assert_eq!(factor(50, 101), Some(NoFactor::RatioOutside));
        assert_eq!(factor(100, 49), Some(NoFactor::RatioOutside));
        assert_eq!(factor(0, 23), Some(NoFactor::RatioOutside));
        assert_eq!(factor(49, 49), Some(NoFactor::TooFewEntries));
        assert_eq!(
            factor(0, 0),
            Some(NoFactor::TooFewEntries),
            "nobody is no missing door"
        );
    }

    proptest! {
        #[test]
        fn scaled_sums_of_a_day_are_equal(people_in in ENTRIES_MIN..2_000_000, thousandths in 500u64..=2_000) {
            let people_out = (people_in * thousandths).div_ceil(1_000).min(people_in * 2);
            for sides in [Sides::Two, Sides::One] {
                let factor = Factor::of(people_in, people_out, sides).expect("inside the guards");
                prop_assert_eq!(factor.entries(people_in), factor.exits(people_out));
                // The exact way and the shown factor are the same number.
                let shown = factor.of_exits() * people_out as f64 * 1_000.0;
                prop_assert!((factor.exits(people_out) as f64 - shown).abs() <= 1.0 + shown * 1e-9);
            }
        }
    }
}
