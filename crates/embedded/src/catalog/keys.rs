//! Camera keys: looked up in memory by digest with every request, changed on disk first. Changes come in turn
//! ([`SqliteCatalog::in_turn`](super::SqliteCatalog)), so what was checked before a change holds during it.

use super::fault::failed;
use super::memory::count_change;
use super::rows::{digest, position, word};
use super::{Inner, commit};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::Arc;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode};

pub(super) fn find(inner: &Inner, digest: &[u8; 32]) -> Option<CameraKey> {
    inner.remembered(|memory| memory.keys.get(digest).cloned())
}

/// In the order of their ids.
pub(super) fn list(inner: &Inner, camera: Option<&CameraId>) -> Vec<CameraKey> {
    let speaks = |key: &&CameraKey| camera.is_none_or(|camera| key.speaks_for(camera));
    let mut found: Vec<CameraKey> =
        inner.remembered(|memory| memory.keys.values().filter(speaks).cloned().collect());
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

pub(super) async fn save(inner: &Inner, key: CameraKey) -> Result<(), Fault> {
    const DOING: &str = "saving a key";
    let mut transaction = inner.begin(DOING).await?;
    inner.catch_up(&mut transaction).await?;
    if find(inner, &key.digest).is_some_and(|known| known.id != key.id) {
        return Err(Fault::new(
            FaultCode::AlreadyExists,
            format!("the secret of key {:?} is that of another key", key.id),
        ));
    }
    let site = inner.remembered(|memory| Arc::clone(&memory.site));
    for camera in key.cameras.iter().filter_map(|id| site.camera(id)) {
        if let Some(retired) = camera.retired() {
            let detail = format!("camera {:?} is retired since {retired}", camera.id.as_str());
            return Err(Fault::new(FaultCode::CameraOutOfUse, detail));
        }
    }
    write(&mut transaction, &key).await?;
    let revision = count_change(&mut transaction).await?;
    commit(transaction, DOING).await?;
    inner.remember(|memory| {
        memory.keys.retain(|_, known| known.id != key.id);
        memory.keys.insert(key.digest, key);
        memory.revision = revision;
    });
    Ok(())
}

async fn write(connection: &mut SqliteConnection, key: &CameraKey) -> Result<(), Fault> {
    let failed = |error| failed(format_args!("saving key {}", key.id), error);
    sqlx::query(
        "INSERT INTO camera_key (id, digest, every_camera) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, every_camera = excluded.every_camera",
    )
    .bind(&key.id)
    .bind(key.digest.as_slice())
    .bind(key.cameras.is_empty())
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    sqlx::query("DELETE FROM camera_key_camera WHERE camera_key = $1")
        .bind(&key.id)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    for (index, camera) in key.cameras.iter().enumerate() {
        sqlx::query("INSERT INTO camera_key_camera (camera_key, position, camera) VALUES ($1, $2, $3)")
            .bind(&key.id)
            .bind(position(index))
            .bind(camera.as_str())
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn remove(inner: &Inner, id: &str) -> Result<bool, Fault> {
    const DOING: &str = "removing a key";
    let mut transaction = inner.begin(DOING).await?;
    inner.catch_up(&mut transaction).await?;
    let removed = delete(&mut transaction, id).await?;
    let revision = count_change(&mut transaction).await?;
    commit(transaction, DOING).await?;
    inner.remember(|memory| {
        memory.keys.retain(|_, known| known.id != id);
        memory.revision = revision;
    });
    Ok(removed)
}

/// Whether there was one.
pub(super) async fn delete(connection: &mut SqliteConnection, id: &str) -> Result<bool, Fault> {
    let failed = |error| failed(format_args!("removing key {id}"), error);
    sqlx::query("DELETE FROM camera_key_camera WHERE camera_key = $1")
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    let deleted = sqlx::query("DELETE FROM camera_key WHERE id = $1")
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    Ok(deleted.rows_affected() > 0)
}

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<HashMap<[u8; 32], CameraKey>, Fault> {
    let stored: Vec<(String, Vec<u8>, bool)> =
        sqlx::query_as("SELECT id, digest, every_camera FROM camera_key ORDER BY id")
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| failed("reading keys", error))?;
    let cameras: Vec<(String, String)> =
        sqlx::query_as("SELECT camera_key, camera FROM camera_key_camera ORDER BY camera_key, position")
            .fetch_all(connection)
            .await
            .map_err(|error| failed("reading the cameras of keys", error))?;
    let mut cameras_of: HashMap<String, Vec<CameraId>> = HashMap::new();
    for (key, camera) in cameras {
        let camera = word(format_args!("camera of key {key:?}"), &camera)?;
        cameras_of.entry(key).or_default().push(camera);
    }
    let mut keys = HashMap::new();
    for (id, bytes, every_camera) in stored {
        let cameras = cameras_of.remove(&id).unwrap_or_default();
        // Losing rows must narrow a key, never widen it to every camera.
        if every_camera != cameras.is_empty() {
            return Err(super::damaged(format_args!(
                "stored key {id:?}: its cameras are gone"
            )));
        }
        let digest = digest(format_args!("key {id:?}"), &bytes)?;
        keys.insert(digest, CameraKey { id, digest, cameras });
    }
    Ok(keys)
}
