//! Bytes that are not what was written: a fault that names the key, never a panic, never a wrong answer.

use super::crash::{journal, left_behind, written};
use super::*;
use std::fs;
use throng_model::event::ResetReason;
use throng_model::row::{MinuteFacts, Setting, Step};

fn damaged(fault: &Fault, named: &str) {
    assert_eq!(fault.code, FaultCode::StoreDamaged, "{fault}");
    assert!(fault.detail.contains(named), "{fault} does not name {named}");
}

#[test]
fn a_row_that_does_not_decode_names_its_key() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    store.commit(checkpoint(1)).expect("committed");
    let mut healthy = Vec::new();
    values::encode_row(&row(1), &mut healthy).expect("encoded");
    let longer = [&healthy[..], &[0]].concat();
    let cases: [(&[u8], &str); 5] = [
        (&[], "it is empty"),
        (&[9, 1, 2], "version 9 is unknown"),
        (&healthy[..healthy.len() - 1], ""),
        (&longer, "1 bytes too many"),
        (&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], ""),
    ];
    for (value, why) in cases {
        store.rows.insert(keys::row(&key(3)), value).expect("written");
        let range = TimeRange {
            start: Timestamp(0),
            end: Timestamp(10),
        };
        let one = store.row(&key(3)).expect_err("damaged");
        let all = store
            .rows(&scope(), Rung::Minute, range, 10)
            .expect_err("damaged");
        for fault in [&one, &all] {
            damaged(fault, "row \"\\x01door\\x00\\x01\\x80");
            damaged(fault, why);
        }
        assert_eq!(store.row(&key(2)), Ok(Some(row(1))), "the others are readable");
    }
}

#[test]
fn a_checkpoint_that_does_not_decode_is_damage() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for (value, why) in [(&[][..], "empty"), (&[7], "version 7"), (&[1, 0, 0], "position")] {
        store.meta.insert(keys::CHECKPOINT, value).expect("written");
        damaged(&store.recover().expect_err("damaged"), "checkpoint");
        damaged(&store.recover().expect_err("damaged"), why);
    }
}

#[test]
fn a_kept_state_that_is_not_what_was_written_is_damage() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    store.keep("windows", &[b"what windows know"]).expect("kept");
    let file = folder.path().join("windows.kept");
    let healthy = fs::read(&file).expect("read");
    let mut flipped = healthy.clone();
    flipped[9] ^= 4;
    let cases: [(&[u8], &str); 5] = [
        (&[], "empty"),
        (&[9, 1, 2, 3, 4], "version"),
        (&healthy[..3], "ends within its checksum"),
        (&healthy[..healthy.len() - 1], "does not match"),
        (&flipped, "does not match"),
    ];
    for (bytes, why) in cases {
        fs::write(&file, bytes).expect("written");
        let fault = store.kept("windows").expect_err("damaged");
        damaged(&fault, "windows.kept");
        damaged(&fault, why);
    }
    fs::write(&file, healthy).expect("written");
    assert_eq!(store.kept("windows"), Ok(Some(b"what windows know".to_vec())));
}

#[test]
fn a_state_that_was_kept_in_the_database_is_gone_on_from() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    store
        .meta
        .insert(keys::kept("windows"), b"\x01before")
        .expect("written");
    assert_eq!(store.kept("windows"), Ok(Some(b"before".to_vec())));
    store.keep("windows", &[b"now"]).expect("kept");
    assert_eq!(store.kept("windows"), Ok(Some(b"now".to_vec())));
    assert_eq!(store.meta.get(keys::kept("windows")).expect("read"), None);
    // Broken off while the next one was being written.
    fs::write(folder.path().join("windows.kept-new"), b"half").expect("written");
    drop(store);
    assert_eq!(opened(folder.path()).kept("windows"), Ok(Some(b"now".to_vec())));
}

#[test]
fn a_fingerprint_of_another_size_is_damage() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    let id = EventId::from_u128(0xab);
    store.ids.insert(*id.as_bytes(), [1, 2, 3]).expect("written");
    damaged(
        &store.known(&[id]).expect_err("damaged"),
        "000000000000000000000000000000ab",
    );
}

#[test]
fn a_store_of_another_format_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    opened(folder.path())
        .meta
        .insert(keys::FORMAT, [2])
        .expect("written");
    let fault = Store::open(folder.path(), StoreOptions::default()).expect_err("newer");
    damaged(&fault, &folder.path().display().to_string());
}

/// Whichever bit of whichever file turns over, the answer is right or a fault.
#[test]
fn a_flipped_bit_in_a_table_is_found() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for n in 1..=3 {
        store.commit(checkpoint(n)).expect("committed");
    }
    for keyspace in [&store.rows, &store.ids, &store.meta] {
        keyspace.rotate_memtable_and_wait().expect("in tables");
    }
    drop(store);
    let tables: Vec<PathBuf> = (1..=3)
        .flat_map(|keyspace| {
            fs::read_dir(folder.path().join(format!("keyspaces/{keyspace}/tables"))).expect("folder")
        })
        .map(|entry| entry.expect("entry").path())
        .collect();
    assert_eq!(tables.len(), 3, "one of each keyspace");
    let mut found = 0;
    for table in tables {
        let healthy = fs::read(&table).expect("read");
        for part in 0..4 {
            let mut bytes = healthy.clone();
            bytes[healthy.len() * (2 * part + 1) / 8] ^= 0x10;
            let copy = tempfile::tempdir().expect("folder");
            left_behind(folder.path(), copy.path());
            let same = table.strip_prefix(folder.path()).expect("inside");
            fs::write(copy.path().join(same), bytes).expect("flipped");
            match Store::open(copy.path(), StoreOptions::default()).and_then(|store| whole(&store)) {
                Ok(n) => assert_eq!(n, Some(3)),
                Err(fault) => {
                    assert_eq!(fault.code, FaultCode::StoreDamaged, "{fault}");
                    found += 1;
                }
            }
        }
    }
    assert!(found > 7, "{found} of 12: most bytes of a table matter");
}

