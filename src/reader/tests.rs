//! One file after the other, small and odd.

use super::*;
use crate::protocol::Compared;
use crate::protocol::Extract;
use crate::trail::ids::RowId;
use proptest::prelude::*;

fn read(name: &str, bytes: &[u8]) -> (ReadReport, EventBatch) {
    let mut reader = Reader::default();
    reader.open(FileId(0), name, None);
    bytes.chunks(7).for_each(|chunk| reader.push(chunk));
    reader.finish()
}

fn kind(name: &str, text: &str) -> FileKind {
    read(name, text.as_bytes()).0.facts.remove(0).kind
}

const EVENT: &str = r#"{"eventName":"A","eventSource":"b.amazonaws.com","eventTime":"2024-01-01T00:00:00Z","eventID":"1"}"#;

#[test]
fn content_says_what_a_file_is() {
    assert_eq!(kind("x", &format!(r#"{{"Records":[{EVENT}]}}"#)), FileKind::Log);
    assert_eq!(kind("x", r#"{"Records":[]}"#), FileKind::Log);
    assert_eq!(kind("x", &format!("[{EVENT}]")), FileKind::EventSource);
    assert_eq!(kind("x", EVENT), FileKind::EventSource);
    assert!(matches!(kind("x", r#"{"digestEndTime":"x"}"#), FileKind::Digest(Err(_))));
    assert!(matches!(kind("x", r#"{"hello":1}"#), FileKind::Other { .. }));
    assert!(matches!(kind("x.png", "\u{89}PNG"), FileKind::Other { .. }));
}

#[test]
fn a_broken_file_at_a_log_s_name_is_still_judged() {
    assert_eq!(kind("111122223333_CloudTrail_eu-west-1_20240309T1400Z_aaaaaaaaaaaaaaaa.json.gz", "rubbish"), FileKind::Log);
}

#[test]
fn a_file_that_is_broken_off_keeps_its_rows_and_proves_nothing() {
    let mut reader = Reader::of_one_file();
    reader.open(FileId(0), "x.json", None);
    reader.push(format!(r#"{{"Records":[{EVENT},{EVENT},{{"eventName":"#).as_bytes());
    assert!(!reader.has_taken(1 << 20) && reader.has_taken(20));
    reader.break_off("it went away");
    let (report, batch) = reader.finish();
    let facts = &report.facts[0];
    assert_eq!((batch.len(), facts.events, &facts.kind), (2, Some(2), &FileKind::Log));
    assert_eq!(facts.content.flaw, Some(ContentFlaw::Unread("it went away".to_owned())));
    let said: Vec<&str> = report.problems.iter().map(|(_, problem)| problem.what.as_str()).collect();
    let wanted = "It went away. The 2 events before that were read. Reload the page before you open it again, or those events count twice.";
    assert_eq!(said, [wanted]);
}

/// When such a file is searched, the same part of it is read again, in other pieces.
#[test]
fn what_was_read_of_a_broken_off_file_hashes_to_the_same_again() {
    let text = format!(
        r#"{{"Records":[{}]}}"#,
        (0..3000).map(|n| EVENT.replace(r#""1""#, &format!(r#""{}""#, n * 7919))).collect::<Vec<_>>().join(",")
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("it takes all");
    let packed = packed.finish().expect("it is whole");
    for stored in [text.as_bytes(), &packed] {
        let mut reader = Reader::of_one_file();
        reader.open(FileId(0), "x.json", None);
        stored[..stored.len() / 2].chunks(1000).for_each(|chunk| reader.push(chunk));
        reader.break_off("it went away");
        let content = reader.finish().0.facts.remove(0).content;
        assert_eq!(content.stored_size, stored.len() as u64 / 2);
        let mut again = ContentReader::new(Budget::default());
        stored[..stored.len() / 2].chunks(77).for_each(|chunk| again.push(chunk, &mut |_| {}));
        assert_eq!(again.finish().sha256, content.sha256);
    }
}

#[test]
fn large_numbers_are_told_in_thousands() {
    let said = |text: &str| read("x", text.as_bytes()).0.problems.remove(0).1.what;
    let many = vec![EVENT; 1200].join(",");
    assert!(said(&format!(r#"{{"Records":[{many},{{"eventName":}}]}}"#)).starts_with("1 of 1,201 records could not be read"));
    assert!(said(&format!(r#"{{"Records":[{many},{{"eventName""#)).contains("The 1,200 events before that were read."));
}

#[test]
fn half_a_line_of_a_file_that_is_broken_off_is_no_row() {
    let mut reader = Reader::of_one_file();
    reader.open(FileId(0), "result_1.csv", None);
    reader.push(b"eventTime,eventID,eventName\n2024-01-01T00:00:00Z,1,GetObject\n2024-01-01T00:00:01Z,2,Delete");
    reader.break_off("it went away");
    let (report, batch) = reader.finish();
    assert_eq!((batch.len(), report.facts[0].events), (1, Some(1)));
}

#[test]
fn one_bad_record_does_not_lose_the_rest() {
    let (report, batch) = read("x", format!(r#"{{"Records":[{EVENT},{{"eventName":}},{EVENT}]}}"#).as_bytes());
    assert_eq!((batch.len(), report.facts[0].events), (2, Some(3)));
    assert!(report.problems[0].1.what.starts_with("1 of 3 records"), "{}", report.problems[0].1.what);
}

fn job(number: u32, offset: u64) -> Extract {
    Extract { number, row: RowId(1), offset, sha256: None, event_id: String::new(), from: None }
}

#[test]
fn a_record_is_found_again_where_it_was() {
    let text = format!(r#"{{"x":[1],"Records":[{EVENT},{{"eventName":"B","eventSource":"c"}}]}}"#);
    let (report, _) = read("x", text.as_bytes());
    let offset = text.find(r#"{"eventName":"B""#).expect("it is there") as u64;
    let job = Extract { sha256: Some(report.facts[0].content.sha256), ..job(5, offset) };
    let mut extractor = Extractor::new(job.clone());
    assert!(text.as_bytes().chunks(3).all(|chunk| extractor.push(chunk).is_continue()));
    let (number, record) = extractor.finish();
    assert_eq!((number, record.file), (5, Compared::Same));
    assert_eq!(record.json.as_deref(), Ok(r#"{"eventName":"B","eventSource":"c"}"#));
    let mut changed = Extractor::new(job);
    let _ = changed.push(text.replace("c\"", "d\"").as_bytes());
    assert_eq!(changed.finish().1.file, Compared::Changed);
}

#[test]
fn a_huge_file_is_read_again_only_as_far_as_the_record() {
    let mut extractor = Extractor::new(job(1, 12));
    assert!(extractor.push(format!(r#"{{"Records":[{EVENT},{{"x":""#).as_bytes()).is_continue());
    let more = vec![b' '; 8 << 20];
    let taken = (0..20).take_while(|_| extractor.push(&more).is_continue()).count();
    let record = extractor.finish().1;
    assert_eq!((taken, record.json.as_deref(), record.file), (7, Ok(EVENT), Compared::InPart));
}

#[test]
fn a_huge_plain_file_is_read_again_at_the_record_alone() {
    let text = format!("[{EVENT},{{\"eventName\":\"B\"}},{EVENT}]");
    let offset = text.find("{\"eventName\":\"B").expect("it is there") as u64;
    let job = job(1, offset);
    assert_eq!(Extractor::begins_at(&job, b" \n[{"), Some(offset));
    for head in [&b"\x1f\x8b"[..], b"eventID,", b""] {
        assert_eq!(Extractor::begins_at(&job, head), None);
    }
    let mut from_its_beginning = Extractor::of_large(job.clone());
    let taken = text.as_bytes().chunks(9).take_while(|chunk| from_its_beginning.push(chunk).is_continue()).count();
    let record = from_its_beginning.finish().1;
    assert_eq!((record.json.as_deref(), record.file), (Ok("{\"eventName\":\"B\"}"), Compared::InPart));
    assert!(taken < text.len() / 9);
    let from = |offset: usize| {
        let mut extractor = Extractor::at_its_record(job.clone());
        let taken = text.as_bytes()[offset..].chunks(9).take_while(|chunk| extractor.push(chunk).is_continue()).count();
        (taken, extractor.finish().1)
    };
    let (taken, record) = from(offset as usize);
    assert_eq!((record.json.as_deref(), record.file), (Ok("{\"eventName\":\"B\"}"), Compared::InPart));
    assert!(taken <= 3, "no more is read than the record");
    // The row has no eventID: a record that has one is another.
    assert!(from(1).1.json.is_err());
    // Of a file that has changed, what stands there now is no record.
    assert!(from(offset as usize + 3).1.json.is_err());
}

#[test]
fn the_first_rows_of_a_single_file_come_early() {
    let text = format!("[{}]", vec![EVENT; 20_000].join(","));
    let mut parts = Vec::new();
    let mut reader = Reader::of_one_file();
    reader.open(FileId(0), "x", None);
    for chunk in text.as_bytes().chunks(EVENT.len() + 1) {
        reader.push(chunk);
        parts.extend(reader.ripe().map(|(_, rows)| rows.len()));
    }
    parts.push(reader.finish().1.len());
    assert_eq!(parts, [2048, 4096, 8192, 5664]);
}

proptest! {
    #[test]
    fn any_bytes_give_a_report(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(read("x", &bytes).0.facts.len(), 1);
    }
}
