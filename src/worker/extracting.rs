//! One record read again: of a large file at its place alone, or from the last checkpoint before it.

use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::browser::source;
use crate::integrity::checkpoint;
use crate::protocol::Extract;
use crate::protocol::Record;
use crate::reader::Extractor;

/// The record, with the number of its question.
pub(super) async fn extract(job: Extract, blob: Option<Blob>) -> (u32, Record) {
    let Some(blob) = blob else { return Extractor::new(job).finish() };
    let (mut extractor, part) = if !Extractor::is_large(blob.size() as u64) {
        (Extractor::new(job), blob)
    } else {
        match of_large(job, blob).await {
            Ok(begun) => begun,
            Err(answer) => return answer,
        }
    };
    // A file that can no longer be read shows as a record that is no longer there.
    let _ = source::read_until(&part, |bytes| extractor.push(bytes)).await;
    extractor.finish()
}

/// Where to begin with a large file, which of its bytes to read; or the answer already.
async fn of_large(job: Extract, blob: Blob) -> Result<(Extractor, Blob), (u32, Record)> {
    // The blob says what size the file had when it was opened. Chromium reads on where its time of change is the same, Firefox anyhow.
    let end = blob.size();
    if !read(&blob, end - 1.0, end).await.is_ok_and(|last| last.len() == 1) {
        return Err(Extractor::of_shorter(job));
    }
    if let Ok(Some(part)) = part_of(&job, &blob).await {
        return Ok((Extractor::at_its_record(job), part));
    }
    if let Some(begins) = job.from.as_ref().map(|from| from.begins() as f64) {
        let head = read(&blob, begins, begins + checkpoint::HEAD as f64).await.unwrap_or_default();
        let midst = Extractor::from_checkpoint(&job, &head)?;
        if let (Some(extractor), Ok(part)) = (midst, blob.slice_with_f64_and_f64(begins + 1.0, blob.size())) {
            return Ok((extractor, part));
        }
    }
    Ok((Extractor::of_large(job), blob))
}

/// What stands from the record on, where that is enough to find it.
async fn part_of(job: &Extract, blob: &Blob) -> Result<Option<Blob>, JsValue> {
    let size = blob.size();
    let head = read(blob, 0.0, HEAD).await?;
    let begins = Extractor::begins_at(job, &head);
    begins.map(|at| blob.slice_with_f64_and_f64(at as f64, size)).transpose()
}

async fn read(blob: &Blob, from: f64, to: f64) -> Result<Vec<u8>, JsValue> {
    Ok(source::read(&blob.slice_with_f64_and_f64(from, to.min(blob.size()))?).await?.to_vec())
}

/// More white space than this stands before no file's first bracket.
const HEAD: f64 = 64.0;