/// The journal is cut at the first thing that is wrong: earlier checkpoints stand, and stand whole.
#[test]
fn a_flipped_bit_in_the_journal_leaves_whole_checkpoints() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for n in 1..=6 {
        store.commit(checkpoint(n)).expect("committed");
    }
    let healthy = written(&journal(folder.path()));
    for part in 0..8 {
        let mut bytes = healthy.clone();
        bytes[healthy.len() * (2 * part + 1) / 16] ^= 0x04;
        let copy = tempfile::tempdir().expect("folder");
        left_behind(folder.path(), copy.path());
        fs::write(journal(copy.path()), bytes).expect("flipped");
        match Store::open(copy.path(), StoreOptions::default()).and_then(|store| whole(&store)) {
            Ok(n) => assert!(n.unwrap_or(0) <= 6),
            Err(fault) => assert_eq!(fault.code, FaultCode::StoreDamaged, "{fault}"),
        }
    }
}

/// A row with something in every field.
fn full_row() -> Row {
    let mut row = Row {
        revision: 3,
        observed: 6,
        excess: 3,
        minute: MinuteFacts {
            contacts: 0b10_1101,
            contacts_in_time: 0b00_1101,
            steps: vec![
                (
                    3,
                    Step {
                        net: -5,
                        moment: -1 << 70,
                    },
                ),
                (
                    59,
                    Step {
                        net: 7,
                        moment: 1 << 70,
                    },
                ),
            ],
            settings: vec![(
                3,
                Setting {
                    said: Timestamp((1 << 50) - 7),
                    at: Timestamp(1 << 50),
                    reason: Some(ResetReason::Drift),
                    to: 300,
                },
            )],
        },
        ..Row::default()
    };
    // As many as there were when the first of these stores was written.
    for (measure, scale) in Measure::ALL.into_iter().zip(1..=8) {
        let mut summary = Summary::default();
        for value in [0, 1, -1, 127, 128, 1_000, 123_456] {
            summary.add(value * scale);
        }
        row.merge_measure(measure, &summary);
    }
    row
}

/// What this build writes. Format 1 did not know who said how many are inside, format 2 not what cameras told of twice, format 3
/// not in which second of a pane somebody moved, format 4 not what clocks that are ahead told of.
const FORMAT: u8 = 5;

/// Tests run in the folder of their crate.
fn fixture(format: u8) -> String {
    format!("fixtures/store-{format}")
}

/// Everything a format can hold, half of it in tables and half in the journal.
fn fixture_checkpoints(format: u8) -> [Checkpoint; 2] {
    let place = RowKey {
        scope: Scope::Place("hall.2_b-c".parse().expect("id")),
        rung: Rung::Month,
        start: Timestamp(1_700_000_000_000_000),
    };
    let mut second = checkpoint(2);
    let mut row = full_row();
    if format == 1 {
        row.minute.settings.clear();
    }
    if format < 3 {
        row.excess = 0;
    }
    if format < 5 {
        let settings = row.minute.settings.iter_mut();
        settings.for_each(|(_, setting)| setting.said = setting.at);
        row.minute.contacts_in_time = row.minute.contacts;
    }
    if format < 4 {
        // Panes 0 and 5 of the minute.
        let first_seconds = [0, 50];
        let steps = row.minute.steps.iter_mut().zip(first_seconds);
        steps.for_each(|(step, second)| step.0 = second);
    }
    second.rows.push((place, row.into()));
    [checkpoint(1), second]
}

#[test]
#[ignore = "writes the fixture of a new format, once: crates/embedded/fixtures/store-<format>"]
fn write_fixture() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    let [first, second] = fixture_checkpoints(FORMAT);
    store.commit(first).expect("committed");
    for keyspace in [&store.rows, &store.ids, &store.meta] {
        keyspace.rotate_memtable_and_wait().expect("in tables");
    }
    store.commit(second).expect("committed");
    drop(store);
    fs::create_dir_all(fixture(FORMAT)).expect("made");
    left_behind(folder.path(), Path::new(&fixture(FORMAT)));
}

/// Stores made by an earlier build are opened by every later one.
#[test]
fn a_store_of_any_format_is_read() {
    for format in 1..=FORMAT {
        let copy = tempfile::tempdir().expect("folder");
        left_behind(Path::new(&fixture(format)), copy.path());
        let store = opened(copy.path());
        assert_eq!(whole(&store), Ok(Some(2)));
        for (key, row) in fixture_checkpoints(format)
            .into_iter()
            .flat_map(|checkpoint| checkpoint.rows)
            .skip(5)
        {
            assert_eq!(store.row(&key), Ok(Some(Row::clone(&row))), "{key:?}");
        }
        let ids = [1_u128, 2, 3].map(EventId::from_u128);
        assert_eq!(store.known(&ids), Ok(vec![Some(1), Some(2), None]));
    }
}
