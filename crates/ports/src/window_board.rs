//! Where the windows that ended last can be looked up.

use std::sync::Arc;
use throng_model::window::WindowNow;
use throng_model::{Fault, Scope};

/// A board that the data plane writes and everybody else reads. It forgets everything when the process ends; the data plane
/// writes it anew at the start.
pub trait WindowBoard: Send + Sync {
    /// Puts these windows in place of what the board showed for each of these scopes.
    fn put(&self, scopes: Vec<(Scope, Vec<Arc<WindowNow>>)>);

    /// What the board shows for a scope, in the order of the table; nothing while no window of it has ended.
    /// The fault it was stopped with, since then: windows that no longer move on must not look as if they did.
    fn of(&self, scope: &Scope) -> Result<Vec<Arc<WindowNow>>, Fault>;

    /// Whoever writes has ended, and why. The first reason stays.
    fn stop(&self, why: Fault);
}
