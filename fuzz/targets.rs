//! What is fuzzed: for each reader of bytes one function that takes any bytes at all and states what must hold of the outcome.

// Each place that includes this file uses another part of it.
#![allow(dead_code, missing_docs, unreachable_pub)]

use trailseal::archive::TAIL;
use trailseal::archive::entries;
use trailseal::archive::find_end;
use trailseal::export::manifest::Manifest;
use trailseal::export::manifest::admitted;
use trailseal::export::parts::GivenPack;
use trailseal::integrity::Asked;
use trailseal::integrity::Budget;
use trailseal::integrity::Content;
use trailseal::integrity::ContentReader;
use trailseal::integrity::Evidence;
use trailseal::integrity::GivenSignature;
use trailseal::integrity::LakeSign;
use trailseal::integrity::PublicKey;
use trailseal::integrity::Verbosity;
use trailseal::integrity::Verdict;
use trailseal::integrity::check;
use trailseal::protocol::ReadReport;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::trail::DigestFile;
use trailseal::trail::EventRecord;
use trailseal::trail::FileId;
use trailseal::trail::Habits;
use trailseal::trail::ObjectKey;
use trailseal::trail::Records;
use trailseal::trail::Timestamp;
use trailseal::trail::s3_url;

/// What takes any bytes.
pub type Target = fn(&[u8]);

/// All targets, by their names.
pub const ALL: [(&str, Target); 10] = [
    ("content", content),
    ("digest", digest),
    ("lists", lists),
    ("lake", lake),
    ("records", records),
    ("event", event),
    ("batch", batch),
    ("names", names),
    ("verdict", verdict),
    ("archive", archive),
];

/// However the bytes are cut into chunks, the content is the same, and it never grows beyond its budget.
pub fn content(bytes: &[u8]) {
    let read = |size: usize| -> (Content, Vec<u8>) {
        let mut reader = ContentReader::new(Budget::of(1 << 20));
        let mut inflated = Vec::new();
        bytes.chunks(size).for_each(|chunk| reader.push(chunk, &mut |piece| inflated.extend_from_slice(piece)));
        (reader.finish(), inflated)
    };
    let (whole, inflated) = read(bytes.len().max(1));
    assert!(inflated.len() <= (1 << 20) + (64 << 10));
    assert_eq!(whole.stored_size, bytes.len() as u64);
    for size in [1, 7] {
        let (cut, same) = read(size);
        assert_eq!(cut.flaw.is_none(), whole.flaw.is_none());
        if whole.flaw.is_none() {
            assert_eq!((&cut, &same), (&whole, &inflated));
        }
    }
}

/// A digest that reads has a place and a window.
pub fn digest(bytes: &[u8]) {
    match DigestFile::parse(bytes) {
        Ok(digest) => {
            let _ = (digest.chain(), digest.organization());
            assert_eq!(Timestamp::parse(&digest.end_text), Some(digest.end));
        }
        Err(why) => assert!(!why.is_empty()),
    }
}

/// Key lists and signatures: whatever is read is not trusted before it is checked.
pub fn lists(bytes: &[u8]) {
    let mut evidence = Evidence::default();
    if let Some(keys) = PublicKey::parse_list(bytes) {
        assert!(keys.iter().filter_map(PublicKey::problem).all(|problem| !problem.slug().is_empty()));
        evidence.admit_keys(keys);
    }
    if let Some(signatures) = GivenSignature::parse_any(bytes) {
        assert!(!signatures.is_empty());
        evidence.admit_signatures(signatures);
    }
    assert!(evidence.take_checks().is_empty());
    assert_eq!(evidence.judge(&Asked::default()).report.exit_code(), 2);
}

/// A sign file and a query result, the second after the first zero byte: no line is lost by how the file is cut, a line is found again
/// where it was, and without a key nothing is valid.
pub fn lake(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (sign, csv) = (bytes.get(..at).unwrap_or_default(), bytes.get(at.saturating_add(1)..).unwrap_or_default());
    if let Ok(sign) = LakeSign::parse(sign) {
        // Hashes and single spaces, nothing else: no digest's string to sign is that.
        assert_eq!(sign.string_to_sign().len(), (sign.files.len() * 65).saturating_sub(1));
    }
    let read = |size: usize| {
        let mut reader = Reader::default();
        for (id, (name, stored)) in (0..).zip([("q/result_sign.json", sign), ("q/result_1.csv", csv)]) {
            reader.open(FileId(id), name, None);
            stored.chunks(size).for_each(|chunk| reader.push(chunk));
            reader.close();
        }
        reader.finish()
    };
    let (found, rows) = read(bytes.len().max(1));
    let (again, same) = read(1);
    // Of content that cannot be had whole, the hash is of as much as came in one piece.
    let seen = |report: &ReadReport| -> Vec<_> {
        report.facts.iter().map(|facts| (facts.kind.clone(), facts.stored_sha256, facts.events)).collect()
    };
    let errs = |report: &ReadReport| report.facts.iter().any(|facts| facts.content.flaw.is_some());
    assert!(errs(&found) || (seen(&found), rows.len()) == (seen(&again), same.len()));
    // What stands at a sign file's name may be CSV with events as well.
    assert_eq!(found.facts.iter().filter_map(|facts| facts.events).sum::<u64>(), rows.len() as u64);
    let mut evidence = Evidence::default();
    found.facts.into_iter().for_each(|facts| evidence.admit(facts));
    assert!(evidence.take_checks().is_empty());
    let judgement = evidence.judge(&Asked::default());
    assert!(judgement.files.iter().flatten().all(|judged| judged.verdict != Verdict::Valid));
    let _ = judgement.report.text(Verbosity::Verbose);
}

