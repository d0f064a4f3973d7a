//! The suite of the port, on a faulty disk that does not fail, and on a real one.

use super::support::tiny;
use std::sync::Arc;
use throng_embedded::log::{Options, RealDisk, SegmentedLog};
use throng_ports::{Disk, EventLog, contract::event_log::Open};
use throng_sim::disk::FaultyDisk;

fn opener(disk: impl Fn() -> Arc<dyn Disk>, options: Options) -> impl Open {
    move || {
        let on_poison = Box::new(|fault: &_| panic!("{fault}"));
        let (log, recovery) = SegmentedLog::open(disk(), options, on_poison).expect("opened");
        assert_eq!(recovery.cut_bytes, 0, "a log that was closed has no torn tail");
        Arc::new(log) as Arc<dyn EventLog>
    }
}

fn on_faulty_disk() -> impl Open {
    let disk = FaultyDisk::new();
    opener(move || Arc::new(disk.clone()), tiny())
}

fn on_real_disk(options: Options) -> impl Open {
    let folder = tempfile::tempdir().expect("a folder");
    let open = opener(
        {
            let path = folder.path().join("a/log");
            move || Arc::new(RealDisk::new(&path).expect("a folder"))
        },
        options,
    );
    move || {
        let _until_the_test_ends = &folder;
        open()
    }
}

mod faulty_disk {
    throng_ports::event_log_contract!(super::on_faulty_disk);
}

mod real_disk_with_tiny_segments {
    fn store() -> impl super::Open {
        super::on_real_disk(super::tiny())
    }
    throng_ports::event_log_contract!(store);
}

mod real_disk_with_defaults {
    fn store() -> impl super::Open {
        super::on_real_disk(super::Options::default())
    }
    throng_ports::event_log_contract!(store);
}
