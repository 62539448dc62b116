//! The making of an evidence pack: files read by the page, one message for many, and packed elsewhere; then the events, then what closes it.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use crate::browser::whole::WholeReader;
use crate::export::parts::PackPlan;
use crate::export::parts::PackedFile;
use crate::export::parts::RowsForm;
use crate::export::parts::SealRequest;
use crate::export::parts::Sum;
use crate::export::paths;
use crate::integrity::sha256::Sha256;
use crate::protocol::Answer;
use crate::protocol::Packed;
use crate::protocol::Parcel;
use crate::protocol::Question;
use crate::protocol::Wrapping;
use crate::state::export::CHANGED;
use crate::state::export::Export;
use crate::state::export::NO_ROOM;
use crate::state::export::NOT_STARTED;
use crate::state::export::Stop;
use crate::state::intake::SHEAF_BYTES;
use crate::state::intake::SHEAF_FILES;
use crate::state::pack_zip::Zip;
use crate::state::packer::Packer;

/// The files on their way into the pack.
struct Filing {
    left: std::iter::Enumerate<std::vec::IntoIter<PackedFile>>,
    /// Read, and not yet sent to a packer.
    open: Vec<Filed>,
    bytes: u64,
    /// Put together, each with its blob.
    packed: Vec<(Vec<Filed>, Vec<Sum>, Blob)>,
    /// Large ones: they go in as they lie, and are only read to be hashed.
    large: Vec<(usize, PackedFile)>,
    done: u64,
    sent: usize,
    stop: Option<Stop>,
}

/// A file, its place in the plan, and its bytes until they are sent.
struct Filed {
    at: usize,
    path: String,
    bytes: Option<Uint8Array>,
}

type Shared = Rc<RefCell<Filing>>;

impl Export {
    /// The whole pack.
    pub(super) async fn pack(self: &Rc<Self>, made: &str) -> Result<Blob, Stop> {
        let start = async || Packer::start().await.ok_or(NOT_STARTED);
        let packers = Rc::new([start().await?, start().await?]);
        let Answer::Pack(plan) = self.client.ask(Question::Pack(self.inquiry.clone())).await else { return Err(CHANGED.into()) };
        self.is_of_now(plan.generation)?;
        let mut zip = Zip::default();
        let files = self.add_files(&plan, &packers, &mut zip).await?;
        let forms = [RowsForm::Csv, RowsForm::JsonLines];
        let rows = self.write_rows(&forms, Wrapping::Entry, &*packers).await?;
        for (path, (sum, data)) in [paths::CSV, paths::JSON_LINES].into_iter().zip(rows) {
            zip.add_text(path, sum, &data);
        }
        self.add_texts(Question::PackTexts(self.inquiry.clone()), &packers, &mut zip).await?;
        let request = SealRequest { inquiry: self.inquiry.clone(), made: made.to_owned(), files, parts: zip.parts.clone() };
        self.add_texts(Question::Seal(request), &packers, &mut zip).await?;
        zip.finish().map_err(|_| NO_ROOM.into())
    }

    /// The files that the plan is of, some at a time.
    async fn files(&self, plan: &PackPlan) -> Result<Vec<PackedFile>, Stop> {
        let mut files: Vec<PackedFile> = Vec::new();
        while (files.len() as u64) < plan.files() {
            let from = u32::try_from(files.len()).unwrap_or(u32::MAX);
            let Answer::PackFiles(generation, some) = self.client.ask(Question::PackFiles(self.inquiry.clone(), from)).await else {
                return Err(CHANGED.into());
            };
            self.is_of_now(generation)?;
            if some.is_empty() {
                break;
            }
            files.extend(some);
            self.tell("Listing files", files.len() as u64, plan.files())?;
        }
        Ok(files)
    }

    /// Logs and digests, as they lie. What each adds up to, in the plan's order.
    async fn add_files(self: &Rc<Self>, plan: &PackPlan, packers: &Rc<[Packer; 2]>, zip: &mut Zip) -> Result<Vec<(u64, Sha256)>, Stop> {
        let files = self.files(plan).await?;
        let many = files.len();
        let shared = Rc::new(RefCell::new(Filing {
            left: files.into_iter().enumerate(),
            open: Vec::new(),
            bytes: 0,
            packed: Vec::new(),
            large: Vec::new(),
            done: 0,
            sent: 0,
            stop: None,
        }));
        let lanes: Vec<oneshot::Receiver<()>> = (0..LANES).map(|_| self.clone().open_lane(shared.clone(), packers.clone(), many)).collect();
        for lane in lanes {
            // A lane that is gone has said why.
            let _ = lane.await;
        }
        self.send_some(&shared, packers, many).await;
        let mut filing = shared.borrow_mut();
        if let Some(stop) = filing.stop.take() {
            return Err(stop);
        }
        let mut sums = vec![(0, Sha256([0; 32])); many];
        let mut note = |at: usize, sum: &Sum| sums[at] = (sum.size, sum.sha256);
        for (files, of_files, blob) in filing.packed.drain(..) {
            files.iter().zip(&of_files).for_each(|(file, sum)| note(file.at, sum));
            zip.add_files(files.iter().map(|file| file.path.as_str()).zip(of_files.iter().copied()), &blob);
        }
        let (large, mut done) = (std::mem::take(&mut filing.large), filing.done);
        drop(filing);
        for (at, file) in large {
            self.tell("Packing files", done, many as u64)?;
            let blob = self.client.blob(file.id).ok_or_else(|| gone(&file.path))?;
            let sums = self.client.sums(std::slice::from_ref(&blob)).await.ok_or_else(|| gone(&file.path))?;
            let sum = sums.first().ok_or_else(|| gone(&file.path))?;
            note(at, sum);
            zip.add_file(&file.path, *sum, &blob);
            done += 1;
        }
        Ok(sums)
    }

