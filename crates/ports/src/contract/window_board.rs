//! The suite of [`WindowBoard`](crate::WindowBoard). Use: `throng_ports::window_board_contract!(my_board);`

use crate::WindowBoard;
use std::sync::Arc;
use throng_model::window::{WindowNow, WindowTable};
use throng_model::{CameraId, Fault, FaultCode, PlaceId, Scope, TimeRange, Timestamp};

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! window_board_contract {
    ($board:expr) => {
        $crate::window_board_contract!($board;
            a_new_board_shows_nothing
            a_scope_shows_what_was_put_last
            a_stopped_board_tells_why_and_shows_nothing
        );
    };
    ($board:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::window_board::$promise(&$board());
            }
        )+
    };
}

fn window(events: u64) -> Arc<WindowNow> {
    let table = WindowTable::default();
    Arc::new(WindowNow {
        window: table.iter().next().expect("the table is not empty").clone(),
        range: TimeRange {
            start: Timestamp(0),
            end: Timestamp(60_000_000),
        },
        ordinal: None,
        revision: 0,
        events,
        observed: 6,
        expected: 6,
        measures: Default::default(),
    })
}

/// See the name.
pub fn a_new_board_shows_nothing(board: &dyn WindowBoard) {
    assert!(
        board
            .of(&Scope::Camera(CameraId::new("door").expect("id")))
            .expect("not stopped")
            .is_empty()
    );
}

/// Also where a camera and a place have the same id.
pub fn a_scope_shows_what_was_put_last(board: &dyn WindowBoard) {
    let camera = Scope::Camera(CameraId::new("hall").expect("id"));
    let place = Scope::Place(PlaceId::new("hall").expect("id"));
    board.put(vec![
        (camera.clone(), vec![window(1), window(2)]),
        (place.clone(), vec![window(3)]),
    ]);
    board.put(vec![(camera.clone(), vec![window(4)])]);
    assert_eq!(board.of(&camera), Ok(vec![window(4)]));
    assert_eq!(board.of(&place), Ok(vec![window(3)]));
}

/// See the name.
pub fn a_stopped_board_tells_why_and_shows_nothing(board: &dyn WindowBoard) {
    let camera = Scope::Camera(CameraId::new("hall").expect("id"));
    board.put(vec![(camera.clone(), vec![window(1)])]);
    let why = Fault::new(FaultCode::LogIo, "the disk is gone");
    board.stop(why.clone());
    board.stop(Fault::internal("something that follows from it"));
    assert_eq!(board.of(&camera), Err(why));
}
