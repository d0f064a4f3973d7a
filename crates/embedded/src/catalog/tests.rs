//! The promises of the three ports, and what this catalogue adds: the audit chain, damage, versions.

use super::*;
use sqlx::Executor;
use throng_model::place::{Place, PlaceKind};
use throng_model::user::CameraKey;
use throng_model::{PlaceId, Timestamp};
use throng_ports::accounts::AuditEntry;
use throng_ports::contract::ways_in::Doors;
use throng_ports::ways_in::{LinkPurpose, WaysIn as _};
use throng_ports::{Accounts, Catalog, Pending, Quarantine, QuarantinedEvent};

/// A new, empty folder, and the opening of the catalogue in it.
fn store(quarantine_entries_max: u64) -> impl Fn() -> Pending<'static, SqliteCatalog> {
    let folder = Arc::new(tempfile::tempdir().expect("folder"));
    move || {
        let folder = Arc::clone(&folder);
        let options = CatalogOptions {
            quarantine_entries_max,
            ..CatalogOptions::default()
        };
        Box::pin(async move {
            SqliteCatalog::open_with(&folder.path().join("catalog.sqlite"), options)
                .await
                .expect("opens")
        })
    }
}

macro_rules! as_port {
    ($port:ident, $store:expr) => {{
        let open = $store;
        move || -> Pending<'static, Arc<dyn $port>> {
            let opening = open();
            Box::pin(async move { Arc::new(opening.await) as Arc<dyn $port> })
        }
    }};
}

mod catalog_contract {
    use super::*;
    throng_ports::catalog_contract!(|| as_port!(Catalog, store(1_000)));
}

mod accounts_contract {
    use super::*;
    throng_ports::accounts_contract!(|| as_port!(Accounts, store(1_000)));
}

mod ways_in_contract {
    use super::*;
    throng_ports::ways_in_contract!(|| as_port!(Doors, store(1_000)));
}

mod quarantine_contract {
    use super::*;
    throng_ports::quarantine_contract!(|entries_max| as_port!(Quarantine, store(entries_max)));
}

async fn opened(folder: &tempfile::TempDir) -> Result<SqliteCatalog, Fault> {
    SqliteCatalog::open(&folder.path().join("catalog.sqlite")).await
}

