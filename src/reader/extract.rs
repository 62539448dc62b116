//! One record's raw JSON, re-read from its file and re-hashed: raw text is never kept. A query result's line is shown as JSON.

use std::ops::ControlFlow;

use crate::integrity::checkpoint::EVERY;
use crate::integrity::checkpoint::Misfit;
use crate::integrity::checkpoint::Resumed;
use crate::integrity::content::Budget;
use crate::integrity::content::ContentReader;
use crate::integrity::content::Hasher;
use crate::integrity::content::Tools;
use crate::protocol::Compared;
use crate::protocol::Extract;
use crate::protocol::Record;
use crate::reader::lake::LakeReading;
use crate::reader::lake::Piece;
use crate::trail::event::EventRecord;
use crate::trail::records::Records;

/// Finds one record again in its file, and sees whether the file still is what it was.
pub struct Extractor {
    job: Extract,
    bytes: Bytes,
    json: JsonAt,
    stored: u64,
    /// Stored bytes up to which the file is read whole, although the record is found; none where it is not hashed again.
    whole: u64,
    is_cut_short: bool,
}

/// What becomes of the stored bytes.
enum Bytes {
    /// They are the file from its beginning, or JSON from the record on.
    Content(Box<ContentReader>, LakeReading),
    /// They stand in the midst of a packed stream of JSON.
    Midst(Box<Resumed>),
}

/// What is a large file, and how often a place is noted from which a packed one can be inflated.
#[derive(Clone, Copy, Debug)]
pub struct Large {
    /// Stored bytes above which a file is large.
    pub above: u64,
    /// Inflated bytes from one place to the next.
    pub every: u64,
}

impl Default for Large {
    fn default() -> Self {
        Self { above: READ_WHOLE, every: EVERY }
    }
}

/// JSON from the record's offset on, until the record is found.
struct JsonAt {
    offset: u64,
    records: Records,
    passed: u64,
    /// What must be its `eventID`, where nothing else tells that it is the row's own record.
    event_id: Option<String>,
    found: Option<Result<String, String>>,
}

impl Extractor {
    /// For one record.
    #[must_use]
    pub fn new(job: Extract) -> Self {
        Self { whole: READ_WHOLE, ..Self::of(job, ContentReader::new(Budget::default())) }
    }

    fn of(job: Extract, content: ContentReader) -> Self {
        let json = JsonAt { offset: job.offset, records: Records::default(), passed: 0, event_id: None, found: None };
        // Whether it is CSV is told from its first line, as when it was read: rows come only of CSV with the columns of events.
        let bytes = Bytes::Content(Box::new(content.of_any_text()), LakeReading::of(""));
        Self { job, bytes, json, stored: 0, whole: 0, is_cut_short: false }
    }

    /// Whether a file of that size is too large to be hashed again.
    #[must_use]
    pub fn is_large(size: u64) -> bool {
        size > READ_WHOLE
    }

    /// For one record of a large file, which is not hashed again.
    #[must_use]
    pub fn of_large(job: Extract) -> Self {
        let mut this = Self::of(job, ContentReader::with(Budget::default(), Hasher::Nobody, Tools::default()));
        this.json.event_id = Some(std::mem::take(&mut this.job.event_id));
        this
    }

    /// The same, given nothing of the file but what stands from the record's offset on.
    #[must_use]
    pub fn at_its_record(job: Extract) -> Self {
        Self::of_large(Extract { offset: 0, ..job })
    }

    /// The same, given what is stored behind the byte at which the job's checkpoint begins; `head` begins with that byte. Without a
    /// checkpoint, or where it cannot be told how to go on from it, the file must be read from its beginning.
    ///
    /// # Errors
    /// When the checkpoint shows that the file has changed: this is the answer.
    pub fn from_checkpoint(job: &Extract, head: &[u8]) -> Result<Option<Self>, (u32, Record)> {
        let Some(from) = &job.from else { return Ok(None) };
        match from.resume(head) {
            Ok(resumed) => {
                let mut this = Self::of_large(job.clone());
                this.bytes = Bytes::Midst(Box::new(resumed));
                this.json.passed = from.inflated();
                Ok(Some(this))
            }
            Err(Misfit::Unclear) => Ok(None),
            Err(Misfit::Changed) => Err(Self::of_large(job.clone()).finish()),
        }
    }

