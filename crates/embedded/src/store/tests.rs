//! The promises of the two ports, and what this store adds: crashes, damage, versions, one opening at a time.

use super::*;
use throng_ports::contract::State;

mod contract {
    use super::*;

    /// A new, empty folder, and the opening of the store in it.
    fn store() -> impl Fn() -> State {
        let folder = tempfile::tempdir().expect("folder");
        move || State::of(Store::open(folder.path(), StoreOptions::default()).expect("opens"))
    }

    throng_ports::checkpoint_contract!(store);
    throng_ports::rollups_contract!(store);
}
