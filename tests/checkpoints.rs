//! A record of a large gzip file is found again from the last checkpoint before it, and a file that has changed never shows another one.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use trailseal::integrity::checkpoint::HEAD;
use trailseal::integrity::judgement::Asked;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Compared;
use trailseal::protocol::Extract;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::Record;
use trailseal::reader::Extractor;
use trailseal::reader::Large;
use trailseal::reader::Reader;
use trailseal::trail::ids::FileId;
use trailseal::trail::ids::RowId;

const EVENTS: u32 = 9000;

/// Every event's JSON, and the log of them all; `salt` makes others of them.
fn log(salt: u32) -> (Vec<String>, String) {
    let mut state = salt | 1;
    let events = (0..EVENTS).map(|number| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"2024-03-09T14:00:00Z","eventSource":"s3.amazonaws.com","eventName":"Get{}","eventID":"{state:08x}-0000-4000-8000-{number:012x}","sourceIPAddress":"10.{}.0.1"}}"#,
            state >> 27,
            state >> 24,
        )
    });
    let events: Vec<String> = events.collect();
    let log = format!(r#"{{"Records":[{}]}}"#, events.join(","));
    (events, log)
}

fn gzip(text: &str, level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A ledger that has been told of the file, by a reader that takes it for a large one.
fn load(name: &str, stored: &[u8], chunk: usize) -> Ledger {
    let mut ledger = Ledger::new(Asked::default());
    ledger.expect(&[Named { id: FileId(0), name: name.to_owned(), size: stored.len() as u64 }]);
    let mut reader = Reader::of_one_file().with_large(Large { above: 10_000, every: 100_000 });
    reader.open(FileId(0), name, None);
    for bytes in stored.chunks(chunk) {
        reader.push(bytes);
        if let Some((report, rows)) = reader.ripe() {
            ledger.admit(report, rows);
        }
    }
    let (report, rows) = reader.finish();
    ledger.admit(report, rows);
    ledger
}

fn job(ledger: &mut Ledger, row: u32) -> Extract {
    match ledger.answer(1, Question::Record(RowId(row))) {
        Reply::Ask(Job::Extract(job)) => job,
        _ => panic!("a reader is asked"),
    }
}

/// As the worker does it: what is there now, and how many stored bytes were read for it.
fn extract(job: &Extract, stored: &[u8], chunk: usize) -> (Record, usize) {
    let begins = job.from.as_ref().map_or(stored.len(), |from| from.begins() as usize);
    let part = stored.get(begins..).unwrap_or_default();
    let (mut extractor, part) = match Extractor::from_checkpoint(job, &part[..part.len().min(HEAD)]) {
        Err((_, record)) => return (record, 0),
        Ok(Some(extractor)) => (extractor, &part[1..]),
        Ok(None) => (Extractor::of_large(job.clone()), stored),
    };
    let mut taken = 0;
    for bytes in part.chunks(chunk) {
        taken += bytes.len();
        if extractor.push(bytes).is_break() {
            break;
        }
    }
    (extractor.finish().1, taken)
}

#[test]
fn each_record_is_found_from_the_last_place_before_it() {
    let (events, log) = log(5);
    let stored = gzip(&log, 6);
    let mut ledger = load("a.json.gz", &stored, 4096);
    let mut from = Vec::new();
    for row in (0..EVENTS).step_by(83).chain([EVENTS - 1]) {
        let job = job(&mut ledger, row);
        let (record, taken) = extract(&job, &stored, 1000);
        assert_eq!((record.json.as_deref(), record.file), (Ok(events[row as usize].as_str()), Compared::InPart), "row {row}");
        if let Some(place) = job.from {
            assert!(place.inflated() <= job.offset);
            // A place every 100,000 bytes and a block of this packer's behind it.
            assert!(taken * 2 < stored.len(), "{taken} of {}", stored.len());
            from.push(place.begins());
        }
    }
    from.dedup();
    assert!(from.len() >= 2, "{from:?}");
}

#[test]
fn a_small_file_a_plain_one_and_lines_of_csv_have_no_places() {
    let (_, log) = log(5);
    assert_eq!(job(&mut load("a.json", log.as_bytes(), 4096), EVENTS - 1).from, None);
    let small = gzip(&log[..log.len() / 20], 9);
    assert!(small.len() < 10_000);
    assert_eq!(job(&mut load("a.json.gz", &small, 4096), 20).from, None);
    let lines: String = (0..60_000u32)
        .map(|line| format!("{:08x}-{line},2024-03-09T14:00:00Z,A{}\n", line.wrapping_mul(2_654_435_761), line % 77))
        .collect();
    let csv = gzip(&format!("eventID,eventTime,eventName\n{lines}"), 6);
    assert_eq!(job(&mut load("a.csv.gz", &csv, 4096), 59_000).from, None);
}

#[test]
fn a_changed_file_shows_no_other_record() {
    let (_, log) = log(5);
    let mut ledger = load("a.json.gz", &gzip(&log, 6), 4096);
    let job = job(&mut ledger, EVENTS - 1);
    assert!(job.from.is_some());
    // Other events; the same ones packed in another way; the same ones but the last; an empty file.
    let (_, other) = self::log(6);
    let last = log.replace(&job.event_id, "00000000-0000-4000-8000-ffffffffffff");
    assert_ne!(last, log);
    for (changed, what) in [(gzip(&other, 6), "other"), (gzip(&log, 9), "packed"), (gzip(&last, 6), "last"), (Vec::new(), "empty")] {
        let (record, _) = extract(&job, &changed, 1000);
        let why = record.json.expect_err(what);
        assert!(why.contains("the file has changed"), "{what}: {why}");
        assert_eq!(record.file, Compared::InPart);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_becomes_of_the_file_the_record_is_the_row_s_or_none(
        row in 0..EVENTS, level in 2u32..10, chunk in 1usize..9000,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3), cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (events, log) = log(9);
        let mut stored = gzip(&log, level);
        let mut ledger = load("a.json.gz", &stored, chunk);
        let job = job(&mut ledger, row);
        let whole = extract(&job, &stored, chunk).0;
        prop_assert_eq!(whole.json.as_ref(), Ok(&events[row as usize]));
        changes.iter().for_each(|(index, byte)| { let at = index.index(stored.len()); stored[at] ^= *byte; });
        stored.truncate(cut.map_or(stored.len(), |cut| cut.index(stored.len())));
        if let Ok(json) = extract(&job, &stored, chunk).0.json {
            // The id is what is compared; a damage may stand elsewhere in the record, as in any file that is not hashed again.
            prop_assert!(json.contains(&job.event_id), "{}", json);
        }
    }
}
