//! Places and cameras: whole in memory, whole on disk, changed together or not at all.

use super::fault::failed;
use super::memory::count_change;
use super::rows::{number, position, word};
use super::{Inner, SqliteCatalog, commit, damaged, keys};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::Arc;
use throng_model::camera::{Camera, Line, Membership, Semantics};
use throng_model::counting::Counting;
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, PlaceId, Timestamp};
use throng_ports::{Catalog, Pending};

impl Catalog for SqliteCatalog {
    fn site(&self) -> Arc<Site> {
        self.inner.remembered(|memory| Arc::clone(&memory.site))
    }

    fn save_place(&self, place: Place) -> Pending<'_, Result<(), Fault>> {
        self.save_all(vec![place], Vec::new())
    }

    fn save_camera(&self, camera: Camera) -> Pending<'_, Result<(), Fault>> {
        self.save_all(Vec::new(), vec![camera])
    }

    fn save_all(&self, places: Vec<Place>, cameras: Vec<Camera>) -> Pending<'_, Result<(), Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { inner.save(places, cameras).await }))
    }

    fn remove_place(&self, id: PlaceId) -> Pending<'_, Result<(), Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { inner.remove_place(&id).await }))
    }

    fn remove_camera(&self, id: CameraId) -> Pending<'_, Result<(), Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { inner.remove_camera(&id).await }))
    }

    fn save_key(&self, key: CameraKey) -> Pending<'_, Result<(), Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { keys::save(&inner, key).await }))
    }

    fn key(&self, digest: [u8; 32]) -> Pending<'_, Result<Option<CameraKey>, Fault>> {
        Box::pin(async move {
            let found = keys::find(&self.inner, &digest);
            if found.is_none() {
                // It may have been made by another process a moment ago.
                self.refresh_for_miss().await?;
                return Ok(keys::find(&self.inner, &digest));
            }
            Ok(found)
        })
    }

    fn keys(&self, camera: Option<CameraId>) -> Pending<'_, Result<Vec<CameraKey>, Fault>> {
        Box::pin(async move { Ok(keys::list(&self.inner, camera.as_ref())) })
    }

    fn remove_key(&self, id: String) -> Pending<'_, Result<bool, Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { keys::remove(&inner, &id).await }))
    }
}

impl Inner {
    async fn save(&self, places: Vec<Place>, cameras: Vec<Camera>) -> Result<(), Fault> {
        const DOING: &str = "saving places and cameras";
        let mut transaction = self.begin(DOING).await?;
        self.catch_up(&mut transaction).await?;
        let now = self.remembered(|memory| Arc::clone(&memory.site));
        let site = Site::new(
            replaced(now.places(), &places, |place| &place.id),
            replaced(now.cameras(), &cameras, |camera| &camera.id),
        )?;
        for place in &places {
            write_place(&mut transaction, place).await?;
        }
        for camera in &cameras {
            write_camera(&mut transaction, camera).await?;
        }
        let revision = count_change(&mut transaction).await?;
        commit(transaction, DOING).await?;
        self.remember(|memory| {
            memory.site = Arc::new(site);
            memory.revision = revision;
        });
        Ok(())
    }
}

impl Inner {
    async fn remove_place(&self, id: &PlaceId) -> Result<(), Fault> {
        let without = |site: &Site| {
            let mut places = site.places().to_vec();
            places.retain(|place| place.id != *id);
            Site::new(places, site.cameras().to_vec())
        };
        // Who was granted it must not be granted another place that takes its name.
        let statements = [
            "DELETE FROM account_place WHERE place = $1",
            "DELETE FROM place WHERE id = $1",
        ];
        self.remove("removing a place", id.as_str(), &statements, without)
            .await
    }

    async fn remove_camera(&self, id: &CameraId) -> Result<(), Fault> {
        let without = |site: &Site| {
            let mut cameras = site.cameras().to_vec();
            cameras.retain(|camera| camera.id != *id);
            Site::new(site.places().to_vec(), cameras)
        };
        let statements = [
            "DELETE FROM camera_line WHERE camera = $1",
            "DELETE FROM membership WHERE camera = $1",
            "DELETE FROM camera WHERE id = $1",
        ];
        self.remove("removing a camera", id.as_str(), &statements, without)
            .await
    }

