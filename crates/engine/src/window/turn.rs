//! A turn: arrivals become panes, panes of cameras become panes of places, and what a watermark has passed is closed.
//!
//! Cameras are shared out among the threads first, then places. Each scope is worked on by one thread and merging does not
//! mind the order, so the number of threads cannot change a result.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::arrivals::Seen;
use super::chunk::Chunk;
use super::contacts::Contacts;
use super::observation::Observation;
use super::operator::{ALWAYS, Give, Out, Room};
use super::panes::Panes;
use super::result::WindowSink;
use super::scope::{Observers, ScopeWindows};
use super::stream::{Feeding, Inbox, Windows};
use crate::directory::{CameraEntry, ScopeEntry};
use std::ops::Range;
use throng_model::pane::{PANE, pane_of, pane_start};
use throng_model::window::WindowTable;

/// What one thread needs for its cameras: kept, so that turns need no memory anew.
#[derive(Default)]
pub(crate) struct Workshop {
    room: Room,
    scratch: Chunk,
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
            arrivals,
            workshops,
            ..
        } = self;
        let count = inboxes.len();
        let (names_of_cameras, names_of_places) = directory.scopes.split_at_mut(count);
        let (cameras, places) = scopes.split_at_mut(count);

        let size = count.div_ceil(threads).max(1);
        let work = shares(size, names_of_cameras, cameras, table)
            .zip(directory.cameras.chunks(size))
            .zip(inboxes.chunks(size).zip(arrivals.shared_out(count, size)))
            .zip(workshops.iter_mut().zip(sinks.iter_mut()));
        spread(
            work.map(|(((share, entries), (inboxes, seen)), (workshop, sink))| {
                let (fed, first_place) = (fed_by.len(), count);
                move || {
                    workshop.places.resize_with(fed, Panes::default);
                    turn_cameras(share, entries, (inboxes, seen), workshop, first_place, sink);
                }
            }),
        );
        arrivals.clear();

        let size = places.len().div_ceil(threads).max(1);
        let mut added: Vec<Vec<&mut [Panes]>> = Vec::new();
        for workshop in workshops.iter_mut() {
            for (part, panes) in workshop.places.chunks_mut(size).enumerate() {
                added.resize_with(added.len().max(part + 1), Vec::new);
                added[part].push(panes);
            }
        }
        let inboxes: &[Inbox] = inboxes;
        self.rooms.resize_with(threads, Room::default);
        let work = shares(size, names_of_places, places, table)
            .zip(fed_by.chunks(size))
            .zip(added)
            .zip(self.rooms.iter_mut().zip(sinks.iter_mut()));
        spread(work.map(|(((share, fed_by), added), (room, sink))| {
            move || turn_places(share, fed_by, added, inboxes, room, sink)
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

/// A camera is observed where it is heard from.
struct OneCamera<'a>(&'a Contacts);

impl Observers for OneCamera<'_> {
    fn first(&self) -> Option<i64> {
        self.0.first()
    }

    fn count(&self, panes: &Range<i64>, counts: &mut Vec<u64>) {
        counts.clear();
        counts.resize((panes.end - panes.start) as usize, 0);
        self.0.mark(panes.start, (i64::MIN, i64::MAX), counts);
        sum_up(counts);
    }
}

/// A place is observed by the cameras that feed it, each while it does.
struct Fed<'a> {
    by: &'a [Feeding],
    inboxes: &'a [Inbox],
}

impl Observers for Fed<'_> {
    fn first(&self) -> Option<i64> {
        let first = |feeding: &Feeding| {
            let heard = self.inboxes[feeding.camera].contacts.first();
            heard.map(|heard| heard.max(pane_of(feeding.over.start)))
        };
        self.by.iter().filter_map(first).min()
    }

    fn count(&self, panes: &Range<i64>, counts: &mut Vec<u64>) {
        counts.clear();
        counts.resize((panes.end - panes.start) as usize, 0);
        for feeding in self.by {
            // A pane belongs to what holds when it begins.
            let begins_behind = |at: i64| at.div_euclid(PANE) + i64::from(at.rem_euclid(PANE) > 0);
            let over = (
                begins_behind(feeding.over.start.0),
                begins_behind(feeding.over.end.0),
            );
            self.inboxes[feeding.camera]
                .contacts
                .mark(panes.start, over, counts);
        }
        sum_up(counts);
    }
}

/// Makes counts of what [`Contacts::mark`] marked.
fn sum_up(marks: &mut [u64]) {
    let mut now = 0_u64;
    for mark in marks {
        now = now.wrapping_add(*mark);
        *mark = now;
    }
}

fn turn_cameras(
    share: Share<'_>,
    entries: &[CameraEntry],
    (inboxes, mut seen): (&[Inbox], Seen<'_>),
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
        let seen = seen.next();
        if seen.is_empty() && !scope.is_behind() {
            continue;
        }
        seen.sort_unstable_by_key(|observation| observation.at);
        if !entry.feeds.is_empty() {
            hand_to_places(seen, entry, workshop, first_place);
        }
        let give = &mut Give {
            out: Out {
                scope: &name.scope,
                table,
                fed_by: &always,
                sink: &mut *sink,
            },
            cutter: &mut name.cutter,
            room: &mut workshop.room,
        };
        scope.see(seen, give);
        scope.advance(&OneCamera(&inbox.contacts), give);
    }
}

/// Adds what a camera saw to the places that count it.
fn hand_to_places(seen: &[Observation], entry: &CameraEntry, workshop: &mut Workshop, first_place: usize) {
    for observations in seen.chunk_by(|a, b| pane_of(a.at) == pane_of(b.at)) {
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
    }
}

fn turn_places(
    share: Share<'_>,
    fed_by: &[Vec<Feeding>],
    mut added: Vec<&mut [Panes]>,
    inboxes: &[Inbox],
    room: &mut Room,
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
            room,
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
        scope.advance(&Fed { by: fed_by, inboxes }, give);
    }
}
