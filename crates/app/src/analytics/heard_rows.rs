//! Rows without what nobody can have heard, because no server ran.
//!
//! A camera that may be silent for a quarter of an hour is taken to have been there between two signs of life ten minutes apart. Where
//! no server ran in between, that does not follow: it may have told of people all the time, to nobody. So a silence that lies over
//! more than half of an outage is not bridged inside of it. What the camera stored and sent later are signs of life like any other:
//! they cut the silence, and the outage is no hole any more. Those at its edges alone (clocks differ, and a server is known to have
//! run to ten seconds) do not.
//!
//! The engine is not asked: it counts what comes, whoever ran when. Rows in the store keep what follows from the signs of life alone,
//! and this takes the lost panes out of each row as it is read, so that every answer made of rows tells the same. Windows are remade
//! from the log alone, which knows of no outage: `GET /analytics/windows` counts such panes as observed. Cameras that may be silent for
//! less than an outage lasted cost nothing here: nobody bridged it for them.
//!
//! Which heartbeat a camera had then is not kept. Nothing is taken out that its rows do not have; but of one that got a shorter heartbeat
//! since, what was bridged by the longer one stays.

use super::answer::zone_of;
use super::feeding::cameras_of;
use super::silence::{contacts, not_bridged};
use crate::Parts;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_model::camera::Camera;
use throng_model::pane::{PANE, PANES_PER_MINUTE, pane_start};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};
use throng_ports::{Catalog, Rollups};
use tokio::sync::watch;

/// The rows of the store, without the panes that were bridged over an outage.
pub(crate) struct HeardRows {
    store: Arc<dyn Rollups>,
    catalog: Arc<dyn Catalog>,
    outages: watch::Receiver<Arc<[TimeRange]>>,
    heartbeats_missed: i64,
}

impl HeardRows {
    /// Those of the store in the parts.
    pub fn of(parts: &Parts) -> Self {
        Self {
            store: Arc::clone(&parts.rollups),
            catalog: Arc::clone(&parts.catalog),
            outages: parts.outages.clone(),
            heartbeats_missed: parts.heartbeats_missed,
        }
    }

    /// Takes out of some rows of a scope, ascending, what nobody can have heard.
    fn without_lost(&self, scope: &Scope, rung: Rung, rows: &mut [(Timestamp, Row)]) -> Result<(), Fault> {
        let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let site = self.catalog.site();
        let zone = zone_of(&site, scope);
        let over = TimeRange {
            start: *first,
            end: rung.bucket(*last, &zone).end,
        };
        let lost = self.lost(&site, scope, rung, &zone, over)?;
        if lost.is_empty() {
            return Ok(());
        }
        for (start, row) in rows {
            let bucket = rung.bucket(*start, &zone);
            let panes: u64 = lost.range(bucket.start..bucket.end).map(|(_, panes)| panes).sum();
            row.observed = row.observed.saturating_sub(panes);
        }
        Ok(())
    }

    /// The lost panes of a scope in a time, by minute, or by hour for rungs from there on.
    fn lost(
        &self,
        site: &Site,
        scope: &Scope,
        rung: Rung,
        zone: &TimeZone,
        over: TimeRange,
    ) -> Result<BTreeMap<Timestamp, u64>, Fault> {
        let mut lost = BTreeMap::new();
        let outages = Arc::clone(&self.outages.borrow());
        let first = outages.partition_point(|outage| outage.end <= over.start);
        let outages = outages.iter().skip(first);
        for outage in outages.take_while(|outage| outage.start < over.end) {
            for camera in cameras_of(site, scope) {
                if outage.micros() > camera.silence_max(self.heartbeats_missed).saturating_add(PANE) {
                    continue;
                }
                let minutes = self.lost_minutes(site, scope, camera, *outage)?;
                if rung < Rung::Hour {
                    minutes
                        .into_iter()
                        .for_each(|(minute, panes)| *lost.entry(minute).or_default() += panes);
                    continue;
                }
                let mut hours: BTreeMap<Timestamp, u64> = BTreeMap::new();
                for (minute, panes) in minutes {
                    *hours.entry(Rung::Hour.bucket(minute, zone).start).or_default() += panes;
                }
                for (start, panes) in hours {
                    // What a counted window vouches for as well was heard.
                    let panes = panes.saturating_sub(self.excess(camera, start)?);
                    *lost.entry(start).or_default() += panes;
                }
            }
        }
        Ok(lost)
    }

    /// The lost panes of a camera that feeds a scope, by minute.
    fn lost_minutes(
        &self,
        site: &Site,
        scope: &Scope,
        camera: &Camera,
        outage: TimeRange,
    ) -> Result<BTreeMap<Timestamp, u64>, Fault> {
        let silence = (camera.silence_max(self.heartbeats_missed) / PANE).max(1);
        let around = TimeRange {
            start: outage.start.plus(-(silence + PANES_PER_MINUTE) * PANE),
            end: outage.end.plus((silence + PANES_PER_MINUTE) * PANE),
        };
        let own = Scope::Camera(camera.id.clone());
        let rows = self.store.rows(&own, Rung::Minute, around, usize::MAX)?;
        let minutes = rows.iter().map(|(start, row)| (*start, &row.minute));
        let inside = (-(-outage.start.0).div_euclid(PANE), outage.end.0.div_euclid(PANE));
        let mut lost: BTreeMap<Timestamp, u64> = BTreeMap::new();
        for pane in not_bridged(&contacts(minutes), silence, inside) {
            let minute = Timestamp(pane_start(pane).0.div_euclid(MINUTE) * MINUTE);
            *lost.entry(minute).or_default() += 1;
        }
        // By the heartbeat it had then, the engine may have bridged less.
        let by_minute: BTreeMap<Timestamp, u64> =
            rows.iter().map(|(start, row)| (*start, bridged(row))).collect();
        for (minute, panes) in &mut lost {
            *panes = (*panes).min(by_minute.get(minute).copied().unwrap_or_default());
        }
        lost.retain(|_, panes| *panes > 0);
        if let Scope::Place(place) = scope {
            let feeds = |minute: Timestamp| site.fed_by(camera, minute).iter().any(|fed| fed.id == *place);
            lost.retain(|minute, _| feeds(*minute));
        }
        Ok(lost)
    }

    fn excess(&self, camera: &Camera, hour: Timestamp) -> Result<u64, Fault> {
        let row = self.store.row(&RowKey {
            scope: Scope::Camera(camera.id.clone()),
            rung: Rung::Hour,
            start: hour,
        })?;
        Ok(row.map_or(0, |row| row.excess))
    }
}

/// The panes of a camera's minute that were observed because of signs of life around them.
fn bridged(minute: &Row) -> u64 {
    minute
        .observed
        .saturating_sub(minute.minute.contacts.count_ones().into())
}

impl Rollups for HeardRows {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        let Some(row) = self.store.row(key)? else {
            return Ok(None);
        };
        let mut rows = [(key.start, row)];
        self.without_lost(&key.scope, key.rung, &mut rows)?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }

    fn rows_together(
        &self,
        scope: &Scope,
        parts: &[(Rung, TimeRange)],
        limit: usize,
    ) -> Result<Vec<Vec<(Timestamp, Row)>>, Fault> {
        let mut found = self.store.rows_together(scope, parts, limit)?;
        if !self.outages.borrow().is_empty() {
            for ((rung, _), rows) in parts.iter().zip(&mut found) {
                self.without_lost(scope, *rung, rows)?;
            }
        }
        Ok(found)
    }
}