/// A catalogue with something in each table, then changed behind its back.
async fn tampered_with(statements: &[&'static str]) -> (tempfile::TempDir, SqliteCatalog) {
    let folder = tempfile::tempdir().expect("folder");
    let catalog = opened(&folder).await.expect("opens");
    let place = Place {
        id: PlaceId::new("org").expect("id"),
        kind: PlaceKind::Organisation,
        name: "all".to_owned(),
        parent: None,
        time_zone: "UTC".to_owned(),
        capacity: Some(5),
        resets_at: 0,
        calendar: None,
        counting: Default::default(),
    };
    catalog.save_place(place).await.expect("saved");
    let key = CameraKey {
        id: "gate".to_owned(),
        digest: [1; 32],
        cameras: vec![throng_model::CameraId::new("c").expect("id")],
    };
    catalog.save_key(key).await.expect("saved");
    catalog
        .audit((0..2_500).map(entry).collect())
        .await
        .expect("written");
    let event = QuarantinedEvent {
        entry: 0,
        received: Timestamp(1),
        camera: None,
        code: FaultCode::InvalidEvent,
        detail: "wrong".to_owned(),
        body: Vec::new(),
        replayed: None,
        attempts: 0,
        refused_again: None,
    };
    catalog.put(vec![event]).await.expect("put");
    for statement in statements {
        catalog.inner.writer.execute(*statement).await.expect(statement);
    }
    (folder, catalog)
}

fn entry(n: i64) -> AuditEntry {
    AuditEntry {
        at: Timestamp(n),
        actor: "an".to_owned(),
        action: "camera.save".to_owned(),
        object: format!("camera c{n}"),
        allowed: true,
    }
}

#[tokio::test]
async fn the_file_is_durable_and_checked() {
    let (_folder, catalog) = tampered_with(&[]).await;
    for pool in [&catalog.inner.writer, &catalog.inner.readers] {
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(pool)
            .await
            .expect("asked");
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(pool)
            .await
            .expect("asked");
        let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
            .fetch_one(pool)
            .await
            .expect("asked");
        assert_eq!((mode.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
    }
    let refused = catalog.inner.readers.execute("DELETE FROM place").await;
    assert!(refused.is_err(), "readers cannot write");
}

#[tokio::test]
async fn the_audit_chain_is_whole_and_its_head_moves_with_every_entry() {
    let (folder, catalog) = tampered_with(&[]).await;
    let proof = catalog.verify_audit().await.expect("whole");
    assert_eq!(proof.entries, 2_500);
    catalog.audit(vec![entry(0)]).await.expect("written");
    let after = catalog.verify_audit().await.expect("whole");
    assert_eq!(after.entries, 2_501);
    assert_ne!(after.head, proof.head);
    catalog.close().await;
    assert_eq!(
        opened(&folder).await.expect("opens").verify_audit().await,
        Ok(after)
    );
}

/// The digest is a format others may check without us: it must never change.
#[tokio::test]
async fn the_audit_digest_is_what_its_description_says() {
    let folder = tempfile::tempdir().expect("folder");
    let catalog = opened(&folder).await.expect("opens");
    catalog.audit(vec![entry(7), entry(8)]).await.expect("written");
    // Worked out from the description with another program.
    let head = catalog.verify_audit().await.expect("whole").head;
    let hex: String = head.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "8bb95627cf16ddddf3117a689688e77e97c8e92d7e9c347753152a943aa44833"
    );
}

#[tokio::test]
async fn the_audit_log_cannot_be_changed_by_mistake() {
    let (_folder, catalog) = tampered_with(&[]).await;
    for statement in [
        "UPDATE audit SET allowed = 0",
        "DELETE FROM audit WHERE entry = 3",
    ] {
        let refused = catalog
            .inner
            .writer
            .execute(statement)
            .await
            .expect_err(statement);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn a_changed_audit_log_shows_where() {
    let cases = [
        (
            "UPDATE audit SET allowed = 0 WHERE entry = 1700",
            "audit entry 1700 is not what was written",
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE entry = 1",
            "audit entry 1 is not what was written",
        ),
        (
            "UPDATE audit SET actor = 'a', action = 'n' || action WHERE entry = 9",
            "audit entry 9 is not what was written",
        ),
        (
            "UPDATE audit SET digest = zeroblob(32) WHERE entry = 2500",
            "audit entry 2500 is not what was written",
        ),
        ("DELETE FROM audit WHERE entry = 42", "audit entry 42 is missing"),
        (
            "UPDATE audit SET entry = entry - 1 WHERE entry > 1",
            "audit entry 1 is not what was written",
        ),
    ];
    for (statement, said) in cases {
        let drop_update = "DROP TRIGGER audit_is_not_changed";
        let drop_delete = "DROP TRIGGER audit_is_not_removed";
        let prepare = if statement.contains("entry - 1") {
            "DELETE FROM audit WHERE entry = 1"
        } else {
            "SELECT 1"
        };
        let (_folder, catalog) = tampered_with(&[drop_update, drop_delete, prepare, statement]).await;
        let fault = catalog.verify_audit().await.expect_err(statement);
        assert_eq!(
            (fault.code, fault.detail.as_str()),
            (FaultCode::StoreDamaged, said),
            "{statement}"
        );
    }
}

/// Damage that is met when the catalogue is opened.
#[tokio::test]
async fn a_damaged_hierarchy_or_key_is_not_opened() {
    let cases = [
        ("UPDATE place SET time_zone = 'Mars/Olympus'", "\"Mars/Olympus\""),
        (
            "UPDATE place SET capacity = -1",
            "place \"org\": -1 is impossible",
        ),
        ("UPDATE place SET kind = 'zone'", "must lie in area"),
        ("UPDATE place SET id = 'a/b'", "place id \"a/b\""),
        (
            "DELETE FROM camera_key_camera",
            "key \"gate\": its cameras are gone",
        ),
    ];
    for (statement, named) in cases {
        let (folder, catalog) = tampered_with(&[statement]).await;
        catalog.close().await;
        let fault = opened(&folder).await.expect_err(statement);
        assert_eq!(fault.code, FaultCode::StoreDamaged, "{statement}: {fault}");
        assert!(fault.detail.contains(named), "{fault}");
        assert!(
            fault.detail.contains("catalog.sqlite"),
            "says which file: {fault}"
        );
    }
}

#[tokio::test]
async fn damage_met_later_is_named() {
    let (_folder, catalog) = tampered_with(&["UPDATE quarantine SET code = 'nonsense'"]).await;
    let fault = catalog.get(1).await.expect_err("unknown code");
    assert_eq!(fault.code, FaultCode::StoreDamaged);
    assert_eq!(
        fault.detail,
        "stored quarantine entry 1: fault code \"nonsense\" is unknown"
    );
}

#[tokio::test]
async fn a_file_that_is_no_catalogue_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("catalog.sqlite"), "x".repeat(10_000)).expect("written");
    assert_eq!(
        opened(&folder).await.expect_err("no database").code,
        FaultCode::StoreDamaged
    );
    let nowhere = SqliteCatalog::open(&folder.path().join("missing/catalog.sqlite")).await;
    assert_eq!(nowhere.expect_err("no folder").code, FaultCode::CatalogIo);
}

#[tokio::test]
async fn a_catalogue_of_a_newer_build_is_refused() {
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'of the future', 1, x'00', 0)";
    let (folder, catalog) = tampered_with(&[newer]).await;
    catalog.close().await;
    let fault = opened(&folder).await.expect_err("newer");
    assert_eq!(fault.code, FaultCode::StoreDamaged);
    assert!(fault.detail.contains("9999"), "{fault}");
}

#[tokio::test]
async fn links_nobody_came_for_are_removed() {
    let folder = tempfile::tempdir().expect("folder");
    let catalog = opened(&folder).await.expect("opens");
    for n in 0..50 {
        let expires = Timestamp(i64::from(n));
        catalog
            .save_link([n; 32], LinkPurpose::Setup, expires)
            .await
            .expect("saved");
    }
    assert_eq!(catalog.take_link([99; 32], Timestamp(40)).await, Ok(None));
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_link")
        .fetch_one(&catalog.inner.readers)
        .await
        .expect("counted");
    assert_eq!(left, 9);
}

#[tokio::test]
async fn what_the_quarantine_gave_up_is_counted() {
    let open = store(10);
    let catalog = open().await;
    let event = QuarantinedEvent {
        entry: 0,
        received: Timestamp(1),
        camera: None,
        code: FaultCode::InvalidEvent,
        detail: "wrong".to_owned(),
        body: vec![1],
        replayed: None,
        attempts: 0,
        refused_again: None,
    };
    for n in 1..=30_u64 {
        catalog.put(vec![event.clone()]).await.expect("put");
        assert_eq!(catalog.quarantine_removed().await, Ok(n.saturating_sub(10)));
    }
    assert_eq!(catalog.count().await, Ok(30));
}

#[tokio::test]
async fn the_quarantine_is_bounded_in_bytes_too() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("catalog.sqlite");
    let options = CatalogOptions {
        quarantine_bytes_max: 1_000,
        ..CatalogOptions::default()
    };
    let catalog = SqliteCatalog::open_with(&path, options).await.expect("opens");
    let event = |size| QuarantinedEvent {
        entry: 0,
        received: Timestamp(1),
        camera: None,
        code: FaultCode::InvalidEvent,
        // Five letters, seven bytes.
        detail: "größe".to_owned(),
        body: vec![1; size],
        replayed: None,
        attempts: 0,
        refused_again: None,
    };
    let kept = async || {
        let listed = catalog.list(0, None, true, 100).await.expect("listed");
        listed.iter().map(|event| event.entry).collect::<Vec<_>>()
    };
    let quarters = vec![event(243); 4];
    catalog.put(quarters).await.expect("put");
    assert_eq!(kept().await, [1, 2, 3, 4], "a thousand bytes");
    catalog.mark_replayed(3, Timestamp(2)).await.expect("marked");
    catalog.put(vec![event(10)]).await.expect("put");
    assert_eq!(
        kept().await,
        [1, 2, 4, 5],
        "what was replayed is of use to nobody"
    );
    catalog.put(vec![event(600)]).await.expect("put");
    assert_eq!(kept().await, [4, 5, 6], "then what waited longest");
    assert_eq!(catalog.quarantine_removed().await, Ok(3));
    catalog.put(vec![event(100)]).await.expect("put");
    assert_eq!(kept().await, [4, 5, 6, 7], "and no more than that");
}

fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
    Place {
        id: PlaceId::new(id).expect("id"),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 0,
        calendar: None,
        counting: Default::default(),
    }
}

/// Two catalogues on one file stand for two processes: the server, and somebody at the command line beside it. Neither
/// looks by itself here, so that nothing depends on when it does.
async fn two_processes() -> (tempfile::TempDir, SqliteCatalog, SqliteCatalog) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("catalog.sqlite");
    let options = CatalogOptions {
        refresh_every: Duration::from_secs(86_400),
        ..CatalogOptions::default()
    };
    let server = SqliteCatalog::open_with(&path, options).await.expect("opens");
    let command_line = SqliteCatalog::open_with(&path, options).await.expect("opens");
    (folder, server, command_line)
}

fn key_with(digest: u8) -> CameraKey {
    CameraKey {
        id: format!("key-{digest}"),
        digest: [digest; 32],
        cameras: Vec::new(),
    }
}

#[tokio::test]
async fn what_another_process_saved_is_taken_over() {
    let (_folder, server, command_line) = two_processes().await;
    command_line
        .save_place(place("org", PlaceKind::Organisation, None))
        .await
        .expect("saved");
    assert_eq!(server.refresh().await, Ok(true));
    assert_eq!(server.site().places().len(), 1);
    assert_eq!(server.refresh().await, Ok(false), "once is enough");
    let before = server.site();
    server.audit(vec![entry(1)]).await.expect("written");
    assert_eq!(server.refresh().await, Ok(false), "other tables do not count");
    assert!(Arc::ptr_eq(&before, &server.site()));
}

