//! One job's files in, one report out: bytes are pushed, inflated, hashed and cut into rows as they flow. No file is ever needed whole.
//!
//! Nothing here fails: for any bytes at all there is a report, and what could not be taken is said in it, file by file.

mod extract;
mod lake;
mod named;
mod problems;

use crate::integrity::content::Budget;
use crate::integrity::content::Content;
use crate::integrity::content::ContentReader;
use crate::integrity::evidence::FileFacts;
use crate::integrity::evidence::FileKind;
use crate::integrity::keys::PublicKey;
use crate::integrity::lake::LakeSign;
use crate::integrity::signature::GivenSignature;
use crate::protocol::Problem;
use crate::protocol::ReadReport;
use crate::protocol::Weight;
use crate::table::batch::BatchBuilder;
use crate::table::batch::EventBatch;
use crate::trail::digest::DigestFile;
use crate::trail::digest::Place;
use crate::trail::event::EventRecord;
use crate::trail::ids::FileId;
use crate::trail::records::Found;
use crate::trail::records::Piece as RecordPiece;
use crate::trail::records::PieceKind;
use crate::trail::records::Records;
use crate::trail::time::Timestamp;

pub use extract::Extractor;
use lake::LakeFound;
use lake::LakeReading;
use lake::Piece;
use named::by_name;
use named::is_lakes;
use problems::content_flaw;
use problems::problems;

/// Reads the files of a job, one after the other: `open`, `push` …, `close`; at the end `finish`.
#[derive(Default)]
pub struct Reader {
    rows: BatchBuilder,
    report: ReadReport,
    file: Option<OpenFile>,
}

/// The file that is being read.
struct OpenFile {
    id: FileId,
    source: String,
    place: Option<Place>,
    content: ContentReader,
    records: Records,
    lake: LakeReading,
    seen: Seen,
}

/// What the pieces of a file have shown so far.
#[derive(Default)]
struct Seen {
    events: u64,
    unreadable: u64,
    first_flaw: Option<String>,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
    accounts: Vec<String>,
    regions: Vec<String>,
    digest: Option<Result<Box<DigestFile>, String>>,
    lake_sign: Option<Result<Box<LakeSign>, String>>,
    /// What CSV has shown; `None` where the file is none.
    lake: Option<LakeFound>,
    keys: Vec<PublicKey>,
    signatures: Vec<GivenSignature>,
    strangers: u64,
}

impl Reader {
    /// Begins a file. `place` where bucket and key are known for certain: from a URL.
    pub fn open(&mut self, id: FileId, source: &str, place: Option<Place>) {
        let content = ContentReader::new(Budget::default());
        let content = if lake::is_named_csv(source) { content.of_any_text() } else { content };
        let (source, records, lake) = (source.to_owned(), Records::default(), LakeReading::of(source));
        self.file = Some(OpenFile { id, source, place, content, records, lake, seen: Seen::default() });
    }

    /// Takes the file's next stored bytes.
    pub fn push(&mut self, stored: &[u8]) {
        let Some(OpenFile { id, content, records, lake, seen, source, .. }) = &mut self.file else { return };
        let rows = &mut self.rows;
        self.report.bytes += stored.len() as u64;
        content.push(stored, &mut |inflated| {
            lake.take(inflated, &mut |piece| match piece {
                Piece::Json(json) => records.push(json, &mut |piece| seen.take(*id, source, piece, rows)),
                Piece::Line(offset, json, beside) => seen.line(*id, offset, (json, beside), rows),
            });
        });
        lake.hash_stored(stored);
    }

    /// Ends the file.
    pub fn close(&mut self) {
        let Some(mut file) = self.file.take() else { return };
        let OpenFile { id, records, lake, seen, source, .. } = &mut file;
        let rows = &mut self.rows;
        lake.end(&mut |piece| match piece {
            Piece::Json(json) => records.push(json, &mut |piece| seen.take(*id, source, piece, rows)),
            Piece::Line(offset, json, beside) => seen.line(*id, offset, (json, beside), rows),
        });
        let content = file.content.finish();
        let stored_sha256;
        (stored_sha256, file.seen.lake) = file.lake.finish();
        let found = file.records.finish();
        let kind = file.seen.kind(&file.source, &content, found);
        self.report.problems.extend(problems(&file.source, &content, &file.seen, found, &kind).map(|problem| (file.id, problem)));
        let seen = file.seen;
        self.report.keys.extend(seen.keys);
        self.report.signatures.extend(seen.signatures);
        let is_events = matches!(kind, FileKind::Log | FileKind::EventSource | FileKind::LakeResult);
        self.report.facts.push(FileFacts {
            place: file.place,
            stored_sha256,
            events: is_events.then_some(seen.events),
            oldest_event: seen.oldest,
            newest_event: seen.newest,
            accounts: seen.accounts,
            regions: seen.regions,
            ..FileFacts::new(file.id, &file.source, content, kind)
        });
    }

