//! A camera that may be silent for an hour looks hours back, but not into the store each time.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/rows.rs"]
mod rows;
mod shop;

use rows::Rows;
use std::cell::Cell;
use throng_engine::{Engine, RowSource, Rules};
use throng_model::event::Direction;
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, EventId, Fault, LineId, Rung, Scope, TimeRange, Timestamp};

/// 10:00 on a day in 2026.
const TEN: Timestamp = Timestamp(1_774_778_400 * SECOND);

/// Rows in memory that know how often they were asked for.
#[derive(Default)]
struct Asked {
    rows: Rows,
    times: Cell<usize>,
}

impl RowSource for Asked {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        self.times.set(self.times.get() + 1);
        self.rows.row(key)
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        self.times.set(self.times.get() + 1);
        self.rows.rows(scope, rung, range)
    }
}

fn crossing(minute: i64) -> Event {
    let body = EventBody::Line {
        line: LineId::new("main").expect("id"),
        dir: Direction::In,
        n: 1,
    };
    Event {
        id: EventId::from_u128(minute as u128),
        camera: CameraId::new("door").expect("id"),
        boot: None,
        seq: None,
        at: TEN.plus(minute * MINUTE),
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    }
}

fn site() -> Site {
    let door = shop::camera("door", Vec::new(), 3_600);
    Site::new(shop::places("UTC", 0), vec![door]).expect("valid")
}

/// Folds the crossing of one minute and flushes; gives how often rows were asked for.
fn minute(engine: &mut Engine, asked: &mut Asked, minute: i64) -> usize {
    let event = crossing(minute);
    engine.fold(&event, event.at);
    let before = asked.times.get();
    for (key, row) in engine.flush(&*asked).expect("flushes") {
        asked.rows.0.insert(key, Row::clone(&row));
    }
    asked.times.get() - before
}

#[test]
fn a_flush_asks_for_no_row_it_had_a_while_ago() {
    let (mut engine, mut asked) = (Engine::new(&site(), Rules::default()), Asked::default());
    for at in 0..120 {
        minute(&mut engine, &mut asked, at);
    }
    assert_eq!(minute(&mut engine, &mut asked, 120), 0);
    // After a restart they are read once.
    let kept = engine.save().expect("bytes");
    let mut engine = Engine::restore(&site(), Rules::default(), &kept).expect("reads");
    assert!(minute(&mut engine, &mut asked, 121) > 0);
    for at in 122..125 {
        minute(&mut engine, &mut asked, at);
    }
    assert_eq!(minute(&mut engine, &mut asked, 125), 0);

    let door = RowKey {
        scope: Scope::Camera(CameraId::new("door").expect("id")),
        rung: Rung::Hour,
        start: TEN.plus(HOUR),
    };
    let row = asked.row(&door).expect("reads").expect("is there");
    assert_eq!(row.observed, 360, "silence is covered all the same");
}
