//! Coverage: how many panes of a window were observed, and how many there are.

use super::law::holds;
use super::trial::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use throng_engine::window::{Addition, WindowResult, WindowSink, Windows};
use throng_model::pane::{PANE, pane_of, pane_start};
use throng_model::time::{HOUR, SECOND};
use throng_model::window::WindowKind;
use throng_model::{CameraId, Event, EventBody, Scope, TimeRange, Timestamp};

fn moment(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.end.plus(-1),
        _ => event.at,
    }
}

/// The earliest moment an event vouches for.
fn told_from(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.start,
        _ => event.at,
    }
}

type FirstTold = BTreeMap<CameraId, Timestamp>;

/// What is said of windows of whole panes: of whom, which, observed, expected, and since when cameras had told of anything then.
#[derive(Default)]
struct Said {
    told: Vec<(Scope, String, TimeRange, u64, u64, Arc<FirstTold>)>,
    since: Arc<FirstTold>,
}

impl WindowSink for Said {
    fn take(&mut self, result: &WindowResult<'_>) {
        let is_whole_panes = matches!(
            result.window.kind,
            WindowKind::Tumbling { .. } | WindowKind::Sliding { .. }
        );
        // Asked pane by pane, days take a hundred times as long: those are left to tests of their own.
        if is_whole_panes && result.addition == Addition::Closed && result.range.micros() <= HOUR {
            let (scope, window) = (result.scope.clone(), result.window.name.clone());
            let (observed, expected) = (result.observed, result.expected);
            self.told.push((
                scope,
                window,
                result.range,
                observed,
                expected,
                self.since.clone(),
            ));
        }
    }
}

/// The panes in which each camera had been heard from shortly before.
fn observed(trial: &Trial) -> BTreeMap<CameraId, BTreeSet<i64>> {
    let mut panes: BTreeMap<CameraId, BTreeSet<i64>> = BTreeMap::new();
    for (event, _) in &trial.log {
        let camera = trial.site.camera(&event.camera).unwrap();
        let gap = i64::from(camera.heartbeat_s) * SECOND * trial.rules.heartbeats_missed / PANE;
        let heard = pane_of(moment(event));
        let known = panes.entry(camera.id.clone()).or_default();
        known.extend(heard..heard + gap);
    }
    panes
}

/// In the order of time, so that all that will be known of a window is known when it is given out.
#[test]
fn a_window_says_how_much_of_it_was_observed() {
    holds(|mut trial| {
        trial
            .log
            .retain(|(event, _)| !matches!(event.body, EventBody::Total { .. } | EventBody::Reset { .. }));
        trial.log.sort_by_key(|(event, _)| moment(event));
        let mut windows = Windows::new(&trial.site, trial.rules, trial.table.clone());
        let mut said = Said::default();
        for events in trial.log.chunks(trial.pace.step) {
            for (event, received) in events {
                windows.fold(event, *received);
                let since = Arc::make_mut(&mut said.since);
                let first = since.entry(event.camera.clone()).or_insert(Timestamp::MAX);
                *first = told_from(event).min(*first);
            }
            windows.turn(std::slice::from_mut(&mut said));
        }
        let observed = observed(&trial);
        let is_observed =
            |camera: &CameraId, pane| observed.get(camera).is_some_and(|panes| panes.contains(&pane));
        for (scope, window, range, told, expected, since) in said.told {
            let (mut seen, mut all) = (0, 0);
            for pane in pane_of(range.start)..pane_of(range.end) {
                for camera in trial.site.cameras() {
                    let counts = match &scope {
                        Scope::Camera(id) => camera.id == *id,
                        Scope::Place(id) => {
                            let fed = trial.site.fed_by(camera, pane_start(pane));
                            fed.iter().any(|place| place.id == *id)
                        }
                    };
                    let missed_from = camera.missed_from(since.get(&camera.id).copied());
                    all += u64::from(counts && pane_start(pane) >= missed_from);
                    seen += u64::from(counts && is_observed(&camera.id, pane));
                }
            }
            assert_eq!((told, expected), (seen, all), "{scope:?} {window} {range:?}");
        }
    });
}