    /// Notes a file that could not be had at all: `why` is the half sentence, `advice` what to do.
    pub fn unread(&mut self, id: FileId, source: &str, why: &str, advice: &str) {
        self.file = None;
        let kind = by_name(source, why).unwrap_or_else(|| FileKind::Other { why: why.to_owned() });
        self.report.facts.push(FileFacts::new(id, source, Content::unread(why), kind));
        let what = format!("Could not be read: {why}. Its events are not among the rows and it proves nothing. {advice}");
        self.report.problems.push((id, Problem { source: source.to_owned(), what, weight: Weight::Lost }));
    }

    /// Signatures that came beside the file, in response headers.
    pub fn given(&mut self, signature: GivenSignature) {
        self.report.signatures.push(signature);
    }

    /// What there is so far, once it is worth sending: a large file's rows arrive while it is still being read.
    pub fn ripe(&mut self) -> Option<(ReadReport, EventBatch)> {
        (self.rows.len() >= RIPE).then(|| (std::mem::take(&mut self.report), std::mem::take(&mut self.rows).finish()))
    }

    /// Lets go of the rows so far, for callers that want verdicts alone. What is left of each is the key of its `eventID`, and its file.
    pub fn forget_rows(&mut self) -> Vec<(u64, FileId)> {
        if self.rows.is_empty() { Vec::new() } else { std::mem::take(&mut self.rows).finish().event_keys().collect() }
    }

    /// The rest. The job is done.
    #[must_use]
    pub fn finish(mut self) -> (ReadReport, EventBatch) {
        self.close();
        self.report.last = true;
        (self.report, self.rows.finish())
    }
}

impl Seen {
    fn take(&mut self, file: FileId, source: &str, piece: RecordPiece<'_>, rows: &mut BatchBuilder) {
        match EventRecord::parse(piece.json) {
            Ok(record) if piece.kind == PieceKind::Record || record.is_event() => self.event(file, piece.offset, &record, rows),
            Ok(_) => self.other(source, piece.json),
            Err(flaw) if piece.kind == PieceKind::Record => {
                self.events += 1;
                self.unreadable += 1;
                self.first_flaw.get_or_insert(flaw);
            }
            Err(flaw) => {
                self.strangers += 1;
                self.first_flaw.get_or_insert(flaw);
            }
        }
    }

    fn event(&mut self, file: FileId, offset: u64, record: &EventRecord<'_>, rows: &mut BatchBuilder) {
        self.events += 1;
        if let Some(time) = record.event_time {
            self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
            self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        }
        note(&mut self.accounts, record.recipient_account_id.as_deref());
        note(&mut self.regions, record.aws_region.as_deref());
        rows.push(file, offset, record);
    }

    /// A line of a query result, as JSON.
    fn line(&mut self, file: FileId, offset: u64, (json, beside): (&str, Option<&str>), rows: &mut BatchBuilder) {
        if let Err(flaw) = lake::event_of(json, beside, &mut |record| self.event(file, offset, record, rows)) {
            self.events += 1;
            self.unreadable += 1;
            self.first_flaw.get_or_insert(flaw);
        }
    }

