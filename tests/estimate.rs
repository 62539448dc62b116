//! What a load will cost, told from sizes: held to samples that are really read, and to what has been read of the same load.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use trailseal::table::estimate::Learned;
use trailseal::table::estimate::MEMORY;
use trailseal::table::estimate::QUESTIONS;
use trailseal::table::estimate::Stored;
use trailseal::table::estimate::is_crowd;

const MB: u64 = 1_000_000;

fn stored(files: u64, packed: u64, plain: u64) -> Stored {
    Stored { files, packed, plain }
}

/// Files, MB compressed, MB plain → millions of events, MB of memory; what was measured lies within half and twice of it.
#[test]
fn sizes_alone_tell_the_order() {
    // (what, load, measured events, measured bytes with the questions' share)
    let measured = [
        // `cargo xtask sample --events 1000000 --profile typical`: 70 bytes a row, 2,700 a file before and 4,000 after judging.
        ("typical, 1 M", stored(11_261, 155 * MB, 0), 1_000_000, 134 * MB),
        ("typical, 3 M", stored(33_765, 468 * MB, 0), 3_000_000, 414 * MB),
        // One JSON of 4.4 GB.
        ("one plain file", stored(1, 0, 4400 * MB), PLAIN_EVENTS, PLAIN_EVENTS * 95),
    ];
    for (what, load, events, memory) in measured {
        let told = load.estimate(Learned::default());
        assert!(told.events >= events / 2 && told.events <= events * 2, "{what}: {} told, {events} read", told.events);
        assert!(told.memory >= memory / 2 && told.memory <= memory * 2, "{what}: {} told, {memory} taken", told.memory);
    }
}

/// Beside the page the browser holds every open file: 300,000 are let through on a usual machine, a million are asked about on any that tells
/// of less than 24 GB.
#[test]
fn very_many_files_are_more_than_a_browser_holds() {
    const GB: u64 = 1_000 * MB;
    for (files, machine, is_asked) in [
        (300_000, None, false),
        (300_000, Some(8 * GB), false),
        (300_000, Some(4 * GB), true),
        (100_000, Some(4 * GB), false),
        (1_000_000, None, true),
        (1_000_000, Some(16 * GB), true),
        (1_000_000, Some(32 * GB), false),
        (0, Some(0), false),
    ] {
        assert_eq!(is_crowd(files, machine), is_asked, "{files} files, {machine:?}");
    }
}

#[test]
fn what_was_read_corrects_it() {
    let load = stored(1000, 1000 * MB, 0);
    let learned = Learned { bytes: 100 * MB, events: 2_000_000, left_out: 0, rows: 2_000_000, memory: 160 * MB };
    let told = load.estimate(learned);
    assert_eq!(told.events, 20_000_000);
    assert_eq!(told.memory, 20_000_000 * (80 + QUESTIONS) + 1000 * 4000);
    // Of a few events nothing follows.
    assert_eq!(load.estimate(Learned { events: 100, ..learned }).events, load.estimate(Learned::default()).events);
    // Where three of four events were left out, they will be: each still costs its id.
    let left_out = Learned { left_out: 1_500_000, rows: 500_000, memory: 40 * MB, ..learned };
    assert_eq!(load.estimate(left_out).memory, 5_000_000 * (80 + QUESTIONS) + 15_000_000 * 16 + 1000 * 4000);
}

#[test]
fn what_obviously_fits_is_never_asked_about() {
    for load in [stored(100_000, 300 * MB, 0), stored(3000, 300 * MB, 0), stored(10, 0, 3000 * MB)] {
        assert!(load.estimate(Learned::default()).memory < MEMORY / 4 * 3, "{load:?}");
    }
    assert!(stored(300_000, 4000 * MB, 0).estimate(Learned::default()).memory > MEMORY / 4 * 3);
}

#[test]
fn names_tell_how_a_file_is_stored_and_a_share_is_a_share() {
    let mut load = Stored::default();
    [("a/b.json.gz", 1000), ("x.ZIP", 10), ("c.json", 5), ("gz", 1), ("é.gz", 2)].iter().for_each(|(name, size)| load.add(name, *size));
    assert_eq!(load, stored(5, 1012, 6));
    load.remove("a/b.json.gz", 1000);
    assert_eq!(load, stored(4, 12, 6));
    let whole = stored(10, 1000 * MB, 0).estimate(Learned::default());
    assert_eq!(whole.share(250 * MB, 1000 * MB).events, whole.events / 4);
    assert_eq!(
        stored(u64::MAX, u64::MAX, u64::MAX)
            .estimate(Learned { bytes: 1, events: u64::MAX, rows: u64::MAX, memory: 1, left_out: 1 })
            .memory,
        u64::MAX
    );
}

/// See `docs/memory.md`.
const PLAIN_EVENTS: u64 = 3_400_000;
