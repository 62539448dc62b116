//! Very many files of a picker, read by the page and handed down as bytes: it looks at none of them.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::future::TimeoutFuture;
use leptos::prelude::WithUntracked;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::browser::dropped::NamedFile;
use crate::browser::whole::WholeReader;
use crate::protocol::Progress;
use crate::state::intake::Files;
use crate::state::intake::Intake;
use crate::state::sheaf::SHEAF_BYTES;
use crate::state::sheaf::SHEAF_FILES;
use crate::state::zip_intake::is_zip;

/// Files that are being read, and what has come of them.
struct Reading {
    files: Files,
    /// Read, and not yet sent.
    read: Vec<NamedFile>,
    bytes: u64,
    /// Large ones, archives, and such that could not be read.
    others: Vec<NamedFile>,
    /// Bytes sent, and how many the ledger had from elsewhere before.
    sent: u64,
    before: u64,
}

type Shared = Rc<RefCell<Reading>>;

impl Intake {
    /// Reads files and sends them, some at a time. Returns those that have to go another way.
    pub(super) async fn send_read(&self, files: Files, goes_on: impl Fn() -> ControlFlow<()> + Clone + 'static) -> Files {
        let before = self.progress().bytes_read;
        let shared = Rc::new(RefCell::new(Reading { files, read: Vec::new(), bytes: 0, others: Vec::new(), sent: 0, before }));
        let lanes: Vec<oneshot::Receiver<()>> = (0..LANES).map(|_| self.open_lane(shared.clone(), goes_on.clone())).collect();
        for lane in lanes {
            // A lane that is gone has nothing more to send.
            let _ = lane.await;
        }
        if goes_on().is_continue() {
            self.send_some(&shared);
        }
        let mut reading = shared.borrow_mut();
        let (read, others) = (std::mem::take(&mut reading.read), std::mem::take(&mut reading.others));
        let left = std::mem::replace(&mut reading.files, Box::new(std::iter::empty()));
        Box::new(read.into_iter().chain(others).chain(left))
    }

    fn open_lane(&self, shared: Shared, goes_on: impl Fn() -> ControlFlow<()> + 'static) -> oneshot::Receiver<()> {
        let (ended, has_ended) = oneshot::channel();
        let this = self.clone();
        spawn_local(async move {
            this.run_lane(&shared, goes_on).await;
            // Nobody waits: the page is closing.
            let _ = ended.send(());
        });
        has_ended
    }

    async fn run_lane(&self, shared: &Shared, goes_on: impl Fn() -> ControlFlow<()>) {
        let Some(reader) = WholeReader::new(SHEAF_BYTES) else { return };
        loop {
            while goes_on().is_continue() && self.is_far_ahead(&shared.borrow()) {
                TimeoutFuture::new(A_WHILE).await;
            }
            if goes_on().is_break() {
                return;
            }
            let Some(file) = shared.borrow_mut().files.next() else { return };
            let bytes = if is_zip(&file) { None } else { reader.read(&file.file).await };
            let mut reading = shared.borrow_mut();
            match bytes {
                Some(bytes) => {
                    let size = u64::from(bytes.length());
                    reading.bytes += size;
                    reading.read.push(NamedFile { known_size: Some(size), bytes: Some(bytes), ..file });
                }
                None => reading.others.push(file),
            }
            let is_full = reading.read.len() >= SHEAF_FILES || reading.bytes as f64 >= SHEAF_BYTES;
            drop(reading);
            if is_full && goes_on().is_continue() {
                self.send_some(shared);
            }
        }
    }

    fn send_some(&self, shared: &Shared) {
        let mut reading = shared.borrow_mut();
        let files = std::mem::take(&mut reading.read);
        reading.sent += std::mem::take(&mut reading.bytes);
        drop(reading);
        self.open_read(files);
    }

    /// Opens files with their bytes.
    fn open_read(&self, files: Vec<NamedFile>) {
        let files = self.gate.pass(files);
        let bytes: Vec<JsValue> = files.iter().filter_map(|file| Some(file.bytes.as_ref()?.into())).collect();
        if !files.is_empty() {
            self.client.open_in(self.numbered(files), &bytes);
        }
    }

    /// Whether readers have enough to do: what is read waits in memory.
    fn is_far_ahead(&self, reading: &Reading) -> bool {
        let progress = self.progress();
        progress.is_busy() && reading.sent > progress.bytes_read.saturating_sub(reading.before) + AHEAD
    }

    fn progress(&self) -> Progress {
        self.gate.desk.progress.with_untracked(|progress| *progress)
    }
}

/// Files that are being read at the same time: with 16 it takes as long.
const LANES: usize = 32;
/// Two seconds of work for two readers.
const AHEAD: u64 = 48 << 20;
/// Milliseconds between two looks at how far readers are.
const A_WHILE: u32 = 50;
