//! One job's files in, one report out: bytes are pushed, inflated, hashed and cut into rows as they flow. No file is ever needed whole.
//!
//! Nothing here fails: for any bytes at all there is a report, and what could not be taken is said in it, file by file.

mod extract;
mod lake;
mod named;
mod problems;
mod search;
mod seen;

use crate::integrity::content::Budget;
use crate::integrity::content::Content;
use crate::integrity::content::ContentFlaw;
use crate::integrity::content::ContentReader;
use crate::integrity::content::Hasher;
use crate::integrity::content::Tools;
use crate::integrity::evidence::FileFacts;
use crate::integrity::evidence::FileKind;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::GivenSignature;
use crate::protocol::Problem;
use crate::protocol::ReadReport;
use crate::protocol::Weight;
use crate::table::batch::BatchBuilder;
use crate::table::batch::EventBatch;
use crate::trail::digest::Place;
use crate::trail::ids::FileId;
use crate::trail::records::Records;

pub use extract::Extractor;
pub use extract::Large;
use lake::LakeReading;
use named::by_name;
use problems::problems;
pub use search::Found;
pub use search::Searcher;
use seen::Seen;

/// Reads the files of a job, one after the other: `open`, `push` …, `close`; at the end `finish`.
#[derive(Default)]
pub struct Reader {
    rows: BatchBuilder,
    report: ReadReport,
    file: Option<OpenFile>,
    records: Records,
    tools: Tools,
    hasher: Hasher,
    /// Rows that are enough for the next report, while they are fewer than `RIPE`.
    early: usize,
    large: Large,
}

/// The file that is being read.
struct OpenFile {
    id: FileId,
    source: String,
    place: Option<Place>,
    content: ContentReader,
    lake: LakeReading,
    seen: Seen,
}

impl Reader {
    /// A reader whose caller hashes whole contents: see [`Self::close_offering`].
    #[must_use]
    pub fn hashed_elsewhere() -> Self {
        Self { hasher: Hasher::Elsewhere, ..Self::default() }
    }

    /// A reader of one file, perhaps a huge one: its first rows are not held up until there are many.
    #[must_use]
    pub fn of_one_file() -> Self {
        Self { early: FIRST_ROWS, ..Self::default() }
    }

    /// Takes other files for large ones.
    #[must_use]
    pub fn with_large(self, large: Large) -> Self {
        Self { large, ..self }
    }

    /// Begins a file. `place` where bucket and key are known for certain: from a URL.
    pub fn open(&mut self, id: FileId, source: &str, place: Option<Place>) {
        let content = ContentReader::with(Budget::default(), self.hasher, std::mem::take(&mut self.tools)).noting(self.large.every);
        let content = if lake::is_named_csv(source) { content.of_any_text() } else { content };
        self.records.finish();
        let (source, lake) = (source.to_owned(), LakeReading::of(source));
        self.file = Some(OpenFile { id, source, place, content, lake, seen: Seen::default() });
    }

    /// Takes the file's next stored bytes.
    pub fn push(&mut self, stored: &[u8]) {
        let Some(OpenFile { id, content, lake, seen, source, .. }) = &mut self.file else { return };
        let (rows, records) = (&mut self.rows, &mut self.records);
        self.report.bytes += stored.len() as u64;
        content.push(stored, &mut |inflated| {
            lake.take(inflated, &mut |piece| seen.piece(*id, source, piece, (&mut *records, &mut *rows)));
        });
        lake.hash_stored(stored);
    }

    /// Ends the file.
    pub fn close(&mut self) {
        self.close_offering(&mut |_| false);
    }

