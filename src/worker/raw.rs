//! Serves `reader::Searcher`: the bytes of the files that are to be searched, pushed through; hashed only where there is a hit.

use web_sys::Blob;

use crate::browser::source;
use crate::browser::subtle::Hash;
use crate::browser::subtle::Subtle;
use crate::integrity::content::Budget;
use crate::integrity::content::ContentReader;
use crate::integrity::content::Hasher;
use crate::integrity::sha256::Sha256;
use crate::protocol::RawFile;
use crate::protocol::RawFound;
use crate::protocol::RawSearch;
use crate::reader::Found;
use crate::reader::Searcher;
use crate::worker::reader_host::MOST_IN_HASHING;
use crate::worker::reader_host::copy;

/// Searches the files of a blob. One that cannot be read counts as changed: it is not what it was when its rows were made.
pub(super) async fn search(subtle: &Option<Subtle>, job: &RawSearch, blob: Option<Blob>) -> RawFound {
    let mut found = RawFound { text: job.text.clone(), ..RawFound::default() };
    let mut searcher = Searcher::new(&job.text);
    let whole = match &blob {
        Some(blob) if job.files.len() > 1 => source::read(blob).await.ok(),
        _ => None,
    };
    let (mut hashing, mut in_hashing) = (Vec::new(), 0);
    let (mut start, mut bytes) = (0.0, Vec::new());
    for file in &job.files {
        let end = start + file.size as f64;
        // What nobody read has no rows.
        let taken = start + file.taken.min(file.size) as f64;
        let part = blob.as_ref().and_then(|blob| blob.slice_with_f64_and_f64(start, taken).ok());
        match (&whole, part) {
            (Some(whole), _) => {
                copy(&whole.subarray(start as u32, end as u32), &mut bytes);
                searcher.open(file, Hasher::Elsewhere);
                searcher.push(&bytes);
                let mut hash = None;
                let (shown, sha256) = searcher.close(&mut |content| {
                    in_hashing += content.len();
                    hash = subtle.as_ref().and_then(|subtle| subtle.sha256(content));
                    hash.is_some()
                });
                match hash {
                    Some(hash) => hashing.push((file, shown, hash)),
                    None => found.admit(file, shown.many, shown.rows, sha256),
                }
                if in_hashing > MOST_IN_HASHING {
                    in_hashing = 0;
                    bring(std::mem::take(&mut hashing), &mut found).await;
                }
            }
            (None, Some(part)) => match search_one(&mut searcher, file, &part).await {
                Some((shown, sha256)) => found.admit(file, shown.many, shown.rows, sha256),
                None => found.changed.push(file.id),
            },
            (None, None) => found.changed.push(file.id),
        }
        start = end;
    }
    bring(hashing, &mut found).await;
    found
}

/// One file, of any size, slice after slice. With a hit it is read once more, to be hashed: most files have none.
async fn search_one(searcher: &mut Searcher<'_>, file: &RawFile, blob: &Blob) -> Option<(Found, Sha256)> {
    searcher.open(file, Hasher::Nobody);
    let read = source::read_slices(blob, |bytes| searcher.push(bytes)).await;
    let (shown, nothing) = searcher.close(&mut |_| false);
    read.ok()?;
    if shown.rows.is_empty() {
        return Some((shown, nothing));
    }
    let mut content = ContentReader::new(Budget::default()).of_any_text();
    source::read_slices(blob, |bytes| content.push(bytes, &mut |_| {})).await.ok()?;
    Some((shown, content.finish().sha256))
}

/// Hashes that the browser computed while the next files were searched.
async fn bring(hashing: Vec<(&RawFile, Found, Hash)>, found: &mut RawFound) {
    for (file, shown, hash) in hashing {
        match hash.done().await {
            Some(sha256) => found.admit(file, shown.many, shown.rows, Sha256(sha256)),
            None => found.changed.push(file.id),
        }
    }
}
