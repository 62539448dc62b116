//! One record read again: of a large file that is not compressed, at its place alone.

use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::browser::source;
use crate::protocol::Extract;
use crate::protocol::Record;
use crate::reader::Extractor;

/// The record, with the number of its question.
pub(super) async fn extract(job: Extract, blob: Option<Blob>) -> (u32, Record) {
    let Some(blob) = blob else { return Extractor::new(job).finish() };
    let (mut extractor, part) = if !Extractor::is_large(blob.size() as u64) {
        (Extractor::new(job), blob)
    } else if let Ok(Some(part)) = part_of(&job, &blob).await {
        (Extractor::at_its_record(job), part)
    } else {
        (Extractor::of_large(job), blob)
    };
    // A file that can no longer be read shows as a record that is no longer there.
    let _ = source::read_until(&part, |bytes| extractor.push(bytes)).await;
    extractor.finish()
}

/// What stands from the record on, where that is enough to find it.
async fn part_of(job: &Extract, blob: &Blob) -> Result<Option<Blob>, JsValue> {
    let size = blob.size();
    let head = source::read(&blob.slice_with_f64_and_f64(0.0, size.min(HEAD))?).await?.to_vec();
    let begins = Extractor::begins_at(job, &head);
    begins.map(|at| blob.slice_with_f64_and_f64(at as f64, size)).transpose()
}

/// More white space than this stands before no file's first bracket.
const HEAD: f64 = 64.0;
