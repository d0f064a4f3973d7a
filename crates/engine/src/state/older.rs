//! Scopes as states of earlier builds have them. Up to version 6 they told how many are inside of this day and of the next, and
//! not how they came about; the rows do, and the first flush reads them.

use super::Memory;
use crate::engine::ScopeMemory;
use crate::inside::Inside;
use crate::levels::{Marks, Tail};
use crate::occupancy::Level;
use crate::open::Open;
use crate::present::Present;
use crate::source::Source;
use serde::Deserialize;
use throng_model::row::older::FactsWithoutSaid;
use throng_model::{TimeRange, Timestamp};

/// A scope up to version 6; what it was at the moment changed within.
#[derive(Deserialize)]
pub(super) struct OlderScope<P> {
    present: P,
    tail: Option<TailOfVersion7>,
    frontier: Option<Timestamp>,
}

/// A scope of version 7, which took a word for said at its own time.
#[derive(Deserialize)]
pub(super) struct ScopeOfVersion7 {
    present: Present,
    tail: Option<TailOfVersion7>,
    open: OpenOfVersion7,
    frontier: Option<Timestamp>,
}

#[derive(Deserialize)]
struct OpenOfVersion7 {
    from: Option<TailOfVersion7>,
    minutes: Vec<(Timestamp, FactsWithoutSaid)>,
}

#[derive(Clone, Copy, Deserialize)]
struct TailOfVersion7 {
    minute: Timestamp,
    level: LevelOfVersion7,
}

/// Who spoke last is not known; whoever speaks next is believed.
#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct LevelOfVersion7 {
    raw: i64,
    floor: i64,
}

impl From<LevelOfVersion7> for Level {
    fn from(level: LevelOfVersion7) -> Self {
        Self {
            raw: level.raw,
            floor: level.floor,
            said: None,
        }
    }
}

impl From<TailOfVersion7> for Tail {
    fn from(tail: TailOfVersion7) -> Self {
        Self {
            minute: tail.minute,
            level: tail.level.into(),
        }
    }
}

pub(super) type ScopeOfVersion3 = OlderScope<PresentOfVersion3>;
pub(super) type ScopeOfVersion5 = OlderScope<PresentOfVersion5>;
pub(super) type ScopeOfVersion6 = OlderScope<PresentOfVersion6>;

/// Of versions 1 to 3, in which the latest event was also how far the time had come.
#[derive(Deserialize)]
pub(super) struct PresentOfVersion3 {
    today: Option<TimeRange>,
    in_today: i64,
    out_today: i64,
    occupancy_day: Option<TimeRange>,
    level: LevelOfVersion7,
    as_of: Option<Timestamp>,
}

/// Of versions 4 and 5, which counted nobody of unknown direction: whom they counted of today is not known, and today's count is
/// short of them until midnight.
#[derive(Deserialize)]
pub(super) struct PresentOfVersion5 {
    today: Option<TimeRange>,
    in_today: i64,
    out_today: i64,
    occupancy_day: Option<TimeRange>,
    level: LevelOfVersion7,
    as_of: Option<Timestamp>,
    latest: Option<Timestamp>,
    tomorrow: (i64, i64),
    next_level: LevelOfVersion7,
}

/// Of version 6.
#[derive(Deserialize)]
pub(super) struct PresentOfVersion6 {
    today: Option<TimeRange>,
    in_today: i64,
    out_today: i64,
    pass_today: i64,
    occupancy_day: Option<TimeRange>,
    level: LevelOfVersion7,
    as_of: Option<Timestamp>,
    latest: Option<Timestamp>,
    tomorrow: [i64; 3],
    next_level: LevelOfVersion7,
}

impl From<PresentOfVersion3> for PresentOfVersion6 {
    fn from(present: PresentOfVersion3) -> Self {
        Self {
            today: present.today,
            in_today: present.in_today,
            out_today: present.out_today,
            pass_today: 0,
            occupancy_day: present.occupancy_day,
            level: present.level,
            as_of: present.as_of,
            latest: present.as_of,
            tomorrow: [0; 3],
            next_level: LevelOfVersion7::default(),
        }
    }
}

impl From<PresentOfVersion5> for PresentOfVersion6 {
    fn from(present: PresentOfVersion5) -> Self {
        Self {
            today: present.today,
            in_today: present.in_today,
            out_today: present.out_today,
            pass_today: 0,
            occupancy_day: present.occupancy_day,
            level: present.level,
            as_of: present.as_of,
            latest: present.latest,
            tomorrow: [present.tomorrow.0, present.tomorrow.1, 0],
            next_level: present.next_level,
        }
    }
}

impl<P: Into<PresentOfVersion6>> From<OlderScope<P>> for ScopeMemory {
    fn from(scope: OlderScope<P>) -> Self {
        let present: PresentOfVersion6 = scope.present.into();
        let day = present.occupancy_day;
        let (level, next) = (present.level.into(), present.next_level.into());
        let tail = scope.tail.map(Tail::from);
        let open = day.map(|day| Open::of_levels(tail, day, level, next));
        Self {
            open: open.unwrap_or_default(),
            present: Present {
                today: present.today,
                in_today: present.in_today,
                out_today: present.out_today,
                pass_today: present.pass_today,
                occupancy_day: present.occupancy_day,
                as_of: present.as_of,
                latest: present.latest,
                tomorrow: present.tomorrow,
            },
            tail,
            marks: Marks::default(),
            inside: Inside::default(),
            frontier: scope.frontier,
            flushed: None,
            stored: None,
        }
    }
}

impl From<ScopeOfVersion7> for ScopeMemory {
    fn from(scope: ScopeOfVersion7) -> Self {
        let minutes = scope.open.minutes.into_iter();
        let minutes = minutes.map(|(minute, facts)| (minute, facts.into()));
        Self {
            present: scope.present,
            tail: scope.tail.map(Tail::from),
            marks: Marks::default(),
            inside: Inside::default(),
            open: Open::of(scope.open.from.map(Tail::from), minutes.collect()),
            frontier: scope.frontier,
            flushed: None,
            stored: None,
        }
    }
}

impl<S: Into<Source>, M: Into<ScopeMemory>> Memory<S, M> {
    pub(super) fn into_newest(self) -> Memory<Source, ScopeMemory> {
        let (sources, scopes) = (self.sources.into_iter(), self.scopes.into_iter());
        Memory {
            counts: self.counts,
            sources: sources.map(|(camera, source)| (camera, source.into())).collect(),
            scopes: scopes.map(|(scope, memory)| (scope, memory.into())).collect(),
        }
    }
}
