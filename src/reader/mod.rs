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
    /// It was broken off: what stands at its end is no whole line.
    is_cut: bool,
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
        self.file = Some(OpenFile { id, source, place, content, lake, seen: Seen::default(), is_cut: false });
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
        if !file.is_cut {
            file.lake.end(&mut |piece| file.seen.piece(file.id, &file.source, piece, (&mut self.records, &mut self.rows)));
        }
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
            file.is_cut = true;
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
mod tests;
