//! The windows that ended last, in memory.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use throng_model::window::WindowNow;
use throng_model::{Fault, Scope};
use throng_ports::WindowBoard;

/// One entry a scope; as large as the hierarchy times the table of windows.
#[derive(Debug, Default)]
pub struct InProcessBoard {
    scopes: RwLock<HashMap<Scope, Vec<Arc<WindowNow>>>>,
    stopped: OnceLock<Fault>,
}

impl WindowBoard for InProcessBoard {
    fn put(&self, scopes: Vec<(Scope, Vec<Arc<WindowNow>>)>) {
        // A panic while holding the lock cannot leave an entry half written, so a poisoned lock is as good as any.
        let mut board = self.scopes.write().unwrap_or_else(PoisonError::into_inner);
        board.extend(scopes);
    }

    fn of(&self, scope: &Scope) -> Result<Vec<Arc<WindowNow>>, Fault> {
        if let Some(why) = self.stopped.get() {
            return Err(why.clone());
        }
        let board = self.scopes.read().unwrap_or_else(PoisonError::into_inner);
        Ok(board.get(scope).cloned().unwrap_or_default())
    }

    fn stop(&self, why: Fault) {
        self.stopped.get_or_init(|| why);
    }
}

#[cfg(test)]
mod tests {
    use super::InProcessBoard;

    throng_ports::window_board_contract!(InProcessBoard::default);
}
