//! How many events a second the engine folds and flushes on one core, all fields of every summary included.
//!
//! Workload W5: ten million line crossings of one day at a thousand cameras, lunch and evening peaks, up to three seconds
//! out of order. Rows go to a map in memory. Prints one line of JSON a run: `engine_bench [events] [cameras]`.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark speaks at the terminal"
)]

use std::collections::HashMap;
use std::time::Instant;
use throng_engine::{Engine, RowSource, Rules};
use throng_model::camera::{Camera, Membership};
use throng_model::event::Direction;
use throng_model::place::{Place, PlaceKind};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE};
use throng_model::{
    CameraId, Event, EventBody, EventId, Fault, LineId, PlaceId, Rung, Scope, TimeRange, Timestamp,
};
use throng_sim::random::Random;

/// 2026-11-20T00:00:00Z.
const DAY: Timestamp = Timestamp(1_795_132_800_000_000);

#[derive(Default)]
struct Memory(HashMap<RowKey, Row>);

impl RowSource for Memory {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let mut rows = Vec::new();
        // The engine asks for runs of minutes here; a map finds each in turn.
        let mut start = Timestamp(range.start.0.div_euclid(MINUTE) * MINUTE);
        while start < range.end {
            if let Some(row) = self.0.get(&RowKey {
                scope: scope.clone(),
                rung,
                start,
            }) {
                rows.push((start, row.clone()));
            }
            start = start.plus(MINUTE);
        }
        Ok(rows)
    }
}

fn site(cameras: usize) -> Site {
    let place = |id: &str, kind, parent: Option<&str>| Place {
        id: PlaceId::new(id).expect("id"),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 240,
    };
    let mut places = vec![
        place("org", PlaceKind::Organisation, None),
        place("house", PlaceKind::Building, Some("org")),
    ];
    for area in 0..10 {
        places.push(place(&format!("area-{area}"), PlaceKind::Area, Some("house")));
        places.extend((0..10).map(|zone| {
            place(
                &format!("zone-{area}-{zone}"),
                PlaceKind::Zone,
                Some(&format!("area-{area}")),
            )
        }));
    }
    let camera = |number: usize| Camera {
        id: CameraId::new(format!("camera-{number}")).expect("id"),
        name: String::new(),
        lines: Vec::new(),
        memberships: vec![Membership {
            zone: PlaceId::new(format!("zone-{}-{}", number / 10 % 10, number % 10)).expect("id"),
            boundary: PlaceKind::Building,
            since: None,
            until: None,
        }],
        heartbeat_s: 30,
    };
    Site::new(places, (0..cameras).map(camera).collect()).expect("site")
}

/// Moment, camera and confidence of each crossing, in the order they arrive.
fn crossings(events: usize, cameras: usize) -> Vec<(i64, u32, u16)> {
    let mut random = Random::new(7);
    let weight = |hour: f64| {
        (-((hour - 12.5) / 2.5f64).powi(2)).exp() + 1.2 * (-((hour - 18.0) / 2.0f64).powi(2)).exp() + 0.02
    };
    let total: f64 = (0..24).map(|hour| weight(f64::from(hour))).sum();
    let mut crossings = Vec::with_capacity(events);
    for hour in 0..24 {
        for _ in 0..(weight(f64::from(hour)) / total * events as f64) as usize {
            let at = i64::from(hour) * HOUR + random.below(HOUR as u64) as i64 / 1_000 * 1_000;
            crossings.push((
                at,
                random.below(cameras as u64) as u32,
                500 + random.below(500) as u16,
            ));
        }
    }
    crossings.sort_unstable();
    for crossing in &mut crossings {
        crossing.0 = (crossing.0 - random.below(3_000) as i64 * 1_000).max(0);
    }
    crossings
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<usize>().ok());
    let (events, cameras) = (
        arguments.next().unwrap_or(10_000_000),
        arguments.next().unwrap_or(1_000),
    );
    let site = site(cameras);
    let mut engine = Engine::new(&site, Rules::default());
    let ids: Vec<CameraId> = site.cameras().iter().map(|camera| camera.id.clone()).collect();
    let names: Vec<CameraId> = (0..cameras)
        .map(|number| CameraId::new(format!("camera-{number}")).expect("id"))
        .collect();
    assert_eq!(ids.len(), names.len());
    let crossings = crossings(events, cameras);
    let line = LineId::new("main").expect("id");
    let mut event = Event {
        id: EventId::nil(),
        camera: names.first().expect("a camera").clone(),
        boot: None,
        seq: None,
        at: DAY,
        sent: None,
        confidence: None,
        body: EventBody::Beat,
        rest: Box::from(""),
    };
    let mut memory = Memory::default();
    let (mut flushed, mut flushes, mut flushing) = (DAY, 0_u32, 0.0);
    let started = Instant::now();
    for (at, camera, confidence) in &crossings {
        event.at = DAY.plus(*at);
        event
            .camera
            .clone_from(names.get(*camera as usize).expect("a camera"));
        event.confidence = Some(*confidence);
        let dir = if confidence % 2 == 0 {
            Direction::In
        } else {
            Direction::Out
        };
        event.body = EventBody::Line {
            line: line.clone(),
            dir,
            n: 1,
        };
        engine.fold(&event, event.at.plus(50_000));
        if event.at >= flushed.plus(MINUTE) {
            flushed = event.at;
            flushes += 1;
            let before = Instant::now();
            memory.0.extend(engine.flush(&memory).expect("flushes"));
            flushing += before.elapsed().as_secs_f64();
        }
    }
    memory.0.extend(engine.flush(&memory).expect("flushes"));
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{{\"events\":{},\"cameras\":{cameras},\"seconds\":{seconds:.3},\"events_per_second\":{:.0},\"fold_events_per_second\":{:.0},\"flushes\":{flushes},\"rows\":{}}}",
        crossings.len(),
        crossings.len() as f64 / seconds,
        crossings.len() as f64 / (seconds - flushing),
        memory.0.len()
    );
}