/// Records are the same however the file is cut, and each stands where it says.
pub fn records(bytes: &[u8]) {
    let cut = |size: usize| {
        let mut records = Records::default();
        let mut pieces = Vec::new();
        bytes.chunks(size).for_each(|chunk| records.push(chunk, &mut |piece| pieces.push((piece.offset, piece.json.to_vec()))));
        (pieces, records.finish())
    };
    let (whole, found) = cut(bytes.len().max(1));
    for (offset, json) in &whole {
        let at = usize::try_from(*offset).expect("inside");
        assert_eq!(bytes.get(at..at + json.len()), Some(json.as_slice()));
    }
    assert_eq!(cut(1), (whole, found));
}

/// One record, however odd: what the book can read, one pass reads alike.
pub fn event(bytes: &[u8]) {
    let (parsed, book) = (EventRecord::parse(bytes), EventRecord::by_the_book(bytes));
    assert!(parsed == book || (parsed.is_ok() && book.is_err()), "{parsed:?} {book:?}");
    // Twice more: whoever calls is known the third time, and says the same.
    let mut habits = Habits::default();
    for _ in 0..3 {
        let Some((record, length)) = EventRecord::beginning(bytes, &mut habits) else { return };
        let book = EventRecord::by_the_book(&bytes[..length]);
        assert!(book.is_err() || book == Ok(record));
    }
}

/// What travels between workers: bytes that are no batch are refused, those that are one are written back the same.
pub fn batch(bytes: &[u8]) {
    if let Some(batch) = EventBatch::from_bytes(bytes) {
        let again = EventBatch::from_bytes(&batch.to_bytes()).expect("what was written is read");
        assert_eq!(again.len(), batch.len());
    }
}

/// Names, stamps, times, addresses.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let key = ObjectKey::parse(&text);
    let _ = (key.base(), key.organization(), key.is_misleading());
    if let Some((before, tail)) = key.from_aws_logs() {
        assert_eq!(format!("{before}{tail}"), key.path);
    }
    let _ = (Timestamp::parse(&text), Timestamp::parse_stamp(&text), s3_url::place(&text), s3_url::path(&text));
}

/// Two files, the second of them after the first zero byte, from disk to report: nothing is valid without a key.
pub fn verdict(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (one, other) = bytes.split_at(at);
    let mut reader = Reader::default();
    for (id, (name, stored)) in (0..).zip([("AWSLogs/a.json.gz", one), (DIGEST, other), (LOG, other)]) {
        reader.open(FileId(id), name, None);
        reader.push(stored);
        reader.close();
    }
    let (found, _) = reader.finish();
    let mut evidence = Evidence::default();
    evidence.admit_keys(found.keys);
    evidence.admit_signatures(found.signatures);
    found.facts.into_iter().for_each(|facts| evidence.admit(facts));
    loop {
        let jobs = evidence.take_checks();
        if jobs.is_empty() {
            break;
        }
        evidence.settle(jobs.iter().map(check).collect());
    }
    let judgement = evidence.judge(&Asked::default());
    assert!(judgement.files.iter().flatten().all(|judged| judged.verdict != Verdict::Valid));
    assert_ne!(judgement.report.exit_code(), 0);
    let _ = judgement.report.text(Verbosity::Verbose);
}

/// A zip file, or an evidence pack's manifest: every entry lies within the file, none upon another; a manifest is written as it was read,
/// and what it leaves out is never one of its parts.
pub fn archive(bytes: &[u8]) {
    let size = bytes.len() as u64;
    let tail = &bytes[bytes.len().saturating_sub(TAIL as usize)..];
    if let Ok(end) = find_end(tail, size) {
        let found = entries(bytes.get(end.at as usize..).unwrap_or_default(), &end).unwrap_or_default();
        let stored: u64 = found.iter().map(|entry| entry.stored).sum();
        assert!(stored <= end.at && end.at <= size);
        for entry in &found {
            let start = entry.data_at(&bytes[entry.header_at as usize..]);
            assert!(start.is_ok_and(|start| start > entry.header_at) || start.is_err());
            let _ = (entry.is_folder(), entry.obstacle());
        }
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some(manifest) = Manifest::parse(&text) {
        assert_eq!(Manifest::parse(&manifest.to_text()).as_ref(), Some(&manifest));
        let parts = manifest.parts.clone();
        let given = GivenPack { name: String::new(), manifest: text.into_owned(), files: Vec::new(), parts: parts.clone() };
        let pack = admitted(&given).expect("it was read before");
        assert!(pack.left_out.iter().all(|place| !parts.iter().any(|part| part.path == format!("files/{}", place.key))));
    }
}

const DIGEST: &str = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2025/03/10/111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T130000Z.json.gz";
const LOG: &str =
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2025/03/10/111122223333_CloudTrail_eu-west-1_20250310T1230Z_Axxxxxxxxxxxxxxx.json.gz";
