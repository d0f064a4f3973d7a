//! The suite of [`CounterBoard`](crate::CounterBoard). Use: `throng_ports::counter_board_contract!(my_board);`

use crate::CounterBoard;
use throng_model::CameraId;
use throng_model::counter::CountersNow;

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! counter_board_contract {
    ($board:expr) => {
        $crate::counter_board_contract!($board;
            a_new_board_knows_no_counters
            a_camera_shows_what_was_put_last
        );
    };
    ($board:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::counter_board::$promise(&$board());
            }
        )+
    };
}

fn camera(id: &str) -> CameraId {
    CameraId::new(id).expect("id")
}

fn counters(refused_counters: u64) -> CountersNow {
    CountersNow {
        counters: Vec::new(),
        refused_counters,
    }
}

/// See the name.
pub fn a_new_board_knows_no_counters(board: &dyn CounterBoard) {
    assert_eq!(board.of(&camera("door")), CountersNow::default());
}

/// See the name.
pub fn a_camera_shows_what_was_put_last(board: &dyn CounterBoard) {
    board.put(vec![(camera("door"), counters(1)), (camera("gate"), counters(2))]);
    board.put(vec![(camera("door"), counters(3))]);
    assert_eq!(board.of(&camera("door")), counters(3));
    assert_eq!(board.of(&camera("gate")), counters(2));
}
