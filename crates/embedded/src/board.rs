//! The windows that ended last, in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use throng_model::Scope;
use throng_model::window::WindowNow;
use throng_ports::WindowBoard;

/// One entry a scope; as large as the hierarchy times the table of windows.
#[derive(Debug, Default)]
pub struct InProcessBoard(RwLock<HashMap<Scope, Vec<WindowNow>>>);

impl WindowBoard for InProcessBoard {
    fn put(&self, scopes: Vec<(Scope, Vec<WindowNow>)>) {
        // A panic while holding the lock cannot leave an entry half written, so a poisoned lock is as good as any.
        let mut board = self.0.write().unwrap_or_else(PoisonError::into_inner);
        board.extend(scopes);
    }

    fn of(&self, scope: &Scope) -> Vec<WindowNow> {
        let board = self.0.read().unwrap_or_else(PoisonError::into_inner);
        board.get(scope).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::InProcessBoard;

    throng_ports::window_board_contract!(InProcessBoard::default);
}