#[tokio::test]
async fn a_key_made_by_another_process_opens_at_once_and_ends_at_the_next_look() {
    let (_folder, server, command_line) = two_processes().await;
    command_line
        .save_place(place("org", PlaceKind::Organisation, None))
        .await
        .expect("saved");
    command_line.save_key(key_with(1)).await.expect("saved");
    assert_eq!(server.key([1; 32]).await, Ok(Some(key_with(1))));
    assert_eq!(
        server.site().places().len(),
        1,
        "and what was registered with it is there too"
    );
    assert_eq!(server.key([2; 32]).await, Ok(None));
    assert_eq!(command_line.remove_key("key-1".to_owned()).await, Ok(true));
    assert_eq!(server.refresh().await, Ok(true));
    assert_eq!(server.key([1; 32]).await, Ok(None));
}

#[tokio::test]
async fn many_unknown_keys_are_one_question_to_the_file() {
    let (_folder, server, command_line) = two_processes().await;
    assert_eq!(server.key([9; 32]).await, Ok(None), "asked");
    command_line.save_key(key_with(1)).await.expect("saved");
    // Had any of these looked into the file, all of it would be in memory now.
    for unknown in 2..=100 {
        assert_eq!(server.key([unknown; 32]).await, Ok(None));
    }
    assert_eq!(server.keys(None).await.map(|keys| keys.len()), Ok(0));
    assert_eq!(
        server.refresh().await,
        Ok(true),
        "the regular look finds the change"
    );
    assert_eq!(server.key([1; 32]).await, Ok(Some(key_with(1))));
}

#[tokio::test]
async fn a_change_is_made_to_what_really_is() {
    let (_folder, server, command_line) = two_processes().await;
    command_line
        .save_place(place("org", PlaceKind::Organisation, None))
        .await
        .expect("saved");
    server
        .save_place(place("mall", PlaceKind::Building, Some("org")))
        .await
        .expect("the parent is there");
    let again = command_line
        .save_place(place("org", PlaceKind::Building, None))
        .await;
    assert_eq!(
        again.expect_err("the mall stands in it").code,
        FaultCode::InvalidRequest
    );
    assert_eq!(command_line.site().places(), server.site().places());
    command_line.save_key(key_with(1)).await.expect("saved");
    let other = CameraKey {
        id: "other".to_owned(),
        ..key_with(1)
    };
    assert_eq!(
        server.save_key(other).await.expect_err("taken").code,
        FaultCode::AlreadyExists
    );
    assert_eq!(server.remove_key("key-1".to_owned()).await, Ok(true));
}
