//! Places and cameras as rows of tables.

use crate::catalog::damaged;
use crate::catalog::fault::failed;
use crate::catalog::rows::{number, position, word};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use throng_model::camera::{Camera, Line, Membership, Semantics};
use throng_model::counting::Counting;
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId, Timestamp};

pub(super) async fn write_place(connection: &mut SqliteConnection, place: &Place) -> Result<(), Fault> {
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

pub(super) async fn write_camera(connection: &mut SqliteConnection, camera: &Camera) -> Result<(), Fault> {
    let id = camera.id.as_str();
    let failed = |error| failed(format_args!("saving camera {id}"), error);
    sqlx::query(
        "INSERT INTO camera (id, name, heartbeat_s, registered) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, heartbeat_s = excluded.heartbeat_s,
             registered = excluded.registered",
    )
    .bind(id)
    .bind(&camera.name)
    .bind(i64::from(camera.heartbeat_s))
    .bind(camera.registered.map(|registered| registered.0))
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    delete(
        connection,
        id,
        &[
            "DELETE FROM camera_line WHERE camera = $1",
            "DELETE FROM membership WHERE camera = $1",
        ],
    )
    .await?;
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

pub(super) async fn delete_place(connection: &mut SqliteConnection, id: &PlaceId) -> Result<(), Fault> {
    // Who was granted it must not be granted another place that takes its name.
    let statements = [
        "DELETE FROM account_place WHERE place = $1",
        "DELETE FROM place WHERE id = $1",
    ];
    delete(connection, id.as_str(), &statements).await
}

pub(super) async fn delete_camera(connection: &mut SqliteConnection, id: &CameraId) -> Result<(), Fault> {
    let statements = [
        "DELETE FROM camera_line WHERE camera = $1",
        "DELETE FROM membership WHERE camera = $1",
        "DELETE FROM camera WHERE id = $1",
    ];
    delete(connection, id.as_str(), &statements).await
}

async fn delete(
    connection: &mut SqliteConnection,
    id: &str,
    statements: &[&'static str],
) -> Result<(), Fault> {
    for statement in statements {
        sqlx::query(*statement)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(format_args!("removing what is stored of {id}"), error))?;
    }
    Ok(())
}

/// Reads everything. It was checked before it was saved, so what does not fit together now is damage.
pub(in crate::catalog) async fn load(connection: &mut SqliteConnection) -> Result<Site, Fault> {
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
    let cameras: Vec<(String, String, i64, Option<i64>)> =
        sqlx::query_as("SELECT id, name, heartbeat_s, registered FROM camera ORDER BY id")
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| failed("reading cameras", error))?;
    let mut lines = load_lines(connection).await?;
    let mut memberships = load_memberships(connection).await?;
    cameras
        .into_iter()
        .map(|(id, name, heartbeat_s, registered)| {
            let of = format!("camera {id:?}");
            Ok(Camera {
                name,
                heartbeat_s: number(&of, heartbeat_s)?,
                registered: registered.map(Timestamp),
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
