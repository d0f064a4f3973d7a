//! The windows that are cut from the stream of events, and the one table that names them.
//!
//! Windows of time are counted from 1970 in UTC, whatever the zone: a sliding minute is the same everywhere. What follows
//! a clock on a wall (hours, days, weeks, months) is a [rung](crate::rung), and [`WindowKind::Cumulate`], which grows from
//! local midnight.

use crate::fault::{Fault, FaultCode};
use crate::measures::Measures;
use crate::pane::PANE;
use crate::time::{HOUR, MINUTE};
use crate::time::{TimeRange, Timestamp};
use serde::{Deserialize, Serialize};

/// How a window is cut. All widths in microseconds and multiples of [`PANE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WindowKind {
    /// One after the other, no gap, no overlap.
    Tumbling {
        /// From start to end.
        width: i64,
    },
    /// A new one every `slide`, each `width` long: every event lies in `width / slide` of them.
    Sliding {
        /// From start to end, a multiple of `slide`.
        width: i64,
        /// From start to start.
        slide: i64,
    },
    /// As long as something happens: ends when nothing did for `gap`.
    Session {
        /// The silence that ends it.
        gap: i64,
    },
    /// So many events, then the next.
    CountTumbling {
        /// How many.
        events: u32,
    },
    /// The last so many events, a new one every `slide` events.
    CountSliding {
        /// How many, a multiple of `slide`.
        events: u32,
        /// Events from start to start.
        slide: u32,
    },
    /// Grows from local midnight: the day so far, given out every `step`.
    Cumulate {
        /// From one giving out to the next, a multiple of a minute.
        step: i64,
    },
}

impl WindowKind {
    /// The word used in configuration and API.
    pub fn as_str(self) -> &'static str {
        match self {
            WindowKind::Tumbling { .. } => "tumbling",
            WindowKind::Sliding { .. } => "sliding",
            WindowKind::Session { .. } => "session",
            WindowKind::CountTumbling { .. } => "count",
            WindowKind::CountSliding { .. } => "sliding_count",
            WindowKind::Cumulate { .. } => "cumulate",
        }
    }
}

/// One window of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The word used in configuration, API and on the screen.
    pub name: String,
    /// How it is cut.
    pub kind: WindowKind,
}

/// How something given out changes its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// The window has ended: this is what it holds.
    Closed,
    /// Events came after the window had been given out: this is what they add. A new revision.
    Late,
    /// A late event closed the gap between two sessions: the one that began at `from` is now part of this one, and what was
    /// given out under that start belongs here, too.
    Joined {
        /// The start under which it was given out before.
        from: Timestamp,
    },
}

/// A window that ended, with everything that was added to it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowNow {
    /// Which of the table.
    pub window: Window,
    /// From when to when. Of a session: from its first event to its last plus the gap; of a count window: from its first
    /// event to just after its last.
    pub range: TimeRange,
    /// Which window of its scope, counted from 0; of count windows only.
    pub ordinal: Option<u64>,
    /// How often something was added after it had been given out.
    pub revision: u32,
    /// How many events.
    pub events: u64,
    /// Panes in which a camera of the scope had been heard from shortly before, summed over the cameras.
    pub observed: u64,
    /// Panes there are, times cameras; 0 where the window is not about whole panes.
    pub expected: u64,
    /// What was measured.
    pub measures: Measures,
}

impl WindowNow {
    /// How much of the window was observed, 0 to 1; none where it cannot be told.
    pub fn coverage(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.observed as f64 / self.expected as f64)
    }
}

/// All windows of an installation. Checked: what is in here can be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowTable(Vec<Window>);

impl WindowTable {
    /// Checks a list of windows.
    pub fn new(windows: Vec<Window>) -> Result<Self, Fault> {
        for (place, window) in windows.iter().enumerate() {
            let refuse = |why: &str| {
                Err(Fault::new(
                    FaultCode::InvalidConfiguration,
                    format!("window {:?} {why}", window.name),
                ))
            };
            if windows.iter().take(place).any(|other| other.name == window.name) {
                return refuse("is there twice");
            }
            match window.kind {
                WindowKind::Tumbling { width } if !is_panes(width) => {
                    return refuse("is not a number of 10-second panes wide");
                }
                WindowKind::Sliding { width, slide } if !is_panes(slide) || !is_parts(width, slide) => {
                    return refuse(
                        "is not a number of slides wide, or its slide is not a number of 10-second panes",
                    );
                }
                WindowKind::Session { gap } if !is_panes(gap) => {
                    return refuse("has a gap that is not a number of 10-second panes");
                }
                WindowKind::CountTumbling { events: 0 } => return refuse("holds no event"),
                WindowKind::CountSliding { events, slide }
                    if slide == 0 || !is_parts(events.into(), slide.into()) =>
                {
                    return refuse("does not hold a number of slides");
                }
                WindowKind::Cumulate { step } if step <= 0 || step % MINUTE != 0 || step > 24 * HOUR => {
                    return refuse("has a step that is not a number of minutes of one day");
                }
                _ => {}
            }
        }
        let table = Self(windows);
        table.check_ladder(
            "seconds",
            crate::time::SECOND,
            table.iter().filter_map(|window| match window.kind {
                WindowKind::Tumbling { width } => Some(width),
                WindowKind::Sliding { slide, .. } => Some(slide),
                _ => None,
            }),
        )?;
        table.check_ladder(
            "events",
            1,
            table.iter().filter_map(|window| match window.kind {
                WindowKind::CountTumbling { events } => Some(events.into()),
                WindowKind::CountSliding { slide, .. } => Some(slide.into()),
                _ => None,
            }),
        )?;
        Ok(table)
    }