    async fn remove(
        &self,
        doing: &'static str,
        id: &str,
        statements: &[&'static str],
        without: impl Fn(&Site) -> Result<Site, Fault>,
    ) -> Result<(), Fault> {
        let mut transaction = self.begin(doing).await?;
        self.catch_up(&mut transaction).await?;
        let now = self.remembered(|memory| Arc::clone(&memory.site));
        let site = without(&now)?;
        for statement in statements {
            sqlx::query(*statement)
                .bind(id)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(format_args!("{doing} {id}"), error))?;
        }
        let revision = count_change(&mut transaction).await?;
        commit(transaction, doing).await?;
        self.remember(|memory| {
            memory.site = Arc::new(site);
            memory.revision = revision;
        });
        Ok(())
    }
}

/// The old list with the new entries in place of those of the same id. An id that is twice among the new ones stays
/// twice, so that the site refuses it.
fn replaced<T: Clone, I: Eq + std::hash::Hash>(old: &[T], new: &[T], id: impl Fn(&T) -> &I) -> Vec<T> {
    let ids: std::collections::HashSet<&I> = new.iter().map(&id).collect();
    old.iter()
        .filter(|entry| !ids.contains(id(entry)))
        .chain(new)
        .cloned()
        .collect()
}

async fn write_place(connection: &mut SqliteConnection, place: &Place) -> Result<(), Fault> {
    let calendar = place.calendar.as_ref().map(serde_json::to_string).transpose();
    let calendar = calendar.map_err(|error| Fault::internal(format!("encoding a calendar: {error}")))?;
    sqlx::query(
        "INSERT INTO place (id, kind, name, parent, time_zone, capacity, resets_at, calendar, sides, traffic)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, parent = excluded.parent,
             time_zone = excluded.time_zone, capacity = excluded.capacity, resets_at = excluded.resets_at,
             calendar = excluded.calendar, sides = excluded.sides, traffic = excluded.traffic",
    )
    .bind(place.id.as_str())
    .bind(place.kind.as_str())
    .bind(&place.name)
    .bind(place.parent.as_ref().map(PlaceId::as_str))
    .bind(&place.time_zone)
    .bind(place.capacity.map(i64::from))
    .bind(i64::from(place.resets_at))
    .bind(calendar)
    .bind(place.counting.sides.as_str())
    .bind(place.counting.traffic.as_str())
    .execute(connection)
    .await
    .map_err(|error| failed(format_args!("saving place {}", place.id), error))?;
    Ok(())
}

