//! Where what counters did can be looked up.

use throng_model::CameraId;
use throng_model::counter::CountersNow;

/// A board that the data plane writes and everybody else reads. It forgets everything when the process ends; the data plane
/// writes it anew at the start.
pub trait CounterBoard: Send + Sync {
    /// Puts these in place of what the board showed for each of these cameras.
    fn put(&self, cameras: Vec<(CameraId, CountersNow)>);

    /// What the board shows for a camera; nothing while none of its counters was heard of.
    fn of(&self, camera: &CameraId) -> CountersNow;
}