    /// Ends the file. Its content is offered to `elsewhere`; whoever takes it there must bring its hash by [`Self::hashed`] before the next
    /// report leaves.
    pub fn close_offering(&mut self, elsewhere: &mut dyn FnMut(&[u8]) -> bool) {
        let Some(mut file) = self.file.take() else { return };
        file.lake.end(&mut |piece| file.seen.piece(file.id, &file.source, piece, (&mut self.records, &mut self.rows)));
        let (content, tools) = file.content.finish_with_tools(elsewhere);
        self.tools = tools;
        let checkpoints = self.tools.checkpoints();
        let stored_sha256;
        (stored_sha256, file.seen.lake) = file.lake.finish();
        // Lines of CSV cannot be told without the first one.
        if content.stored_size > self.large.above && file.seen.lake.is_none() && !checkpoints.is_empty() {
            self.report.checkpoints.push((file.id, checkpoints));
        }
        let found = self.records.finish();
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

    /// Ends the file though more of it was to come, for this reason. What was read of it stays.
    pub fn break_off(&mut self, why: &str) {
        if let Some(file) = &mut self.file {
            file.content.break_off(ContentFlaw::Unread(why.to_owned()));
        }
        self.close();
    }

    /// Whether so many stored bytes of the open file have been taken, or it has ended.
    #[must_use]
    pub fn has_taken(&self, bytes: u64) -> bool {
        self.file.as_ref().is_none_or(|file| file.content.stored() >= bytes)
    }

    /// Brings the hash of a content that was taken elsewhere; without one nothing can be said of the file.
    pub fn hashed(&mut self, id: FileId, sha256: Option<Sha256>) {
        let Some(facts) = self.report.facts.iter_mut().rev().find(|facts| facts.id == id) else { return };
        match sha256 {
            Some(sha256) => facts.content.sha256 = sha256,
            None => facts.content.flaw = Some(ContentFlaw::Unread("the browser could not hash it".to_owned())),
        }
    }

    /// Notes a file that could not be had at all: `why` is the half sentence, `advice` what to do.
    pub fn unread(&mut self, id: FileId, source: &str, why: &str, advice: &str) {
        self.file = None;
        let kind = by_name(source, why).unwrap_or_else(|| FileKind::Other { why: why.to_owned() });
        self.report.facts.push(FileFacts::new(id, source, Content::unread(why), kind));
        let what = format!("Could not be read: {why}. Its events are not among the rows and it proves nothing. {advice}");
        self.report.problems.push((id, Problem { source: source.to_owned(), what, weight: Weight::Lost }));
    }

    /// Notes a file of which only the name is known, since somebody ended the reading; that is said once for all such files, not here.
    pub fn not_read(&mut self, id: FileId, source: &str) {
        let facts = |kind| FileFacts::new(id, source, Content::not_read(), kind);
        self.report.facts.extend(by_name(source, "it was not read").map(facts));
    }

    /// Signatures that came beside the file, in response headers.
    pub fn given(&mut self, signature: GivenSignature) {
        self.report.signatures.push(signature);
    }

    /// Whether there is enough to be sent.
    #[must_use]
    pub fn is_ripe(&self) -> bool {
        self.rows.len() >= if self.early > 0 { self.early } else { RIPE }
    }

    /// What there is so far, once it is worth sending: a large file's rows arrive while it is still being read.
    pub fn ripe(&mut self) -> Option<(ReadReport, EventBatch)> {
        if !self.is_ripe() {
            return None;
        }
        self.early = if self.early < RIPE / 2 { self.early * 2 } else { 0 };
        Some((std::mem::take(&mut self.report), std::mem::take(&mut self.rows).finish()))
    }

    /// Lets go of the rows so far, for callers that want verdicts alone. What is left of each is the key of its `eventID`, and its file.
    pub fn forget_rows(&mut self) -> Vec<(u64, FileId)> {
        if self.rows.is_empty() { Vec::new() } else { std::mem::take(&mut self.rows).finish().event_keys().collect() }
    }

    /// The rest. The job is done.
    #[must_use]
    pub fn finish(mut self) -> (ReadReport, EventBatch) {
        self.hand_over()
    }

    /// The same, and ready for the next job. What reading takes room for stays: made anew for each of very many small files, it leaves a
    /// hole beside the few facts that are kept of every one, and memory grows by all the holes together.
    pub fn hand_over(&mut self) -> (ReadReport, EventBatch) {
        self.close();
        let report = std::mem::take(&mut self.report);
        (ReadReport { last: true, ..report }, std::mem::take(&mut self.rows).finish())
    }
}

/// Rows after which a report is sent though its job goes on: about 5 MB of columns.
const RIPE: usize = 65_536;
/// Rows of a single file that are shown at once; each next report may be twice as large.
const FIRST_ROWS: usize = 2048;

#[cfg(test)]
mod tests {
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
        let wanted =
            "It went away. The 2 events before that were read. Reload the page before you open it again, or those events count twice.";
        assert_eq!(said, [wanted]);
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
}
