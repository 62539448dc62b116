//! What the native benchmarks measure with: the sample trail that the page offers, and tables of any size made of its rows.

// Each benchmark uses another part of this file.
#![allow(dead_code, unreachable_pub)]

use std::sync::OnceLock;

use trailseal::integrity::content::Budget;
use trailseal::integrity::content::ContentReader;
use trailseal::protocol::Job;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::table::event_table::EventTable;
use trailseal::trail::ids::FileId;

/// A file of the sample: its name, its bytes as stored, its content.
pub struct SampleFile {
    pub name: String,
    pub stored: Vec<u8>,
    pub content: Vec<u8>,
}

/// The logs of the sample trail.
pub fn logs() -> &'static [SampleFile] {
    static LOGS: OnceLock<Vec<SampleFile>> = OnceLock::new();
    LOGS.get_or_init(|| files().into_iter().filter(|file| file.name.contains("/CloudTrail/")).collect())
}

/// All files of the pack: eight digits (the header's length), a JSON header with names and sizes, then the files' bytes.
pub fn files() -> Vec<SampleFile> {
    let pack = include_bytes!("../../public/sample-trail.pack");
    let (digits, rest) = pack.split_at(8);
    let length = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).expect("a pack begins with a length");
    let (header, mut bytes) = rest.split_at(length);
    let header: serde_json::Value = serde_json::from_slice(header).expect("a pack has a JSON header");
    let named = header["files"].as_array().expect("a pack names its files").iter();
    named
        .map(|row| {
            let size = row[1].as_u64().and_then(|size| usize::try_from(size).ok()).expect("a file has a size");
            let (stored, after) = bytes.split_at(size);
            bytes = after;
            SampleFile { name: row[0].as_str().unwrap_or_default().to_owned(), stored: stored.to_vec(), content: inflated(stored) }
        })
        .collect()
}

/// Inflates and hashes.
pub fn inflated(stored: &[u8]) -> Vec<u8> {
    let (mut reader, mut content) = (ContentReader::new(Budget::default()), Vec::new());
    reader.push(stored, &mut |piece| content.extend_from_slice(piece));
    assert!(reader.finish().flaw.is_none(), "the sample is whole");
    content
}

/// All of the sample's logs through the reader: its rows.
pub fn rows() -> EventBatch {
    let mut reader = Reader::default();
    for (id, file) in (0..).zip(logs()) {
        reader.open(FileId(id), &file.name, None);
        reader.push(&file.stored);
        reader.close();
    }
    reader.finish().1
}

/// A table of about so many rows: the sample's again and again, as whole batches.
pub fn table(rows_wanted: usize) -> EventTable {
    let (batch, mut table) = (rows(), EventTable::default());
    while table.len() < rows_wanted {
        table.append(&batch);
    }
    table
}

/// The checks that the sample's files lead to.
pub fn checks() -> Vec<trailseal::integrity::signature::SignatureCheck> {
    let mut ledger = trailseal::ledger::Ledger::default();
    let mut reader = Reader::default();
    for (id, file) in (0..).zip(files()) {
        reader.open(FileId(id), &file.name, None);
        reader.push(&file.stored);
        reader.close();
    }
    let (report, rows) = reader.finish();
    let jobs = ledger.admit(report, rows);
    jobs.into_iter().flat_map(|job| if let Job::Check(checks) = job { checks } else { Vec::new() }).collect()
}
