//! Very many files of an input, read by the page and handed down as bytes: it looks at none of them.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Interval;
use gloo::timers::callback::Timeout;
use js_sys::Array;
use js_sys::ArrayBuffer;
use leptos::prelude::WithUntracked;

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
    /// How many of them are still to be read.
    many: u64,
    lanes: Vec<Lane>,
    /// How many lanes go on, and which of them wait until readers have caught up.
    open: usize,
    resting: Vec<usize>,
    ended: Option<oneshot::Sender<()>>,
    /// Read, and not yet sent.
    read: Vec<NamedFile>,
    bytes: u64,
    /// Large ones, archives, and such that could not be read.
    others: Vec<NamedFile>,
    /// Bytes sent, and how many the ledger had from elsewhere before.
    sent: u64,
    before: u64,
}

/// Reads one file after the other.
struct Lane {
    reader: WholeReader,
    file: Option<NamedFile>,
    /// Whether it was at this file when it was last looked at.
    is_slow: bool,
}

/// What all lanes share.
#[derive(Clone)]
struct Lanes {
    intake: Intake,
    reading: Rc<RefCell<Reading>>,
    goes_on: Rc<dyn Fn() -> ControlFlow<()>>,
}

impl Intake {
    /// Reads the first so many files and sends them, some at a time. Returns those that have to go another way.
    pub(super) async fn send_read(&self, files: Files, many: u64, goes_on: impl Fn() -> ControlFlow<()> + 'static) -> Files {
        let before = self.progress().bytes_read;
        let (ended, have_ended) = oneshot::channel();
        let reading = Rc::new(RefCell::new(Reading {
            files,
            many,
            lanes: Vec::new(),
            open: 0,
            resting: Vec::new(),
            ended: Some(ended),
            read: Vec::new(),
            bytes: 0,
            others: Vec::new(),
            sent: 0,
            before,
        }));
        let lanes = Lanes { intake: self.clone(), reading, goes_on: Rc::new(goes_on) };
        lanes.open();
        // For as long as lanes are at work.
        let watched = lanes.reading.clone();
        let _watch = Interval::new(A_WHILE, move || watched.borrow_mut().watch());
        // All have ended: nobody is left to say so a second time.
        let _ = have_ended.await;
        lanes.send_some();
        let mut reading = lanes.reading.borrow_mut();
        // They hold what they are held by.
        reading.lanes.clear();
        let (read, others) = (std::mem::take(&mut reading.read), std::mem::take(&mut reading.others));
        let left = std::mem::replace(&mut reading.files, Box::new(std::iter::empty()));
        Box::new(read.into_iter().chain(others).chain(left))
    }

    /// Opens files with their bytes.
    fn open_read(&self, files: Vec<NamedFile>) {
        let files = self.gate.pass(files);
        let bytes: Array = files.iter().filter_map(|file| file.bytes.as_ref()).collect();
        if !files.is_empty() {
            self.client.open_in(self.numbered(files), &[bytes.into()]);
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

impl Lanes {
    fn open(&self) {
        for number in 0..LANES {
            let this = self.clone();
            let Some(reader) = WholeReader::new(SHEAF_BYTES, move |bytes| this.take(number, bytes)) else { break };
            let mut reading = self.reading.borrow_mut();
            reading.lanes.push(Lane { reader, file: None, is_slow: false });
            reading.open += 1;
        }
        // One that never goes on ends at once, where there is no reader at all.
        self.reading.borrow_mut().open += 1;
        let many = self.reading.borrow().lanes.len();
        (0..many).for_each(|number| self.go_on(number));
        self.end();
    }

    /// Takes what a lane has read, and lets it go on.
    fn take(&self, number: usize, bytes: Option<ArrayBuffer>) {
        let mut reading = self.reading.borrow_mut();
        let Some(file) = reading.lanes.get_mut(number).and_then(|lane| lane.file.take()) else { return };
        match bytes {
            Some(bytes) => {
                let size = u64::from(bytes.byte_length());
                reading.bytes += size;
                reading.read.push(NamedFile { known_size: Some(size), bytes: Some(bytes), ..file });
            }
            None => reading.others.push(file),
        }
        let is_full = reading.read.len() >= SHEAF_FILES || reading.bytes as f64 >= SHEAF_BYTES;
        drop(reading);
        if is_full {
            self.send_some();
        }
        self.go_on(number);
    }

    /// Begins a lane's next file, unless there is none or readers are too far behind.
    fn go_on(&self, number: usize) {
        let mut reading = self.reading.borrow_mut();
        let reading = &mut *reading;
        // What will be held back need not be read: what of it is sent never counts as read, and lanes would rest for it for ever.
        while reading.many > 0 && !self.intake.gate.is_holding() && (self.goes_on)().is_continue() {
            if self.intake.is_far_ahead(reading) {
                return self.rest(reading, number);
            }
            let (Some(file), Some(lane)) = (reading.files.next(), reading.lanes.get_mut(number)) else { break };
            reading.many -= 1;
            if !is_zip(&file) && lane.reader.begin(&file.file) {
                (lane.file, lane.is_slow) = (Some(file), false);
                return;
            }
            reading.others.push(file);
        }
        end(reading);
    }

    fn end(&self) {
        end(&mut self.reading.borrow_mut());
    }

    /// Goes on after a while, together with all that rest by then.
    fn rest(&self, reading: &mut Reading, number: usize) {
        reading.resting.push(number);
        if reading.resting.len() == 1 {
            let this = self.clone();
            let wake = move || {
                let resting = std::mem::take(&mut this.reading.borrow_mut().resting);
                resting.into_iter().for_each(|number| this.go_on(number));
            };
            Timeout::new(A_WHILE, wake).forget();
        }
    }

    /// Sends what is read, unless reading was ended: then it counts as not read.
    fn send_some(&self) {
        let mut reading = self.reading.borrow_mut();
        if (self.goes_on)().is_break() {
            return;
        }
        let files = std::mem::take(&mut reading.read);
        reading.sent += std::mem::take(&mut reading.bytes);
        drop(reading);
        self.intake.open_read(files);
    }
}

impl Reading {
    /// A file that takes a lane so long may be one that is too large to be read whole.
    fn watch(&mut self) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.file.is_some()) {
            if std::mem::replace(&mut lane.is_slow, true) {
                lane.reader.watch();
            }
        }
    }
}

/// A lane has ended; with the last of them all is read.
fn end(reading: &mut Reading) {
    reading.open = reading.open.saturating_sub(1);
    if reading.open == 0
        && let Some(ended) = reading.ended.take()
    {
        // Nobody waits: the page is closing.
        let _ = ended.send(());
    }
}

/// Files that are being read at the same time: with 16 it takes as long.
const LANES: usize = 32;
/// Two seconds of work for two readers.
const AHEAD: u64 = 48 << 20;
/// Milliseconds between two looks at how far readers are, and lanes.
const A_WHILE: u32 = 50;