async fn write_camera(connection: &mut SqliteConnection, camera: &Camera) -> Result<(), Fault> {
    let id = camera.id.as_str();
    let failed = |error| failed(format_args!("saving camera {id}"), error);
    sqlx::query(
        "INSERT INTO camera (id, name, heartbeat_s) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, heartbeat_s = excluded.heartbeat_s",
    )
    .bind(id)
    .bind(&camera.name)
    .bind(i64::from(camera.heartbeat_s))
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    for delete in [
        "DELETE FROM camera_line WHERE camera = $1",
        "DELETE FROM membership WHERE camera = $1",
    ] {
        sqlx::query(delete)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    for (index, line) in camera.lines.iter().enumerate() {
        let query = "INSERT INTO camera_line (camera, position, id, name, semantics, wraps_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(query)
            .bind(id)
            .bind(position(index))
            .bind(line.id.as_str())
            .bind(&line.name)
            .bind(line.semantics.map(Semantics::as_str))
            .bind(
                line.wraps_at
                    .map(i64::try_from)
                    .transpose()
                    .unwrap_or(Some(i64::MAX)),
            )
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    for (index, membership) in camera.memberships.iter().enumerate() {
        sqlx::query(
            "INSERT INTO membership (camera, position, zone, boundary, since, until) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(position(index))
        .bind(membership.zone.as_str())
        .bind(membership.boundary.as_str())
        .bind(membership.since.map(|since| since.0))
        .bind(membership.until.map(|until| until.0))
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    }
    Ok(())
}

/// Reads everything. It was checked before it was saved, so what does not fit together now is damage.
pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Site, Fault> {
    let places = load_places(connection).await?;
    let cameras = load_cameras(connection).await?;
    Site::new(places, cameras).map_err(|fault| damaged(format_args!("stored hierarchy: {}", fault.detail)))
}

async fn load_places(connection: &mut SqliteConnection) -> Result<Vec<Place>, Fault> {
    type Stored = (
        String,
        String,
        String,
        Option<String>,
        String,
        Option<i64>,
        i64,
        Option<String>,
        String,
        String,
    );
    let rows: Vec<Stored> = sqlx::query_as(
        "SELECT id, kind, name, parent, time_zone, capacity, resets_at, calendar, sides, traffic FROM place
         ORDER BY id",
    )
    .fetch_all(connection)
    .await
    .map_err(|error| failed("reading places", error))?;
    rows.into_iter()
        .map(
            |(id, kind, name, parent, time_zone, capacity, resets_at, calendar, sides, traffic)| {
                let of = format_args!("place {id:?}").to_string();
                Ok(Place {
                    id: word(&of, &id)?,
                    kind: word(&of, &kind)?,
                    name,
                    parent: parent.map(|parent| word(&of, &parent)).transpose()?,
                    time_zone,
                    capacity: capacity.map(|capacity| number(&of, capacity)).transpose()?,
                    resets_at: number(&of, resets_at)?,
                    calendar: calendar
                        .map(|text| serde_json::from_str(&text))
                        .transpose()
                        .map_err(|error| damaged(format_args!("stored calendar of {of}: {error}")))?,
                    counting: Counting {
                        sides: word(&of, &sides)?,
                        traffic: word(&of, &traffic)?,
                    },
                })
            },
        )
        .collect()
}

async fn load_cameras(connection: &mut SqliteConnection) -> Result<Vec<Camera>, Fault> {
    let cameras: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT id, name, heartbeat_s FROM camera ORDER BY id")
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| failed("reading cameras", error))?;
    let mut lines = load_lines(connection).await?;
    let mut memberships = load_memberships(connection).await?;
    cameras
        .into_iter()
        .map(|(id, name, heartbeat_s)| {
            let of = format!("camera {id:?}");
            Ok(Camera {
                name,
                heartbeat_s: number(&of, heartbeat_s)?,
                lines: lines.remove(&id).unwrap_or_default(),
                memberships: memberships.remove(&id).unwrap_or_default(),
                id: word(&of, &id)?,
            })
        })
        .collect()
}

async fn load_lines(connection: &mut SqliteConnection) -> Result<HashMap<String, Vec<Line>>, Fault> {
    type Stored = (String, String, String, Option<String>, Option<i64>);
    let rows: Vec<Stored> = sqlx::query_as(
        "SELECT camera, id, name, semantics, wraps_at FROM camera_line ORDER BY camera, position",
    )
    .fetch_all(connection)
    .await
    .map_err(|error| failed("reading lines", error))?;
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    for (camera, id, name, semantics, wraps_at) in rows {
        let of = format!("line of camera {camera:?}");
        let line = Line {
            id: word(&of, &id)?,
            name,
            semantics: semantics.map(|semantics| word(&of, &semantics)).transpose()?,
            wraps_at: wraps_at.map(|modulus| number(&of, modulus)).transpose()?,
        };
        lines.entry(camera).or_default().push(line);
    }
    Ok(lines)
}

async fn load_memberships(
    connection: &mut SqliteConnection,
) -> Result<HashMap<String, Vec<Membership>>, Fault> {
    type Stored = (String, String, String, Option<i64>, Option<i64>);
    let rows: Vec<Stored> = sqlx::query_as(
        "SELECT camera, zone, boundary, since, until FROM membership ORDER BY camera, position",
    )
    .fetch_all(connection)
    .await
    .map_err(|error| failed("reading memberships", error))?;
    let mut memberships: HashMap<String, Vec<Membership>> = HashMap::new();
    for (camera, zone, boundary, since, until) in rows {
        let of = format!("membership of camera {camera:?}");
        let membership = Membership {
            zone: word(&of, &zone)?,
            boundary: word(&of, &boundary)?,
            since: since.map(Timestamp),
            until: until.map(Timestamp),
        };
        memberships.entry(camera).or_default().push(membership);
    }
    Ok(memberships)
}
