//! The one table that names the windows, checked.

use super::{Window, WindowKind};
use crate::fault::{Fault, FaultCode};
use crate::pane::PANE;
use crate::time::{HOUR, MINUTE};

/// All windows of an installation. Checked: what is in here can be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowTable(Vec<Window>);

/// So many windows at most, each this wide at most and of so many slides. What is open of a window is kept in memory for every
/// camera and place, so a slip in a configuration file must be refused and not tried.
const WINDOWS_MAX: usize = 64;
const WIDTH_MAX: i64 = 366 * 24 * HOUR;
const SLIDES_MAX: i64 = 10_000;

impl WindowTable {
    /// Checks a list of windows.
    pub fn new(windows: Vec<Window>) -> Result<Self, Fault> {
        if windows.len() > WINDOWS_MAX {
            return Err(Fault::new(
                FaultCode::InvalidConfiguration,
                format!("{} windows are more than {WINDOWS_MAX}", windows.len()),
            ));
        }
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
            if width(window.kind) > WIDTH_MAX {
                return refuse("is longer than 366 days");
            }
            if slides(window.kind) > SLIDES_MAX {
                return refuse("is more than 10,000 slides wide");
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

/// How long a window can be, or the silence that ends it; 0 where that is not a matter of time.
fn width(kind: WindowKind) -> i64 {
    match kind {
        WindowKind::Tumbling { width } | WindowKind::Sliding { width, .. } => width,
        WindowKind::Session { gap } => gap,
        WindowKind::CountTumbling { .. } | WindowKind::CountSliding { .. } | WindowKind::Cumulate { .. } => 0,
    }
}

/// Over how many others a window slides.
fn slides(kind: WindowKind) -> i64 {
    match kind {
        WindowKind::Sliding { width, slide } if slide > 0 => width / slide,
        WindowKind::CountSliding { events, slide } if slide > 0 => i64::from(events / slide),
        _ => 1,
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
    fn what_would_not_fit_into_memory_is_refused() {
        for kind in [
            WindowKind::Sliding {
                width: 2 * WIDTH_MAX,
                slide: WIDTH_MAX,
            },
            WindowKind::Sliding {
                width: 200_000 * SECOND,
                slide: 10 * SECOND,
            },
            WindowKind::CountSliding {
                events: 4_000_000_000,
                slide: 1,
            },
            WindowKind::Session {
                gap: WIDTH_MAX + 10 * SECOND,
            },
        ] {
            assert!(one(kind).is_err(), "{kind:?}");
        }
        let many = (0..=WINDOWS_MAX).map(|number| Window {
            name: number.to_string(),
            kind: WindowKind::CountTumbling { events: 10 },
        });
        assert!(WindowTable::new(many.collect()).is_err());
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
