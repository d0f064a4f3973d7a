//! Keys on the command line: made, listed and ended. A key that nobody can name can be ended by nobody.

use crate::command::say;
use crate::command::trace::note;
use throng_app::Action;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode};
use throng_ports::Catalog as _;

/// Makes a key for these cameras (for every one, where none is named) and prints it.
pub(super) async fn make(catalog: &SqliteCatalog, cameras: Vec<CameraId>) -> Result<(), Fault> {
    match cameras.as_slice() {
        [] => say("camera: every camera"),
        cameras => cameras
            .iter()
            .for_each(|camera| say(format_args!("camera: {camera}"))),
    }
    let (key, secret) = throng_app::cameras::new_key(cameras)?;
    let id = key.id.clone();
    note(catalog, Action::CreateKey, &id).await?;
    catalog.save_key(key).await?;
    say(format_args!("key id: {id}"));
    say(format_args!("key:    {}", secret.reveal()));
    say(format_args!(
        "Keep the key now: only its digest is stored. `throng camera end-key {id}` ends it."
    ));
    Ok(())
}

/// One line a key: its id, and for whom it speaks.
pub(super) async fn list(catalog: &SqliteCatalog) -> Result<(), Fault> {
    for key in catalog.keys(None).await? {
        say(listed(&key));
    }
    Ok(())
}

fn listed(key: &CameraKey) -> String {
    let cameras: Vec<&str> = key.cameras.iter().map(CameraId::as_str).collect();
    match cameras.as_slice() {
        [] => format!("{}\tevery camera", key.id),
        cameras => format!("{}\t{}", key.id, cameras.join(",")),
    }
}

/// Ends a key.
pub(super) async fn end(catalog: &SqliteCatalog, id: String) -> Result<(), Fault> {
    if catalog.keys(None).await?.iter().any(|key| key.id == id) {
        note(catalog, Action::EndKey, &id).await?;
        if catalog.remove_key(id.clone()).await? {
            say(format_args!("key {id} has ended"));
            return Ok(());
        }
    }
    let detail = format!("key {id:?} does not exist; `throng camera keys` lists those that do");
    Err(Fault::new(FaultCode::NotFound, detail))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn a_key_that_was_made_can_be_found_and_ended() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
            .await
            .unwrap();
        make(&catalog, Vec::new()).await.unwrap();
        make(&catalog, vec![CameraId::new("door").unwrap()])
            .await
            .unwrap();
        let mut keys = catalog.keys(None).await.unwrap();
        keys.sort_by_key(|key| key.cameras.len());
        let told: Vec<String> = keys.iter().map(listed).collect();
        let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        let [gateway, door] = ids[..] else {
            panic!("{ids:?}")
        };
        assert_eq!(
            told,
            [format!("{gateway}\tevery camera"), format!("{door}\tdoor")]
        );
        end(&catalog, gateway.to_owned()).await.unwrap();
        let left = catalog.keys(None).await.unwrap();
        assert_eq!(
            left.iter().map(listed).collect::<Vec<_>>(),
            [format!("{door}\tdoor")]
        );
        let again = end(&catalog, gateway.to_owned()).await.unwrap_err();
        assert_eq!(again.code, FaultCode::NotFound);
    }
}
