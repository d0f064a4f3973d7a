//! What counters did, in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use throng_model::CameraId;
use throng_model::counter::CountersNow;
use throng_ports::CounterBoard;

/// One entry a camera with counters.
#[derive(Debug, Default)]
pub struct InProcessCounterBoard {
    cameras: RwLock<HashMap<CameraId, CountersNow>>,
}

impl CounterBoard for InProcessCounterBoard {
    fn put(&self, cameras: Vec<(CameraId, CountersNow)>) {
        // A panic while holding the lock cannot leave an entry half written, so a poisoned lock is as good as any.
        let mut board = self.cameras.write().unwrap_or_else(PoisonError::into_inner);
        board.extend(cameras);
    }

    fn of(&self, camera: &CameraId) -> CountersNow {
        let board = self.cameras.read().unwrap_or_else(PoisonError::into_inner);
        board.get(camera).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::InProcessCounterBoard;

    throng_ports::counter_board_contract!(InProcessCounterBoard::default);
}
