#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use throng_model::camera::Camera;
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::{CameraId, Summary};

/// The minutes of one camera, as they are stored.
#[derive(Default)]
struct Stored(BTreeMap<Timestamp, Row>);

impl RowSource for Stored {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self
            .0
            .get(&key.start)
            .filter(|_| key.rung == Rung::Minute)
            .cloned())
    }

    fn rows(&self, _: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let rows = self
            .0
            .range(range.start..range.end)
            .filter(|_| rung == Rung::Minute);
        Ok(rows.map(|(start, row)| (*start, row.clone())).collect())
    }
}

/// A source that must not be asked.
struct Nobody;

impl RowSource for Nobody {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Err(Fault::internal(format!("asked for {key:?}")))
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        Err(Fault::internal(format!("asked for {rung} {range:?} of {scope}")))
    }
}

/// The hours of one camera, as they are stored, and how often one was asked for.
#[derive(Default)]
struct Hours {
    stored: BTreeMap<Timestamp, Row>,
    asked: Cell<usize>,
}

impl RowSource for Hours {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        assert_eq!(key.rung, Rung::Hour);
        self.asked.update(|asked| asked + 1);
        Ok(self.stored.get(&key.start).cloned())
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        Nobody.rows(scope, rung, range)
    }
}

fn directory(heartbeat_s: u32) -> Directory {
    let camera = Camera {
        id: CameraId::new("door").unwrap(),
        name: String::new(),
        lines: Vec::new(),
        memberships: Vec::new(),
        heartbeat_s,
        registered: None,
    };
    Directory::new(&Site::new(Vec::new(), vec![camera]).unwrap(), 3)
}

fn minute(number: i64) -> Timestamp {
    Timestamp(number * MINUTE)
}

fn span(from: i64, to: i64) -> TimeRange {
    TimeRange {
        start: minute(from),
        end: minute(to),
    }
}

/// One flush that hears of a minute.
fn hear(desk: &mut Desk, directory: &Directory, stored: &mut Stored, number: i64, contacts: u8) {
    let mut work = desk.with(&*stored);
    let row = work
        .change(directory.scopes[0].who(), Rung::Minute, minute(number))
        .unwrap();
    row.minute.contacts |= contacts;
    row.observed = u64::from(row.minute.contacts.count_ones());
    row.set_measure(throng_model::Measure::In, Summary::of(1));
    let changed = work.finish(|_| &directory.scopes[0].scope);
    for (key, row) in changed {
        stored.0.insert(key.start, Row::clone(&row));
    }
}

fn told(work: &mut Work<'_>, directory: &Directory, range: TimeRange) -> Vec<(i64, u8, u32)> {
    let minutes = work.past_minutes(directory.scopes[0].who(), range).unwrap();
    let told = minutes.iter();
    told.map(|minute| (minute.start.0 / MINUTE, minute.contacts, minute.observed))
        .collect()
}

#[test]
fn hours_of_silence_are_remembered_without_their_rows() {
    let directory = directory(3_600);
    let (mut desk, mut stored) = (Desk::new(&directory), Stored::default());
    desk.nothing_after(0, minute(999));
    for number in 1_000..2_000 {
        hear(&mut desk, &directory, &mut stored, number, 1);
    }
    let at_hand: usize = desk.scopes[0].iter().map(|shelf| shelf.sheets.len()).sum();
    assert_eq!(at_hand, MINUTES_KEPT);
    // A minute that was put away is changed by a late contact.
    hear(&mut desk, &directory, &mut stored, 1_900, 0b100);
    let looked_at = span(2_000 - 364, 2_100);
    let got = told(&mut desk.with(&Nobody), &directory, looked_at);
    let expected = |number| {
        if number == 1_900 {
            (number, 0b101, 2)
        } else {
            (number, 1, 1)
        }
    };
    assert_eq!(got, (2_000 - 364..2_000).map(expected).collect::<Vec<_>>());
    // Further back the store is asked.
    let got = told(&mut desk.with(&stored), &directory, span(1_200, 1_210));
    assert_eq!(got.len(), 10);
}

#[test]
fn a_camera_that_speaks_often_is_remembered_by_its_rows_alone() {
    let directory = directory(30);
    let (mut desk, mut stored) = (Desk::new(&directory), Stored::default());
    desk.nothing_after(0, minute(0));
    for number in 1..20 {
        hear(&mut desk, &directory, &mut stored, number, 1);
    }
    // Read once for a late event, then changed, and read again.
    let mut work = desk.with(&stored);
    assert_eq!(
        told(&mut work, &directory, span(1, 4)),
        [(1, 1, 1), (2, 1, 1), (3, 1, 1)]
    );
    assert!(work.finish(|_| &directory.scopes[0].scope).is_empty());
    hear(&mut desk, &directory, &mut stored, 2, 0b10);
    let got = told(&mut desk.with(&stored), &directory, span(1, 4));
    assert_eq!(got, [(1, 1, 1), (2, 0b11, 2), (3, 1, 1)]);
}

#[test]
fn the_hour_before_is_loaded_where_it_changes() {
    let directory = directory(30);
    let (mut desk, mut hours) = (Desk::new(&directory), Hours::default());
    let hour = |number| Timestamp(number * HOUR);
    desk.nothing_after(0, hour(9));
    let mut flush = |numbers: &[i64]| {
        let mut work = desk.with(&hours);
        for number in numbers {
            let row = work.change(directory.scopes[0].who(), Rung::Hour, hour(*number));
            row.unwrap().observed += 1;
        }
        let changed = work.finish(|_| &directory.scopes[0].scope);
        hours
            .stored
            .extend(changed.into_iter().map(|(key, row)| (key.start, (*row).clone())));
        let at_hand = desk.scopes[0][shelf_of(Rung::Hour)].sheets.len();
        (at_hand, hours.asked.get())
    };
    assert_eq!([flush(&[10]), flush(&[10, 11]), flush(&[11])], [(1, 0); 3]);
    assert_eq!(flush(&[10, 11]), (1, 1));
    assert_eq!(flush(&[10]), (1, 2), "put away again");
    let observed = |number| hours.stored[&hour(number)].observed;
    assert_eq!([10, 11].map(observed), [4, 3]);
}
