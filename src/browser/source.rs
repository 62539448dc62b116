//! Where bytes come from: a `Blob` of the person's disk, or a presigned URL. The only place that reads or fetches.

use std::ops::ControlFlow;

use js_sys::ArrayBuffer;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;
use web_sys::Blob;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::RequestCache;
use web_sys::RequestCredentials;
use web_sys::RequestInit;
use web_sys::RequestMode;
use web_sys::Response;

/// All bytes of a blob. For sheaves: they are small by construction.
///
/// # Errors
/// When a file of it has changed or vanished since it was dropped.
pub async fn read(blob: &Blob) -> Result<Uint8Array, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer))
}

/// The bytes of a blob, slice after slice, so that no file is ever needed whole.
///
/// # Errors
/// When the file has changed or vanished since it was dropped.
pub async fn read_slices(blob: &Blob, mut take: impl FnMut(&[u8])) -> Result<(), JsValue> {
    let all = |bytes: &[u8]| {
        take(bytes);
        ControlFlow::Continue(())
    };
    read_until(blob, all).await
}

/// The same, until `take` breaks off.
///
/// # Errors
/// When the browser cannot read it (any more).
pub async fn read_until(blob: &Blob, mut take: impl FnMut(&[u8]) -> ControlFlow<()>) -> Result<(), JsValue> {
    let size = blob.size();
    let slice = |start: f64| match start < size {
        true => blob.slice_with_f64_and_f64(start, (start + SLICE).min(size)).map(|slice| Some(JsFuture::from(slice.array_buffer()))),
        false => Ok(None),
    };
    let mut start = 0.0;
    // The browser fetches the next slice while this one is worked on.
    let mut ahead = slice(start)?;
    while let Some(asked) = ahead {
        let bytes = Uint8Array::new(&asked.await?).to_vec();
        start += SLICE;
        ahead = slice(start)?;
        if take(&bytes).is_break() {
            break;
        }
    }
    Ok(())
}

/// A fetched file: its body, kept as a `Blob` that the browser may page to disk, and what its headers show.
pub struct Fetched {
    /// The body.
    pub body: Blob,
    /// `x-amz-meta-signature`, where the bucket's CORS rule exposes it.
    pub signature: Option<String>,
    /// `x-amz-meta-signature-algorithm`.
    pub algorithm: Option<String>,
    /// `x-amz-meta-backfill-generation-timestamp`.
    pub generated: Option<String>,
}

/// Why a URL gave no file: the half sentence and what to do. Never holds the URL.
#[derive(Debug)]
pub struct FetchError {
    /// What happened.
    pub why: String,
    /// What to do.
    pub advice: &'static str,
}

/// Fetches a presigned URL, without cookies, referrer or cache, unless `stop` says that it is not wanted any more.
///
/// # Errors
/// When there is no answer, CORS forbids reading it, or it is not the file.
pub async fn fetch(scope: &DedicatedWorkerGlobalScope, url: &str, stop: &AbortSignal) -> Result<Fetched, FetchError> {
    let ended = || FetchError { why: "fetching was ended before all of it had come".to_owned(), advice: "Fetch it again." };
    fetch_until(scope, url, stop).await.map_err(|error| if stop.aborted() { ended() } else { error })
}

async fn fetch_until(scope: &DedicatedWorkerGlobalScope, url: &str, stop: &AbortSignal) -> Result<Fetched, FetchError> {
    let options = RequestInit::new();
    options.set_signal(Some(stop));
    options.set_mode(RequestMode::Cors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    let answer = JsFuture::from(scope.fetch_with_str_and_init(url, &options)).await;
    // The browser tells a script nothing more, on purpose: the three causes cannot be told apart here.
    let unreachable = |_| FetchError {
        why: "the browser could not fetch it: no answer, no CORS rule on the bucket, or an address that this page may not reach".to_owned(),
        advice: CORS_ADVICE,
    };
    let response: Response = answer.and_then(JsCast::dyn_into).map_err(unreachable)?;
    if !response.ok() {
        return Err(refused(response.status()));
    }
    let broken = |_| FetchError { why: "the connection broke while it was read".to_owned(), advice: "Try again." };
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let (signature, algorithm, generated) =
        (header("x-amz-meta-signature"), header("x-amz-meta-signature-algorithm"), header("x-amz-meta-backfill-generation-timestamp"));
    let body = JsFuture::from(response.blob().map_err(broken)?).await.and_then(JsCast::dyn_into).map_err(broken)?;
    Ok(Fetched { body, signature, algorithm, generated })
}

fn refused(status: u16) -> FetchError {
    let (why, advice) = match status {
        400 => ("S3 refused the request (400)", "Copy the whole URL, with everything behind the question mark."),
        403 => (
            "S3 refused access (403)",
            "Presigned URLs expire and hold the rights of who made them (for encrypted logs kms:Decrypt too). Make a new one.",
        ),
        404 => ("there is no such object (404)", "Check bucket and key."),
        _ => ("the server did not give the file", "Try again, or download it and drop the file."),
    };
    FetchError { why: if (400..=404).contains(&status) { why.to_owned() } else { format!("{why} ({status})") }, advice }
}

const CORS_ADVICE: &str =
    "Check the URL; give the bucket a CORS rule that allows GET from this page's origin; or download the file and drop it here.";

/// 4 MB: large enough that the cost of a read does not show, small enough that a reader never holds much.
const SLICE: f64 = 4_194_304.0;
