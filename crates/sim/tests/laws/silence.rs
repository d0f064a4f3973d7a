//! Silence: a camera's time goes on by what it sends, heartbeats too, and by nothing else (I-5).

use super::law::holds;
use std::collections::BTreeMap;
use throng_engine::Engine;
use throng_engine::window::{Addition, WindowResult, WindowSink, Windows};
use throng_model::{Event, EventBody, Scope, Timestamp};

/// When an event is known; the moment before its end for a counted window.
fn moment(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.end.plus(-1),
        _ => event.at,
    }
}

#[test]
fn a_watermark_follows_its_own_camera_and_never_goes_back() {
    holds(|trial| {
        let mut engine = Engine::new(&trial.site, trial.rules);
        let watermarks = |engine: &Engine| -> BTreeMap<_, _> {
            let each = engine.sources();
            each.map(|(camera, source)| (camera.clone(), source.watermark(&trial.rules)))
                .collect()
        };
        let mut expected = watermarks(&engine);
        for (event, received) in &trial.log {
            engine.fold(event, *received);
            let reached = moment(event).plus(-trial.rules.out_of_order);
            let own = expected.get_mut(&event.camera).unwrap();
            *own = (*own).max(Some(reached));
            assert_eq!(watermarks(&engine), expected);
        }
    });
}

/// The furthest that the events of each scope reach, none beyond its arrival, and what was given out that they do not reach.
#[derive(Default)]
struct Reached {
    watermarks: BTreeMap<Scope, Timestamp>,
    too_early: Vec<String>,
}

impl WindowSink for Reached {
    fn take(&mut self, result: &WindowResult<'_>) {
        // A late event may make a session longer that is taken up again: what it adds is given out at once.
        let closed = result.addition == Addition::Closed;
        let watermark = self.watermarks.get(result.scope);
        if closed && watermark.is_none_or(|watermark| *watermark < result.range.end) {
            let (scope, window, range) = (result.scope, &result.window.name, result.range);
            self.too_early.push(format!(
                "{scope:?} {window} {range:?}: only {watermark:?} is reached"
            ));
        }
    }
}

#[test]
fn no_window_is_closed_on_the_word_of_a_camera_that_is_not_there() {
    holds(|trial| {
        let mut windows = Windows::new(&trial.site, trial.rules, trial.table.clone());
        let mut reached = Reached::default();
        for events in trial.log.chunks(trial.pace.step) {
            for (event, received) in events {
                windows.fold(event, *received);
                let at = moment(event);
                let camera = trial.site.camera(&event.camera).unwrap();
                let places = trial.site.fed_by(camera, at).into_iter();
                let scopes = places.map(|place| Scope::Place(place.id.clone()));
                for scope in scopes.chain([Scope::Camera(camera.id.clone())]) {
                    let watermark = at.min(*received).plus(-trial.rules.out_of_order);
                    let known = reached.watermarks.entry(scope).or_insert(watermark);
                    *known = (*known).max(watermark);
                }
            }
            windows.turn(std::slice::from_mut(&mut reached));
            assert!(reached.too_early.is_empty(), "{:#?}", reached.too_early);
        }
    });
}