    fn open_lane(self: Rc<Self>, shared: Shared, packers: Rc<[Packer; 2]>, many: usize) -> oneshot::Receiver<()> {
        let (ended, has_ended) = oneshot::channel();
        spawn_local(async move {
            if let Err(stop) = self.run_lane(&shared, &packers, many).await {
                shared.borrow_mut().stop.get_or_insert(stop);
            }
            // Nobody waits: the page is closing.
            let _ = ended.send(());
        });
        has_ended
    }

    async fn run_lane(&self, shared: &Shared, packers: &[Packer; 2], many: usize) -> Result<(), Stop> {
        let reader = WholeReader::new(SHEAF_BYTES).ok_or(NOT_STARTED)?;
        loop {
            let mut filing = shared.borrow_mut();
            if filing.stop.is_some() || !self.goes_on() {
                return Err(Stop::Cancelled);
            }
            let Some((at, file)) = filing.left.next() else { return Ok(()) };
            drop(filing);
            let blob = self.client.blob(file.id).ok_or_else(|| gone(&file.path))?;
            let bytes = if file.size as f64 > SHEAF_BYTES { None } else { reader.read(&blob).await };
            let mut filing = shared.borrow_mut();
            match bytes {
                // What the rows were read from had another size.
                Some(bytes) if u64::from(bytes.length()) != file.size => return Err(gone(&file.path)),
                Some(bytes) => {
                    filing.bytes += file.size;
                    filing.open.push(Filed { at, path: file.path, bytes: Some(bytes) });
                }
                None => filing.large.push((at, file)),
            }
            let is_full = filing.open.len() >= SHEAF_FILES || filing.bytes > MOST_OPEN;
            drop(filing);
            if is_full {
                self.send_some(shared, packers, many).await;
            }
        }
    }

    /// Sends to a packer what is read, and waits until it is packed.
    async fn send_some(&self, shared: &Shared, packers: &[Packer; 2], many: usize) {
        let mut filing = shared.borrow_mut();
        let mut files = std::mem::take(&mut filing.open);
        filing.bytes = 0;
        filing.sent += 1;
        let packer = &packers[filing.sent % 2];
        drop(filing);
        let beside: Vec<JsValue> = files.iter_mut().filter_map(|file| file.bytes.take()).map(JsValue::from).collect();
        if beside.is_empty() {
            return;
        }
        let asked = packer.ask(&Parcel::Files(files.iter().map(|file| file.path.clone()).collect()), &beside);
        drop(beside);
        let answer = asked.await;
        let mut filing = shared.borrow_mut();
        match answer {
            Some((Packed::Files(sums), Some(blob))) if sums.len() == files.len() => {
                filing.done += sums.len() as u64;
                filing.packed.push((files, sums, blob));
            }
            _ => filing.stop = Some(NO_ROOM.into()),
        }
        if let Err(stop) = self.tell("Packing files", filing.done, many as u64) {
            filing.stop.get_or_insert(stop);
        }
    }

    async fn add_texts(&self, question: Question, packers: &[Packer; 2], zip: &mut Zip) -> Result<(), Stop> {
        self.tell("Writing verdicts and manifest", 0, 0)?;
        let (Answer::Texts(texts), beside) = self.client.ask_ahead(question).await else { return Err(CHANGED.into()) };
        self.is_of_now(texts.generation)?;
        for (path, text) in texts.paths.iter().zip(beside) {
            self.tell("Writing verdicts and manifest", 0, 0)?;
            let text = text.dyn_into().map_err(|_| CHANGED)?;
            let (sum, data) = packers[0].entry(text).await.ok_or(NO_ROOM)?;
            zip.add_text(path, sum, &data);
        }
        Ok(())
    }
}

fn gone(path: &str) -> Stop {
    Stop::Because(format!("A file of the pack has changed or can no longer be read: open it again, then make the pack. {path}"))
}

/// Files that are being read at the same time.
const LANES: usize = 16;
/// Bytes of files that wait until a packer has them.
const MOST_OPEN: u64 = 2 << 20;