    /// An object that is no event: a digest, keys, signatures, or nothing of CloudTrail's.
    fn other(&mut self, source: &str, json: &[u8]) {
        let object = serde_json::from_slice(json).unwrap_or_default();
        if DigestFile::is_claimed_by(&object) {
            self.digest = Some(DigestFile::parse(json).map(Box::new));
        } else if LakeSign::is_claimed_by(&object) {
            self.lake_sign = Some(LakeSign::parse(json).map(Box::new));
        } else if let Some(keys) = PublicKey::parse_list(json) {
            self.keys.extend(keys.into_iter().map(|key| PublicKey { source: source.to_owned(), ..key }));
        } else if let Some(signatures) = GivenSignature::parse_any(json) {
            self.signatures.extend(signatures.into_iter().map(|given| GivenSignature { source: source.to_owned(), ..given }));
        } else {
            self.strangers += 1;
        }
    }

    /// What the file is: by its content; where that cannot be read, by its name.
    fn kind(&self, source: &str, content: &Content, found: Found) -> FileKind {
        if let Some(digest) = &self.digest {
            return FileKind::Digest(digest.clone());
        }
        let lake_result = || self.lake.as_ref().is_some_and(|lake| lake.is_lakes).then_some(FileKind::LakeResult);
        if let Some(kind) = self.lake_sign.clone().map(FileKind::LakeSign).or_else(lake_result) {
            // At a log's or a digest's place it is judged as what should lie there.
            return by_name(source, "it is a file of a Lake query").filter(|named| !is_lakes(named)).unwrap_or(kind);
        }
        if found.records_array && (self.events > self.unreadable || found.documents == 0) {
            return FileKind::Log;
        }
        match (self.events, self.keys.is_empty(), self.signatures.is_empty()) {
            (1.., ..) => FileKind::EventSource,
            (_, false, _) => FileKind::KeyList,
            (_, _, false) => FileKind::Signatures,
            _ => {
                let why = self.why_nothing(content, found);
                by_name(source, &why).unwrap_or(FileKind::Other { why })
            }
        }
    }

    fn why_nothing(&self, content: &Content, found: Found) -> String {
        match &content.flaw {
            Some(flaw) => content_flaw(flaw).0,
            None if self.lake.is_some() => "it is CSV, but no query result of CloudTrail Lake".to_owned(),
            None if found.garbage_at == Some(0) => "it is neither JSON nor gzip of JSON".to_owned(),
            None if found.garbage_at.is_some() || self.first_flaw.is_some() => "its JSON is broken".to_owned(),
            None if found.cut_off => "its JSON ends too early".to_owned(),
            None if found.bare_array || found.documents > 0 => "it is JSON, but no log, digest, key list or signature list".to_owned(),
            None => "there is nothing in it".to_owned(),
        }
    }
}

/// A few distinct values are enough to see that a file holds another account's or Region's events.
fn note(values: &mut Vec<String>, value: Option<&str>) {
    if let Some(value) = value
        && values.len() < 8
        && !values.iter().any(|known| known == value)
    {
        values.push(value.to_owned());
    }
}

/// Rows after which a report is sent though its job goes on: about 5 MB of columns.
const RIPE: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
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
    fn one_bad_record_does_not_lose_the_rest() {
        let (report, batch) = read("x", format!(r#"{{"Records":[{EVENT},{{"eventName":}},{EVENT}]}}"#).as_bytes());
        assert_eq!((batch.len(), report.facts[0].events), (2, Some(3)));
        assert!(report.problems[0].1.what.starts_with("1 of 3 records"), "{}", report.problems[0].1.what);
    }

    #[test]
    fn a_record_is_found_again_where_it_was() {
        let text = format!(r#"{{"x":[1],"Records":[{EVENT},{{"eventName":"B","eventSource":"c"}}]}}"#);
        let (report, _) = read("x", text.as_bytes());
        let offset = text.find(r#"{"eventName":"B""#).expect("it is there") as u64;
        let job = Extract { number: 5, row: RowId(1), offset, sha256: Some(report.facts[0].content.sha256) };
        let mut extractor = Extractor::new(job.clone());
        text.as_bytes().chunks(3).for_each(|chunk| extractor.push(chunk));
        let (number, record) = extractor.finish();
        assert_eq!((number, record.unchanged), (5, true));
        assert_eq!(record.json.as_deref(), Ok(r#"{"eventName":"B","eventSource":"c"}"#));
        let mut changed = Extractor::new(job);
        changed.push(text.replace("c\"", "d\"").as_bytes());
        assert!(!changed.finish().1.unchanged);
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_report(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(read("x", &bytes).0.facts.len(), 1);
        }
    }
}