    /// The answer where a large file can be seen to be shorter than it was.
    #[must_use]
    pub fn of_shorter(job: Extract) -> (u32, Record) {
        Self::of_large(job).finish()
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
        let Self { bytes, json, .. } = self;
        match bytes {
            Bytes::Content(content, lake) => content.push(stored, &mut |inflated| lake.take(inflated, &mut |piece| json.take(piece))),
            Bytes::Midst(resumed) => resumed.push(stored, &mut |inflated| json.take(Piece::Json(inflated))),
        }
        self.stored += stored.len() as u64;
        self.is_cut_short = self.stored > self.whole && json.is_done();
        if self.is_cut_short { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The record, or why it is not there.
    #[must_use]
    pub fn finish(mut self) -> (u32, Record) {
        let sha256 = match self.bytes {
            Bytes::Content(content, mut lake) => {
                lake.end(&mut |piece| self.json.take(piece));
                Some(content.finish().sha256)
            }
            Bytes::Midst(_) => None,
        };
        let file = match self.job.sha256 {
            _ if self.is_cut_short || self.whole == 0 => Compared::InPart,
            Some(before) if Some(before) == sha256 => Compared::Same,
            _ => Compared::Changed,
        };
        let json = self.json.found.unwrap_or_else(|| Err(MISSING.to_owned()));
        (self.job.number, Record { row: self.job.row, json, file })
    }
}

const MISSING: &str =
    "The record is no longer where it was: since it was read, the file has changed, or was moved or deleted. Open it again.";
const ANOTHER: &str = "Another record stands where this one was: the file has changed since it was read. Open it again.";
/// Stored bytes up to which a file is read whole and hashed again for one record: a second's work. Of a larger one it would be many.
const READ_WHOLE: u64 = 64 << 20;

/// Inflated bytes behind the record's offset after which it is given up: no record is longer (`Records`).
const LONGEST: u64 = 65 << 20;

impl JsonAt {
    /// Whether nothing that comes can be of any use.
    fn is_done(&self) -> bool {
        self.found.is_some() || self.passed > self.offset.saturating_add(LONGEST)
    }

    fn take(&mut self, piece: Piece<'_>) {
        if self.found.is_some() {
            return;
        }
        match piece {
            Piece::Line(offset, json, _) if offset == self.offset => self.found = Some(record(json.as_bytes(), self.event_id.as_deref())),
            Piece::Line(..) => {}
            Piece::Json(inflated) => self.take_json(inflated),
        }
    }

    fn take_json(&mut self, inflated: &[u8]) {
        let Self { offset, records, passed, event_id, found } = self;
        let skip = usize::try_from(offset.saturating_sub(*passed)).unwrap_or(usize::MAX).min(inflated.len());
        *passed += inflated.len() as u64;
        records.push(inflated.get(skip..).unwrap_or_default(), &mut |piece| {
            let wanted = event_id.as_deref();
            let is_there = piece.offset == 0 || wanted.is_none();
            found.get_or_insert_with(|| if is_there { record(piece.json, wanted) } else { Err(MISSING.to_owned()) });
        });
    }
}

fn record(json: &[u8], event_id: Option<&str>) -> Result<String, String> {
    if let Some(wanted) = event_id {
        // A row without one is of a record without one.
        let is_it = EventRecord::parse(json).is_ok_and(|record| record.event_id.as_deref().unwrap_or_default() == wanted);
        if !is_it {
            return Err(ANOTHER.to_owned());
        }
    }
    String::from_utf8(json.to_vec()).map_err(|_| "The record is not UTF-8 text.".to_owned())
}
