#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

const END: u64 = 2_000;

/// A segment of ten records from `base` on, ending at [`END`].
fn open(base: u64) -> Facts {
    let next = Position(base + 10);
    Facts {
        named: Position(base),
        len: END,
        header: Ok(Header {
            salt: 1,
            base: Position(base),
        }),
        unborn: false,
        mark: None,
        scan: Some(Scan {
            next,
            end: END,
            rest: Rest::Blank,
        }),
    }
}

fn closed_one(base: u64) -> Facts {
    let mark = Mark {
        closed: true,
        number: 1,
        next: Position(base + 10),
        end: END,
    };
    Facts {
        mark: Some(mark),
        scan: None,
        ..open(base)
    }
}

fn unborn(base: u64) -> Facts {
    Facts {
        header: Err(NoHeader::Damaged),
        unborn: true,
        scan: None,
        ..open(base)
    }
}

fn with_rest(mut facts: Facts, rest: Rest) -> Facts {
    facts.scan.as_mut().unwrap().rest = rest;
    facts
}

fn go_on(base: u64, cut: u64) -> Decision {
    Decision::Continue {
        end: END,
        next: Position(base + 10),
        cut,
    }
}

fn damage_of(segments: &[Facts]) -> (u64, u64, String) {
    let damage = decide(segments).unwrap_err();
    (damage.segment.0, damage.offset, damage.what)
}

#[test]
fn a_healthy_log_is_kept_and_continued() {
    let decisions = decide(&[closed_one(0), closed_one(10), open(20)]).unwrap();
    assert_eq!(decisions, [Decision::Keep, Decision::Keep, go_on(20, 0)]);
    assert_eq!(decide(&[]).unwrap(), []);
}

#[test]
fn a_torn_tail_is_cut_in_the_last_segment_only() {
    let torn = |base| with_rest(open(base), Rest::Torn(77));
    assert_eq!(
        decide(&[closed_one(0), torn(10)]).unwrap(),
        [Decision::Keep, go_on(10, 77)]
    );
    assert_eq!(damage_of(&[torn(0), open(10)]).1, END);
}

#[test]
fn an_interrupted_closing_is_finished() {
    let close = Decision::Close {
        end: END,
        next: Position(10),
    };
    assert_eq!(decide(&[open(0), open(10)]).unwrap(), [close, go_on(10, 0)]);
}

#[test]
fn a_segment_in_the_making_is_taken_away() {
    assert_eq!(
        decide(&[open(0), unborn(10)]).unwrap(),
        [go_on(0, 0), Decision::Remove]
    );
    assert_eq!(decide(&[unborn(10)]).unwrap(), [Decision::Remake]);
}

#[test]
fn a_lost_header_is_damage_once_anything_followed_it() {
    let headless = |base| Facts {
        header: Err(NoHeader::Damaged),
        ..open(base)
    };
    assert_eq!(damage_of(&[headless(0)]).1, 0);
    assert_eq!(damage_of(&[closed_one(0), headless(10)]).0, 10);
    assert_eq!(
        damage_of(&[unborn(0), open(10)]).0,
        0,
        "only the last one can be in the making"
    );
    assert_eq!(
        damage_of(&[closed_one(0), unborn(10)]).0,
        10,
        "the one before it was closed after its header was synced"
    );
}

#[test]
fn a_missing_segment_is_damage_wherever_it_was() {
    assert_eq!(damage_of(&[closed_one(0), closed_one(20)]).0, 0);
    assert_eq!(damage_of(&[closed_one(0), open(20)]).0, 0);
    assert_eq!(damage_of(&[open(0), open(20)]).0, 0);
    assert_eq!(
        damage_of(&[closed_one(0), closed_one(10)]).0,
        10,
        "the last one says that another follows"
    );
}

#[test]
fn a_closed_segment_of_another_length_is_damage() {
    let longer = Facts {
        len: END + 1,
        ..closed_one(0)
    };
    let shorter = Facts {
        len: END - 100,
        ..closed_one(0)
    };
    assert_eq!(damage_of(&[longer, open(10)]).1, END);
    assert_eq!(damage_of(&[shorter, open(10)]).1, END - 100);
}

#[test]
fn less_than_the_mark_promised_is_damage() {
    let mark = |next, end| {
        Some(Mark {
            closed: false,
            number: 4,
            next: Position(next),
            end,
        })
    };
    assert_eq!(
        decide(&[Facts {
            mark: mark(10, END),
            ..open(0)
        }])
        .unwrap(),
        [go_on(0, 0)]
    );
    assert_eq!(
        decide(&[Facts {
            mark: mark(3, 1_700),
            ..open(0)
        }])
        .unwrap(),
        [go_on(0, 0)],
        "an old mark"
    );
    assert_eq!(
        damage_of(&[Facts {
            mark: mark(11, END + 40),
            ..open(0)
        }])
        .1,
        END
    );
    let torn = with_rest(open(0), Rest::Torn(40));
    assert_eq!(
        damage_of(&[Facts {
            mark: mark(11, END + 40),
            ..torn
        }])
        .1,
        END,
        "a torn tail cannot be that long ago"
    );
}

#[test]
fn damage_names_the_place_and_what_is_whole() {
    let damaged = with_rest(
        open(20),
        Rest::Damaged {
            after: Position(31)..Position(40),
        },
    );
    let damage = decide(&[damaged]).unwrap_err();
    assert_eq!(
        damage.to_string(),
        "segment \"00000000000000000020.segment\" is damaged at offset 2000: record 30 is not whole, but later ones were \
         written after it; the 10 records from 20 on are whole before it, and records between 31 and 40 are whole after it"
    );
}

#[test]
fn a_header_of_another_segment_or_version_is_refused() {
    let foreign = Facts {
        header: Ok(Header {
            salt: 1,
            base: Position(5),
        }),
        ..open(0)
    };
    assert!(damage_of(&[foreign]).2.contains("begins with record 5"));
    let newer = Facts {
        header: Err(NoHeader::Version(2)),
        ..open(0)
    };
    assert!(damage_of(&[newer]).2.contains("format version 2"));
}
