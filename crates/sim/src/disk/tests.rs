#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use throng_ports::disk::Disk;

fn shown(disk: &FaultyDisk, name: &str) -> Option<Vec<u8>> {
    disk.files()
        .into_iter()
        .find(|(file, _)| file == name)
        .map(|(_, bytes)| bytes)
}

/// A disk with a durable file `a` of 2,048 ones.
fn disk() -> (FaultyDisk, Arc<dyn throng_ports::DiskFile>) {
    let disk = FaultyDisk::new();
    let file = disk.create("a").unwrap();
    file.write_at(0, &[1; 2_048]).unwrap();
    file.sync_data().unwrap();
    disk.sync_dir().unwrap();
    (disk, file)
}

#[test]
fn only_what_was_synced_survives() {
    let (disk, file) = disk();
    file.write_at(100, &[2; 10]).unwrap();
    disk.create("b").unwrap().sync_data().unwrap();
    disk.crash(Survival::Nothing);
    assert_eq!(shown(&disk, "a").unwrap(), [1; 2_048]);
    assert_eq!(shown(&disk, "b"), None, "its name was never synced");
    assert!(file.len().is_err(), "a handle does not outlive the power");
}

#[test]
fn a_killed_process_leaves_everything_in_the_cache() {
    let (disk, file) = disk();
    file.write_at(2_048, &[2; 10]).unwrap();
    disk.kill();
    file.len().unwrap_err();
    assert_eq!(shown(&disk, "a").unwrap()[2_048..], [2; 10]);
    disk.crash(Survival::Nothing);
    assert_eq!(shown(&disk, "a").unwrap().len(), 2_048, "it was not durable");
}

#[test]
fn torn_writes_lose_any_sectors_in_any_order() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..400 {
        let (disk, file) = disk();
        file.write_at(0, &[2; 2_048]).unwrap();
        disk.crash(Survival::Torn(seed));
        let bytes = shown(&disk, "a").unwrap();
        assert!(bytes.iter().all(|byte| *byte == 1 || *byte == 2));
        seen.insert(bytes.chunks(SECTOR).map(|sector| sector[0]).collect::<Vec<_>>());
    }
    assert_eq!(seen.len(), 16, "every subset of four sectors was seen");
}

#[test]
fn a_failed_sync_lies_afterwards() {
    let (disk, file) = disk();
    file.write_at(0, &[2; 100]).unwrap();
    disk.fail_after(0, DiskFault::Error);
    file.sync_data().unwrap_err();
    file.write_at(200, &[3; 100]).unwrap();
    file.sync_data().unwrap();
    assert_eq!(shown(&disk, "a").unwrap()[0], 2, "still shown");
    disk.crash(Survival::Everything);
    let bytes = shown(&disk, "a").unwrap();
    assert_eq!(
        (bytes[0], bytes[200]),
        (1, 3),
        "the first write is gone, the second was kept"
    );
}

#[test]
fn a_full_disk_takes_what_fits() {
    let (disk, file) = disk();
    disk.set_capacity(Some(2_048 + 512));
    file.write_at(0, &[2; 2_048]).unwrap();
    let full = file.write_at(2_048, &[2; 600]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(file.len().unwrap(), 2_560);
    file.truncate(2_048).unwrap();
    file.write_at(2_048, &[2; 512]).unwrap();
}

#[test]
fn a_lock_is_held_once_and_ends_with_the_process() {
    let (disk, _) = disk();
    let lock = disk.lock("lock").unwrap();
    assert_eq!(
        disk.lock("lock").unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
    disk.crash(Survival::Everything);
    let second = disk.lock("lock").unwrap();
    drop(lock);
    disk.lock("lock").unwrap_err();
    drop(second);
    disk.lock("lock").unwrap();
}

#[test]
fn a_power_cut_stops_everything_until_the_crash() {
    let (disk, file) = disk();
    disk.fail_after(1, DiskFault::PowerCut);
    file.write_at(0, &[2; 8]).unwrap();
    file.sync_data().unwrap_err();
    file.len().unwrap_err();
    disk.list().unwrap_err();
    disk.crash(Survival::Nothing);
    assert_eq!(disk.list().unwrap(), ["a"]);
}