    /// Coarser steps are merged from finer ones, so each must be a multiple of the one before.
    fn check_ladder(&self, unit: &str, scale: i64, steps: impl Iterator<Item = i64>) -> Result<(), Fault> {
        let mut steps: Vec<i64> = steps.collect();
        steps.sort_unstable();
        for pair in steps.windows(2) {
            if let [finer, coarser] = pair
                && coarser % finer != 0
            {
                return Err(Fault::new(
                    FaultCode::InvalidConfiguration,
                    format!(
                        "a window every {} {unit} cannot be merged from one every {} {unit}",
                        coarser / scale,
                        finer / scale
                    ),
                ));
            }
        }
        Ok(())
    }

    /// In the order of the table; the place in it is the window's number.
    pub fn iter(&self) -> impl Iterator<Item = &Window> {
        self.0.iter()
    }

    /// By number.
    pub fn get(&self, number: usize) -> Option<&Window> {
        self.0.get(number)
    }
}

impl Default for WindowTable {
    fn default() -> Self {
        let second = crate::time::SECOND;
        let windows = [
            ("minute", WindowKind::Tumbling { width: MINUTE }),
            ("five_minutes", WindowKind::Tumbling { width: 5 * MINUTE }),
            ("hour", WindowKind::Tumbling { width: HOUR }),
            (
                "sliding_minute",
                WindowKind::Sliding {
                    width: MINUTE,
                    slide: 10 * second,
                },
            ),
            (
                "sliding_five_minutes",
                WindowKind::Sliding {
                    width: 5 * MINUTE,
                    slide: MINUTE,
                },
            ),
            ("session_five_minutes", WindowKind::Session { gap: 5 * MINUTE }),
            ("session_thirty_minutes", WindowKind::Session { gap: 30 * MINUTE }),
            ("count_100", WindowKind::CountTumbling { events: 100 }),
            ("count_1000", WindowKind::CountTumbling { events: 1_000 }),
            ("count_10000", WindowKind::CountTumbling { events: 10_000 }),
            (
                "sliding_count_100",
                WindowKind::CountSliding {
                    events: 100,
                    slide: 10,
                },
            ),
            (
                "sliding_count_1000",
                WindowKind::CountSliding {
                    events: 1_000,
                    slide: 100,
                },
            ),
            ("day_so_far", WindowKind::Cumulate { step: HOUR }),
        ];
        Self(
            windows
                .into_iter()
                .map(|(name, kind)| Window {
                    name: name.to_owned(),
                    kind,
                })
                .collect(),
        )
    }
}

fn is_panes(width: i64) -> bool {
    is_parts(width, PANE)
}

fn is_parts(whole: i64, part: i64) -> bool {
    part > 0 && whole > 0 && whole % part == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::time::SECOND;

    fn one(kind: WindowKind) -> Result<WindowTable, Fault> {
        WindowTable::new(vec![Window {
            name: "w".to_owned(),
            kind,
        }])
    }

    #[test]
    fn the_default_table_is_sound() {
        let table = WindowTable::default();
        assert_eq!(WindowTable::new(table.0.clone()).unwrap(), table);
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        for kind in [
            WindowKind::Tumbling { width: 15 * SECOND },
            WindowKind::Tumbling { width: 0 },
            WindowKind::Sliding {
                width: MINUTE,
                slide: 0,
            },
            WindowKind::Sliding {
                width: MINUTE,
                slide: 40 * SECOND,
            },
            WindowKind::Session { gap: -10 * SECOND },
            WindowKind::CountTumbling { events: 0 },
            WindowKind::CountSliding {
                events: 100,
                slide: 30,
            },
            WindowKind::Cumulate { step: 90 * SECOND },
        ] {
            assert!(one(kind).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn every_step_is_merged_from_the_one_before() {
        let windows = [40 * SECOND, 60 * SECOND].map(|width| Window {
            name: width.to_string(),
            kind: WindowKind::Tumbling { width },
        });
        let fault = WindowTable::new(windows.to_vec()).unwrap_err();
        assert!(fault.to_string().contains("60 seconds"), "{fault}");
    }

    #[test]
    fn names_are_given_once() {
        let window = Window {
            name: "w".to_owned(),
            kind: WindowKind::Session { gap: MINUTE },
        };
        assert!(WindowTable::new(vec![window.clone(), window]).is_err());
    }
}
