//! Serves `reader`: gets bytes, pushes them, sends the report up. Keeps nothing between two jobs but a text that is being packed.

use std::ops::ControlFlow;

use js_sys::Array;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use web_sys::AbortSignal;
use web_sys::Blob;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::MessageEvent;

use crate::browser::source;
use crate::browser::subtle::Hash;
use crate::browser::subtle::Subtle;
use crate::browser::wire;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::GivenSignature;
use crate::protocol::Job;
use crate::protocol::Named;
use crate::protocol::ReadReport;
use crate::protocol::Remote;
use crate::protocol::Report;
use crate::reader::Extractor;
use crate::reader::Reader;
use crate::table::batch::EventBatch;
use crate::trail::digest::Place;
use crate::trail::ids::FileId;
use crate::trail::percent;
use crate::trail::s3_url;
use crate::trail::time::Timestamp;
use crate::worker::checking::check_all;
use crate::worker::extracting::extract;
use crate::worker::packing::OpenText;
use crate::worker::raw;

/// Listens for jobs. Each is a ticket and a job; each report bears the ticket.
pub(super) fn serve(scope: &DedicatedWorkerGlobalScope) -> Result<(), JsValue> {
    let up = scope.clone();
    let (text, mut stop) = (OpenText::default(), AbortController::new()?);
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| match wire::receive::<(u32, Job)>(&event.data()) {
        Ok(((_, Job::BreakOff), _)) => {
            stop.abort();
            // Where one could be had a second can.
            stop = AbortController::new().unwrap_or_else(|error| wasm_bindgen::throw_val(error));
        }
        Ok(((ticket, job), attachments)) => {
            spawn_local(work(Desk { scope: up.clone(), ticket, text: text.clone(), stop: stop.signal() }, job, attachments));
        }
        Err(_) => {}
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    Ok(())
}

/// Where a job's reports go.
struct Desk {
    scope: DedicatedWorkerGlobalScope,
    ticket: u32,
    text: OpenText,
    /// Whether reading was broken off since the job came.
    stop: AbortSignal,
}

impl Desk {
    fn report(&self, report: &Report, attachments: &[JsValue]) {
        // A report that cannot be posted leaves the job open: the pool would wait for ever, so this must be heard.
        if let Err(error) = wire::send(&self.scope, &(self.ticket, report), attachments) {
            wasm_bindgen::throw_val(error);
        }
    }

    fn read(&self, (report, rows): (ReadReport, EventBatch), body: Option<&Blob>) {
        let rows = if rows.is_empty() { JsValue::UNDEFINED } else { wire::attach(&rows.to_bytes()) };
        let body = body.map_or(JsValue::UNDEFINED, JsValue::from);
        self.report(&Report::Read(report), &[rows, body]);
    }

    fn ripe(&self, reader: &mut Reader) {
        if let Some(part) = reader.ripe() {
            self.read(part, None);
        }
    }

    /// Pushes a file's bytes slice after slice, and sends rows as there are enough. What keeps it from its end is noted: half a sentence.
    async fn push_slices(&self, reader: &mut Reader, blob: &Blob, vanished: &str) {
        let mut goes_on = ControlFlow::Continue(());
        // Any other is read to its end in a second or two. For one of its records the whole file is hashed again: beside the hash of a part it
        // would seem to have changed.
        let is_large = Extractor::is_large(blob.size() as u64);
        let read = source::read_until(blob, |bytes| {
            reader.push(bytes);
            self.ripe(reader);
            if is_large {
                goes_on = if self.stop.aborted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            }
            goes_on
        });
        match read.await {
            Err(_) => reader.break_off(vanished),
            // At the very end there is nothing to break off.
            Ok(()) if goes_on.is_break() && !reader.has_taken(blob.size() as u64) => {
                reader.break_off("reading was ended before the end of the file")
            }
            Ok(()) => {}
        }
    }
}

async fn work(desk: Desk, job: Job, attachments: Vec<JsValue>) {
    let bytes: Vec<Uint8Array> = attachments.iter().filter_map(|attachment| attachment.dyn_ref().cloned()).collect();
    let buffers = attachments.first().and_then(|attachment| attachment.dyn_ref::<Array>().cloned());
    let blob = attachments.into_iter().next().and_then(|attachment| attachment.dyn_into::<Blob>().ok());
    match (job, blob) {
        (Job::Read(files), None) if buffers.as_ref().is_some_and(|buffers| buffers.length() as usize == files.len()) => {
            let buffers = buffers.unwrap_or_default();
            read_whole(&desk, &files, &mut buffers.iter().map(|buffer| Uint8Array::new(&buffer))).await
        }
        (Job::Read(files), Some(blob)) if files.len() == 1 => read_one(&desk, &files, &blob).await,
        (Job::Read(files), Some(blob)) => read_sheaf(&desk, &files, &blob).await,
        (Job::Read(files), None) => desk.report(&Report::Unreadable(files.iter().map(|file| file.id).collect()), &[]),
        (Job::Fetch(remote), _) => fetch(&desk, remote).await,
        (Job::Paste(named, text), _) => {
            let mut reader = Reader::default();
            reader.open(named.id, &named.name, None);
            reader.push(text.as_bytes());
            desk.read(reader.finish(), None);
        }
        (Job::Check(checks), _) => desk.report(&Report::Checked(check_all(Subtle::here().as_ref(), &checks).await), &[]),
        (Job::Extract(job), blob) => {
            let (number, record) = extract(job, blob).await;
            desk.report(&Report::Extracted(number, record), &[]);
        }
        (Job::Pack(parcel), blob) => {
            let (sums, blob) = match desk.text.pack(parcel, bytes, blob).await {
                Ok((sums, blob)) => (Some(sums), blob.map_or(JsValue::UNDEFINED, JsValue::from)),
                Err(_) => (None, JsValue::UNDEFINED),
            };
            desk.report(&Report::Packed(sums), &[blob]);
        }
        (Job::BreakOff, _) => {}
        (Job::Search(number, search), blob) => {
            let found = raw::search(&Subtle::here(), &search, blob).await;
            desk.report(&Report::Searched(number, found), &[]);
        }
    }
}

/// Many small files end to end: one read, cut by their sizes.
async fn read_sheaf(desk: &Desk, files: &[Named], blob: &Blob) {
    let whole: u64 = files.iter().map(|file| file.size).sum();
    let bytes = match source::read(blob).await {
        Ok(bytes) if u64::from(bytes.length()) == whole => bytes,
        _ => return desk.report(&Report::Unreadable(files.iter().map(|file| file.id).collect()), &[]),
    };
    let mut start = 0;
    let mut parts = files.iter().map(|file| {
        let end = start + u32::try_from(file.size).unwrap_or(u32::MAX);
        bytes.subarray(std::mem::replace(&mut start, end), end)
    });
    read_whole(desk, files, &mut parts).await;
}

/// Files whose bytes are here.
async fn read_whole(desk: &Desk, files: &[Named], bytes: &mut dyn Iterator<Item = Uint8Array>) {
    let subtle = Subtle::here();
    let mut reader = if subtle.is_some() { Reader::hashed_elsewhere() } else { Reader::default() };
    let mut hashes = Hashes::default();
    let mut file_bytes = Vec::new();
    for (file, bytes) in files.iter().zip(bytes) {
        copy(&bytes, &mut file_bytes);
        reader.open(file.id, &file.name, None);
        reader.push(&file_bytes);
        reader.close_offering(&mut |content| subtle.as_ref().is_some_and(|subtle| hashes.begin(subtle, file.id, content)));
        if reader.is_ripe() || hashes.bytes > MOST_IN_HASHING {
            hashes.bring(&mut reader).await;
            desk.ripe(&mut reader);
        }
    }
    hashes.bring(&mut reader).await;
    desk.read(reader.finish(), None);
}

/// Hashes that the browser is computing while the next files are read.
#[derive(Default)]
struct Hashes {
    open: Vec<(FileId, Hash)>,
    bytes: usize,
}

impl Hashes {
    fn begin(&mut self, subtle: &Subtle, file: FileId, content: &[u8]) -> bool {
        let Some(hash) = subtle.sha256(content) else { return false };
        self.bytes += content.len();
        self.open.push((file, hash));
        true
    }

    async fn bring(&mut self, reader: &mut Reader) {
        self.bytes = 0;
        for (file, hash) in self.open.drain(..) {
            reader.hashed(file, hash.done().await.map(Sha256));
        }
    }
}

/// The browser holds a copy of each content until it is hashed.
pub(super) const MOST_IN_HASHING: usize = 32 << 20;

pub(super) fn copy(from: &Uint8Array, to: &mut Vec<u8>) {
    to.resize(from.length() as usize, 0);
    from.copy_to(to);
}

/// One file, of any size, slice after slice.
async fn read_one(desk: &Desk, files: &[Named], blob: &Blob) {
    let Some(file) = files.first() else { return };
    let mut reader = Reader::of_one_file();
    reader.open(file.id, &file.name, None);
    let vanished = "the browser could not read it to its end; it has changed, moved or been deleted since it was opened";
    desk.push_slices(&mut reader, blob, vanished).await;
    desk.read(reader.finish(), None);
}

async fn fetch(desk: &Desk, remote: Remote) {
    let name = name_of(&remote.url);
    let place = s3_url::place(&remote.url);
    let mut reader = Reader::of_one_file();
    let fetched = match source::fetch(&desk.scope, &remote.url, &desk.stop).await {
        Ok(fetched) => fetched,
        Err(error) => {
            reader.unread(remote.id, &name, &error.why, error.advice);
            return desk.read(reader.finish(), None);
        }
    };
    if let Some(signature) = fetched.signature {
        let key = place.as_ref().map_or_else(|| name.clone(), |Place { bucket, key }| format!("s3://{bucket}/{key}"));
        let generated = fetched.generated.as_deref().and_then(Timestamp::parse);
        reader.given(GivenSignature { key: Some(key), signature, algorithm: fetched.algorithm, generated, source: name.clone() });
    }
    reader.open(remote.id, &name, place);
    desk.push_slices(&mut reader, &fetched.body, "its body could not be read to its end").await;
    desk.read(reader.finish(), Some(&fetched.body));
}

/// What a URL is called from here on: without its query, decoded.
fn name_of(url: &str) -> String {
    percent::decode(url.split(['?', '#']).next().unwrap_or_default())
}
