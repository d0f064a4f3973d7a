use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use throng_model::Timestamp;
use throng_model::user::User;
use throng_ports::Pending;
use throng_ports::accounts::Removed;
use tokio::time::Instant;

/// A disk that can be full, with an audit log and nothing else on it.
#[derive(Default)]
struct Disk {
    full: AtomicBool,
    written: Mutex<Vec<String>>,
}

impl Disk {
    fn written(&self) -> Vec<String> {
        self.written.lock().unwrap().clone()
    }
}

fn nothing<'a, T>() -> Pending<'a, Result<T, Fault>> {
    Box::pin(async { Err(Fault::internal("there is only an audit log")) })
}

impl Accounts for Disk {
    fn audit(&self, entries: Vec<AuditEntry>) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            if self.full.load(Ordering::SeqCst) {
                return Err(Fault::new(FaultCode::Unavailable, "the disk is full"));
            }
            let entries = entries.into_iter().map(|entry| entry.actor);
            self.written.lock().unwrap().extend(entries);
            Ok(())
        })
    }

    fn user(&self, _: String) -> Pending<'_, Result<Option<User>, Fault>> {
        nothing()
    }

    fn users(&self) -> Pending<'_, Result<Vec<User>, Fault>> {
        nothing()
    }

    fn add_user(&self, _: User) -> Pending<'_, Result<Option<User>, Fault>> {
        nothing()
    }

    fn set_password(&self, _: String, _: String, _: Option<u64>) -> Pending<'_, Result<Option<u64>, Fault>> {
        nothing()
    }

    fn remove_user(&self, _: String) -> Pending<'_, Result<Removed, Fault>> {
        nothing()
    }

    fn has_administrator(&self) -> Pending<'_, Result<bool, Fault>> {
        nothing()
    }

    fn audit_log(&self, _: usize) -> Pending<'_, Result<Vec<AuditEntry>, Fault>> {
        nothing()
    }
}

fn entry(actor: &str) -> AuditEntry {
    AuditEntry {
        at: Timestamp(0),
        actor: actor.to_owned(),
        action: "analytics.read".to_owned(),
        object: "live".to_owned(),
        allowed: true,
    }
}

/// A trail whose disk is full, and that has noticed.
async fn broken() -> (Arc<Disk>, Arc<AuditTrail>) {
    let disk = Arc::new(Disk::default());
    let trail = Arc::new(AuditTrail::start(disk.clone()));
    trail.note(entry("before")).await.unwrap();
    trail.settle().await.unwrap();
    disk.full.store(true, Ordering::SeqCst);
    trail.note(entry("on the way")).await.unwrap();
    let mut failing = trail.failing.clone();
    failing.wait_for(|failing| *failing).await.unwrap();
    assert!(!trail.is_written());
    (disk, trail)
}

#[tokio::test(start_paused = true)]
async fn when_the_disk_has_room_again_everything_is_written_and_questions_go_on() {
    let (disk, trail) = broken().await;
    let waits = tokio::spawn({
        let trail = trail.clone();
        async move { trail.note(entry("meanwhile")).await }
    });
    sleep(NOTE_TIME_MAX / 2).await;
    disk.full.store(false, Ordering::SeqCst);
    waits.await.unwrap().expect("it has waited for the disk");
    trail.note(entry("after")).await.unwrap();
    trail.settle().await.unwrap();
    assert_eq!(disk.written(), ["before", "on the way", "meanwhile", "after"]);
    assert!(trail.is_written());
}

#[tokio::test(start_paused = true)]
async fn while_the_disk_is_full_questions_are_refused_in_time_and_nothing_is_lost() {
    let (disk, trail) = broken().await;
    let asked = Instant::now();
    for _ in 0..10 {
        let fault = trail.note(entry("refused")).await.expect_err("no trace");
        assert_eq!(fault.code, FaultCode::Unavailable);
        assert!(fault.retry_after_s.is_some(), "{fault}");
    }
    assert_eq!(asked.elapsed(), 10 * NOTE_TIME_MAX);
    assert!(trail.settle().await.is_err(), "a server that ends says so");
    disk.full.store(false, Ordering::SeqCst);
    trail.settle().await.expect("room");
    assert_eq!(
        disk.written(),
        ["before", "on the way"],
        "who was refused did nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_nobody_can_wait_for_ends() {
    let (disk, trail) = broken().await;
    drop(trail);
    let gone = Arc::downgrade(&disk);
    drop(disk);
    sleep(2 * RETRY_MAX).await;
    assert!(gone.upgrade().is_none());
}
