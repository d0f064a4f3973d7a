//! A turn: inboxes become panes, panes of cameras become panes of places, and what a watermark has passed is closed.
//!
//! Cameras are shared out among the threads first, then places. Each scope is worked on by one thread and merging does not
//! mind the order, so the number of threads cannot change a result.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::chunk::Chunk;
use super::operator::{ALWAYS, Give, Out};
use super::panes::Panes;
use super::result::WindowSink;
use super::scope::ScopeWindows;
use super::sliding::Sliding;
use super::stream::{Feeding, Inbox, Windows};
use crate::directory::{CameraEntry, ScopeEntry};
use throng_model::pane::{pane_of, pane_start};
use throng_model::window::WindowTable;

/// What one thread needs for its cameras: kept, so that turns need no memory anew.
#[derive(Default)]
pub(crate) struct Workshop {
    scratch: Chunk,
    sums: Vec<Sliding>,
    /// By place, counted from the first: what this thread's cameras add to it.
    places: Vec<Panes>,
}

/// The scopes one thread works on.
struct Share<'a> {
    names: &'a mut [ScopeEntry],
    scopes: &'a mut [ScopeWindows],
    table: &'a WindowTable,
}

impl Windows {
    /// Works off what was folded, on as many threads as there are sinks. All results of one scope come to one sink: to the
    /// first sink those of the first cameras and of the first places, and so on.
    pub fn turn<S: WindowSink + Send>(&mut self, sinks: &mut [S]) {
        let threads = sinks.len().max(1);
        self.workshops.resize_with(threads, Workshop::default);
        let Self {
            table,
            directory,
            inboxes,
            scopes,
            fed_by,
            workshops,
            ..
        } = self;
        let count = inboxes.len();
        let (names_of_cameras, names_of_places) = directory.scopes.split_at_mut(count);
        let (cameras, places) = scopes.split_at_mut(count);

        let size = count.div_ceil(threads).max(1);
        let work = shares(size, names_of_cameras, cameras, table)
            .zip(directory.cameras.chunks(size))
            .zip(inboxes.chunks_mut(size))
            .zip(workshops.iter_mut().zip(sinks.iter_mut()));
        spread(work.map(|(((share, entries), inboxes), (workshop, sink))| {
            let (fed, first_place) = (fed_by.len(), count);
            move || {
                workshop.places.resize_with(fed, Panes::default);
                turn_cameras(share, entries, inboxes, workshop, first_place, sink);
            }
        }));

        let size = places.len().div_ceil(threads).max(1);
        let mut added: Vec<Vec<&mut [Panes]>> = Vec::new();
        for workshop in workshops.iter_mut() {
            for (part, panes) in workshop.places.chunks_mut(size).enumerate() {
                added.resize_with(added.len().max(part + 1), Vec::new);
                added[part].push(panes);
            }
        }
        let inboxes: &[Inbox] = inboxes;
        let work = shares(size, names_of_places, places, table)
            .zip(fed_by.chunks(size))
            .zip(added)
            .zip(sinks.iter_mut());
        spread(work.map(|(((share, fed_by), added), sink)| {
            move || turn_places(share, fed_by, added, inboxes, sink)
        }));
        let (cameras, places) = self.scopes.split_at(count);
        let each = self.inboxes.iter_mut().zip(&self.directory.cameras);
        for ((inbox, entry), camera) in each.zip(cameras) {
            let Some(closed_to) = camera.closed_to() else {
                continue;
            };
            // A place a camera has left may lag behind it, and still ask about the time before.
            let is_needed = |from: i64, to: i64| {
                entry.feeds.iter().any(|feed| {
                    let place = places[feed.place - count].closed_to();
                    place.is_some_and(|place| to > place) && pane_start(from) < feed.over.end
                })
            };
            inbox.contacts.forget_before(closed_to, is_needed);
        }
    }
}

fn shares<'a>(
    size: usize,
    names: &'a mut [ScopeEntry],
    scopes: &'a mut [ScopeWindows],
    table: &'a WindowTable,
) -> impl Iterator<Item = Share<'a>> {
    let shares = names.chunks_mut(size).zip(scopes.chunks_mut(size));
    shares.map(move |(names, scopes)| Share { names, scopes, table })
}

