//! One record's raw JSON, re-read from its file and re-hashed: raw text is never kept. A query result's line is shown as JSON.

use std::ops::ControlFlow;

use crate::integrity::content::Budget;
use crate::integrity::content::ContentReader;
use crate::integrity::content::Hasher;
use crate::integrity::content::Tools;
use crate::protocol::Compared;
use crate::protocol::Extract;
use crate::protocol::Record;
use crate::reader::lake::LakeReading;
use crate::reader::lake::Piece;
use crate::trail::records::Records;

/// Finds one record again in its file, and sees whether the file still is what it was.
pub struct Extractor {
    job: Extract,
    content: ContentReader,
    lake: LakeReading,
    json: JsonAt,
    stored: u64,
    /// Stored bytes up to which the file is read whole, although the record is found; none where it is not hashed again.
    whole: u64,
    /// Stored bytes after which the record is given up.
    most: u64,
    is_cut_short: bool,
}

/// JSON from the record's offset on, until the record is found.
struct JsonAt {
    offset: u64,
    records: Records,
    passed: u64,
    found: Option<Result<String, String>>,
}

impl Extractor {
    /// For one record.
    #[must_use]
    pub fn new(job: Extract) -> Self {
        let json = JsonAt { offset: job.offset, records: Records::default(), passed: 0, found: None };
        // Whether it is CSV is told from its first line, as when it was read: rows come only of CSV with the columns of events.
        Self {
            job,
            content: ContentReader::new(Budget::default()).of_any_text(),
            lake: LakeReading::of(""),
            json,
            stored: 0,
            whole: READ_WHOLE,
            most: u64::MAX,
            is_cut_short: false,
        }
    }

    /// Whether a file of that size is too large to be hashed again.
    #[must_use]
    pub fn is_large(size: u64) -> bool {
        size > READ_WHOLE
    }

    /// For one record of a large file, which is not hashed again.
    #[must_use]
    pub fn of_large(job: Extract) -> Self {
        let content = ContentReader::with(Budget::default(), Hasher::Nobody, Tools::default()).of_any_text();
        Self { content, whole: 0, ..Self::new(job) }
    }

    /// The same, given nothing of the file but what stands from the record's offset on.
    #[must_use]
    pub fn at_its_record(job: Extract) -> Self {
        // From its offset on a record ends within the limit of records, or is not there any more.
        Self { most: 2 * READ_WHOLE, ..Self::of_large(Extract { offset: 0, ..job }) }
    }

    /// From where on the stored bytes are enough to find the record: of a large file that is JSON as it lies. `head` is how it begins; what
    /// is packed, or is CSV with its columns in the first line, is read from its beginning.
    #[must_use]
    pub fn begins_at(job: &Extract, head: &[u8]) -> Option<u64> {
        let first = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().first();
        matches!(first, Some(b'{' | b'[')).then_some(job.offset)
    }

    /// Takes the file's next stored bytes; breaks off where no more of them are wanted.
    pub fn push(&mut self, stored: &[u8]) -> ControlFlow<()> {
        let Self { content, lake, json, .. } = self;
        content.push(stored, &mut |inflated| lake.take(inflated, &mut |piece| json.take(piece)));
        self.stored += stored.len() as u64;
        self.is_cut_short = self.stored > self.most || self.stored > self.whole && self.json.found.is_some();
        if self.is_cut_short { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The record, or why it is not there.
    #[must_use]
    pub fn finish(mut self) -> (u32, Record) {
        self.lake.end(&mut |piece| self.json.take(piece));
        let content = self.content.finish();
        let file = match self.job.sha256 {
            _ if self.is_cut_short || self.whole == 0 => Compared::InPart,
            Some(before) if before == content.sha256 => Compared::Same,
            _ => Compared::Changed,
        };
        let missing = || Err("The record is no longer where it was: the file has changed since it was read.".to_owned());
        (self.job.number, Record { row: self.job.row, json: self.json.found.unwrap_or_else(missing), file })
    }
}

/// Stored bytes up to which a file is read whole and hashed again for one record: a second's work. Of a larger one it would be many.
/// Checkpoints in a packed one would be better still; what inflates here cannot be stopped and taken up again elsewhere.
const READ_WHOLE: u64 = 64 << 20;

impl JsonAt {
    fn take(&mut self, piece: Piece<'_>) {
        if self.found.is_some() {
            return;
        }
        match piece {
            Piece::Line(offset, json, _) if offset == self.offset => self.found = Some(Ok(json.to_owned())),
            Piece::Line(..) => {}
            Piece::Json(inflated) => self.take_json(inflated),
        }
    }

    fn take_json(&mut self, inflated: &[u8]) {
        let Self { offset, records, passed, found } = self;
        let skip = usize::try_from(offset.saturating_sub(*passed)).unwrap_or(usize::MAX).min(inflated.len());
        *passed += inflated.len() as u64;
        records.push(inflated.get(skip..).unwrap_or_default(), &mut |piece| {
            found.get_or_insert_with(|| String::from_utf8(piece.json.to_vec()).map_err(|_| "The record is not UTF-8 text.".to_owned()));
        });
    }
}
