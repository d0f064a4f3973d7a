//! Which counted windows count, said as plainly as possible: all reports at once, and of windows that overlap the one that was
//! said first.

use super::counters::People;
use std::collections::BTreeMap;
use throng_model::{CameraId, Event, EventBody, EventId, LineId, TimeRange, Timestamp};

/// One report: when it was sent, its id, and whom it counts.
type Report = (Timestamp, EventId, People);

/// What was said of each window of a counter.
type Said = BTreeMap<(Timestamp, Timestamp), Vec<Report>>;

/// A window that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// What its last report says.
    pub people: People,
}

impl Held {
    /// From when to when.
    pub fn over(&self) -> TimeRange {
        TimeRange {
            start: self.start,
            end: self.end,
        }
    }

    /// The moment its people are known at.
    pub fn at(&self) -> Timestamp {
        self.end.plus(-1)
    }
}

/// The windows of all cameras that count.
pub fn held<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<(CameraId, Held)> {
    let mut said: BTreeMap<(&CameraId, &LineId), Said> = BTreeMap::new();
    for event in events {
        if let EventBody::Count {
            counter,
            over,
            people_in,
            people_out,
            people_pass,
        } = &event.body
        {
            let people = [*people_in, *people_out, *people_pass].map(u64::from);
            let windows = said.entry((&event.camera, counter)).or_default();
            let reports = windows.entry((over.start, over.end)).or_default();
            reports.push((event.sent.unwrap_or(event.at), event.id, people));
        }
    }
    let mut all = Vec::new();
    for ((camera, _), windows) in said {
        let mut first_said: Vec<_> = windows
            .into_iter()
            .filter_map(|(over, reports)| Some((*reports.iter().min()?, over, *reports.iter().max()?)))
            .collect();
        first_said.sort_unstable();
        let mut counting: Vec<Held> = Vec::new();
        for (_, (start, end), (_, _, people)) in first_said {
            if counting
                .iter()
                .all(|other| end <= other.start || other.end <= start)
            {
                counting.push(Held { start, end, people });
            }
        }
        all.extend(counting.into_iter().map(|held| (camera.clone(), held)));
    }
    all
}