/// Does all work, each piece on a thread of its own; a single piece on this one.
fn spread<W: FnOnce() + Send>(work: impl Iterator<Item = W>) {
    let mut work: Vec<W> = work.collect();
    let Some(mine) = work.pop() else {
        return;
    };
    std::thread::scope(|scope| {
        for piece in work {
            scope.spawn(piece);
        }
        mine();
    });
}

fn turn_cameras(
    share: Share<'_>,
    entries: &[CameraEntry],
    inboxes: &mut [Inbox],
    workshop: &mut Workshop,
    first_place: usize,
    sink: &mut dyn WindowSink,
) {
    let Share { names, scopes, table } = share;
    let each = entries.iter().zip(inboxes).zip(names.iter_mut().zip(scopes));
    // A camera always feeds itself.
    let always = [Feeding {
        camera: 0,
        over: ALWAYS,
    }];
    for ((entry, inbox), (name, scope)) in each {
        if inbox.observations.is_empty() && !scope.is_behind() {
            continue;
        }
        workshop.sums.iter_mut().for_each(Sliding::forget);
        let give = &mut Give {
            out: Out {
                scope: &name.scope,
                table,
                fed_by: &always,
                sink: &mut *sink,
            },
            cutter: &mut name.cutter,
            sums: &mut workshop.sums,
        };
        inbox
            .observations
            .sort_unstable_by_key(|observation| observation.at);
        let same_pane = inbox.observations.chunk_by(|a, b| pane_of(a.at) == pane_of(b.at));
        for observations in same_pane {
            let pane = observations.first().map_or(0, |first| pane_of(first.at));
            let mut places = entry.counted_by(pane_start(pane)).skip(1).peekable();
            if places.peek().is_some() {
                workshop.scratch.clear();
                workshop.scratch.pour(observations);
            }
            for place in places {
                workshop.places[place - first_place]
                    .at(pane)
                    .merge(&workshop.scratch);
            }
            scope.see(pane, observations, give);
        }
        inbox.observations.clear();
        let contacts = &inbox.contacts;
        scope.advance(
            |pane| u64::from(contacts.is_observed(pane)),
            || contacts.first(),
            give,
        );
    }
}

fn turn_places(
    share: Share<'_>,
    fed_by: &[Vec<Feeding>],
    mut added: Vec<&mut [Panes]>,
    inboxes: &[Inbox],
    sink: &mut dyn WindowSink,
) {
    let Share { names, scopes, table } = share;
    for (place, ((name, scope), fed_by)) in names.iter_mut().zip(scopes).zip(fed_by).enumerate() {
        let give = &mut Give {
            out: Out {
                scope: &name.scope,
                table,
                fed_by,
                sink: &mut *sink,
            },
            cutter: &mut name.cutter,
            sums: &mut Vec::new(),
        };
        // What the threads found is put together first, so that a late pane is one addition however many there are.
        if let Some((all, others)) = added.split_first_mut() {
            for panes in others {
                while let Some((pane, chunk)) = panes[place].pop() {
                    all[place].at(pane).merge(&chunk);
                    panes[place].recycle(chunk);
                }
            }
            while let Some((pane, chunk)) = all[place].pop() {
                scope.meet(pane, &chunk, give);
                all[place].recycle(chunk);
            }
        }
        let observed = |pane| {
            let holds = |feeding: &&Feeding| feeding.over.contains(pane_start(pane));
            let feeding = fed_by.iter().filter(holds);
            let observed = feeding.filter(|feeding| inboxes[feeding.camera].contacts.is_observed(pane));
            observed.count() as u64
        };
        let heard = || {
            let first = |feeding: &Feeding| {
                let heard = inboxes[feeding.camera].contacts.first();
                heard.map(|heard| heard.max(pane_of(feeding.over.start)))
            };
            fed_by.iter().filter_map(first).min()
        };
        scope.advance(observed, heard, give);
    }
}
