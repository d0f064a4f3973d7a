//! A turn: arrivals become panes, of cameras and of the places they feed, and what a watermark has passed is closed.
//!
//! Cameras are shared out among the threads first, then places, which ask what the cameras heard. Each scope is worked on by one
//! thread, so the number of threads cannot change a result.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::arrivals::Seen;
use super::contacts::Contacts;
use super::observation::Observation;
use super::operator::{Feeders, Give, Out, Room};
use super::order::in_the_order_of_time;
use super::result::WindowSink;
use super::scope::{Observers, ScopeWindows};
use super::stream::{Feeding, Inbox, Windows};
use crate::directory::ScopeEntry;
use std::ops::Range;
use throng_model::Timestamp;
use throng_model::pane::{PANE, pane_of, pane_start};
use throng_model::window::WindowTable;

/// The scopes one thread works on.
struct Share<'a> {
    names: &'a mut [ScopeEntry],
    scopes: &'a mut [ScopeWindows],
    watermarks: &'a [Option<Timestamp>],
    table: &'a WindowTable,
    /// By camera, all there are.
    missed_from: &'a [Timestamp],
}

/// What arrived for the scopes one thread works on: late for the order of counting, and in time.
pub(crate) struct Arrived<T> {
    pub belated: T,
    pub in_order: T,
}

impl Windows {
    /// Works off what was folded, on as many threads as there are sinks. All results of one scope come to one sink: to the
    /// first sink those of the first cameras and of the first places, and so on.
    pub fn turn<S: WindowSink + Send>(&mut self, sinks: &mut [S]) {
        let threads = sinks.len().max(1);
        self.rooms.resize_with(threads, Room::default);
        let Self {
            table,
            directory,
            inboxes,
            hearings,
            missed_from,
            scopes,
            watermarks,
            fed_by,
            in_order,
            belated,
            rooms,
            ..
        } = self;
        let count = inboxes.len();
        for ((hearing, inbox), camera) in hearings.iter().zip(&mut *inboxes).zip(&directory.cameras) {
            hearing.settle(&mut inbox.contacts, camera.gap);
        }
        let (names_of_cameras, names_of_places) = directory.scopes.split_at_mut(count);
        let (cameras, places) = scopes.split_at_mut(count);
        let (of_cameras, of_places) = watermarks.split_at(count);

        for arrivals in [&mut *in_order, &mut *belated] {
            arrivals.hand_to_places(&directory.cameras, places.len());
        }
        let size = count.div_ceil(threads).max(1);
        let late = belated.shared_out(count, size);
        let arrived = late.zip(in_order.shared_out(count, size));
        let work = shares(size, names_of_cameras, cameras, of_cameras, (table, missed_from))
            .zip(inboxes.chunks(size).zip(arrived))
            .zip(rooms.iter_mut().zip(sinks.iter_mut()));
        spread(
            work.map(|((share, (inboxes, (belated, in_order))), (room, sink))| {
                let seen = Arrived { belated, in_order };
                move || turn_cameras(share, inboxes, seen, room, sink)
            }),
        );

        let size = places.len().div_ceil(threads).max(1);
        let inboxes: &[Inbox] = inboxes;
        let arrived = belated.places().chunks(size).zip(in_order.places().chunks(size));
        let work = shares(size, names_of_places, places, of_places, (table, missed_from))
            .zip(fed_by.chunks(size).zip(arrived))
            .zip(rooms.iter_mut().zip(sinks.iter_mut()));
        spread(
            work.map(|((share, (fed_by, (belated, in_order))), (room, sink))| {
                let seen = Arrived { belated, in_order };
                move || turn_places(share, fed_by, seen, inboxes, room, sink)
            }),
        );
        in_order.clear();
        belated.clear();
        let (cameras, places) = self.scopes.split_at(count);
        let each = self.inboxes.iter_mut().zip(&mut self.hearings);
        let each = each.zip(&self.directory.cameras);
        for (((inbox, hearing), entry), camera) in each.zip(cameras) {
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
            hearing.stay_near(&inbox.contacts, &self.rules);
        }
    }
}

fn shares<'a>(
    size: usize,
    names: &'a mut [ScopeEntry],
    scopes: &'a mut [ScopeWindows],
    watermarks: &'a [Option<Timestamp>],
    (table, missed_from): (&'a WindowTable, &'a [Timestamp]),
) -> impl Iterator<Item = Share<'a>> {
    let scopes = scopes.chunks_mut(size).zip(watermarks.chunks(size));
    let shares = names.chunks_mut(size).zip(scopes);
    shares.map(move |(names, (scopes, watermarks))| Share {
        names,
        scopes,
        watermarks,
        table,
        missed_from,
    })
}

impl Share<'_> {
    /// Works on each scope, with its name and its watermark.
    fn each(self, mut work: impl FnMut(&mut ScopeEntry, &mut ScopeWindows, Option<Timestamp>)) {
        for (number, (name, watermark)) in self.names.iter_mut().zip(self.watermarks).enumerate() {
            // What the next one needs is on its way while this one is worked on.
            if let Some(next) = self.scopes.get(number + 1) {
                next.prefetch();
            }
            if let Some(scope) = self.scopes.get_mut(number) {
                work(name, scope, *watermark);
            }
        }
    }
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
    inboxes: &[Inbox],
    mut seen: Arrived<Seen<'_>>,
    room: &mut Room,
    sink: &mut dyn WindowSink,
) {
    let (table, missed_from) = (share.table, share.missed_from);
    let mut inboxes = inboxes.iter();
    share.each(|name, scope, watermark| {
        let (belated, in_order) = (seen.belated.next(), seen.in_order.next());
        let Some(inbox) = inboxes.next() else {
            return;
        };
        if belated.is_empty() && in_order.is_empty() && !scope.is_behind(watermark) {
            return;
        }
        in_the_order_of_time(belated);
        in_the_order_of_time(in_order);
        let give = &mut Give {
            out: Out {
                scope: &name.scope,
                table,
                feeders: Feeders::Itself {
                    missed_from: missed_from[name.who().number],
                },
                sink: &mut *sink,
            },
            cutter: &mut name.cutter,
            room: &mut *room,
        };
        let seen = Arrived {
            belated: &*belated,
            in_order: &*in_order,
        };
        scope.turn(&seen, watermark, &OneCamera(&inbox.contacts), give);
    });
}

fn turn_places(
    share: Share<'_>,
    fed_by: &[Vec<Feeding>],
    seen: Arrived<&[Vec<Observation>]>,
    inboxes: &[Inbox],
    room: &mut Room,
    sink: &mut dyn WindowSink,
) {
    let (table, missed_from) = (share.table, share.missed_from);
    let mut seen = fed_by.iter().zip(seen.belated.iter().zip(seen.in_order));
    share.each(|name, scope, watermark| {
        let Some((fed_by, (belated, in_order))) = seen.next() else {
            return;
        };
        let give = &mut Give {
            out: Out {
                scope: &name.scope,
                table,
                feeders: Feeders::cameras(fed_by, missed_from),
                sink: &mut *sink,
            },
            cutter: &mut name.cutter,
            room: &mut *room,
        };
        let seen = Arrived {
            belated: belated.as_slice(),
            in_order: in_order.as_slice(),
        };
        scope.turn(&seen, watermark, &Fed { by: fed_by, inboxes }, give);
    });
}
