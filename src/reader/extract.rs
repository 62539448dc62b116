//! One record's raw JSON, re-read from its file and re-hashed: raw text is never kept.

use crate::integrity::content::Budget;
use crate::integrity::content::ContentReader;
use crate::protocol::Extract;
use crate::protocol::Record;
use crate::trail::records::Records;

/// Finds one record again in its file, and sees whether the file still is what it was.
pub struct Extractor {
    job: Extract,
    content: ContentReader,
    records: Records,
    passed: u64,
    found: Option<Result<String, String>>,
}

impl Extractor {
    /// For one record.
    #[must_use]
    pub fn new(job: Extract) -> Self {
        Self { job, content: ContentReader::new(Budget::default()), records: Records::default(), passed: 0, found: None }
    }

    /// Takes the file's next stored bytes.
    pub fn push(&mut self, stored: &[u8]) {
        let Self { job, content, records, passed, found } = self;
        content.push(stored, &mut |inflated| {
            let skip = usize::try_from(job.offset.saturating_sub(*passed)).unwrap_or(usize::MAX).min(inflated.len());
            *passed += inflated.len() as u64;
            if found.is_none() {
                let rest = inflated.get(skip..).unwrap_or_default();
                records.push(rest, &mut |piece| {
                    found.get_or_insert_with(|| {
                        String::from_utf8(piece.json.to_vec()).map_err(|_| "The record is not UTF-8 text.".to_owned())
                    });
                });
            }
        });
    }

    /// The record, or why it is not there.
    #[must_use]
    pub fn finish(self) -> (u32, Record) {
        let content = self.content.finish();
        let unchanged = self.job.sha256.is_some_and(|before| before == content.sha256);
        let missing = || Err("The record is no longer where it was: the file has changed since it was read.".to_owned());
        (self.job.number, Record { row: self.job.row, json: self.found.unwrap_or_else(missing), unchanged })
    }
}
