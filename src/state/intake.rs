//! Opening files, URLs, pasted texts and the sample: everything that comes in is numbered here and sent down in sheaves.

use std::cell::Cell;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::GetUntracked;
use leptos::prelude::RwSignal;
use leptos::prelude::Set;
use leptos::prelude::Update;
use leptos::prelude::untrack;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;
use web_sys::DragEvent;
use web_sys::FileList;

use crate::browser::dropped::Drop;
use crate::browser::dropped::NamedFile;
use crate::browser::dropped::named;
use crate::browser::frame::Spell;
use crate::browser::frame::breathe;
use crate::browser::frame::painted;
use crate::protocol::Call;
use crate::protocol::Listing;
use crate::protocol::Named;
use crate::protocol::Remote;
use crate::state::client::Client;
use crate::state::crowd::Extent;
use crate::state::desk::Desk;
use crate::state::fit::Gate;
use crate::state::sample_pack::Pack;
use crate::state::sheaf::SHEAF_BYTES;
use crate::state::sheaf::SHEAF_FILES;
use crate::state::sheaf::SHEAF_PART;
use crate::state::sheaf::Sheaf;
use crate::state::sheaf::are_sizes_at_hand;
use crate::state::zip_intake::is_zip;
use crate::state::zip_intake::sheaves;
use crate::trail::ids::FileId;

/// Numbers what is opened and sends it down. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    pub(super) client: Client,
    next: Rc<Cell<u32>>,
    /// Counts how often reading was cancelled: a walk that began before goes no further.
    cancelled: Rc<Cell<u32>>,
    /// Walks under way, and files of which the ledger has not yet said that it knows them: the page is not idle before they end. A cancel takes
    /// nothing off: walks end by themselves, and the ledger hears of every file that has a number, if only to be told that nobody reads it.
    arriving: RwSignal<u64>,
    /// Where loads that may not fit into memory are held up.
    pub(super) gate: Gate,
}

/// Which sample to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// The trail as it was delivered.
    Whole,
    /// The same with four things done to it.
    Tampered,
}

impl Intake {
    /// An intake for this ledger, counting at this desk what it has begun.
    #[must_use]
    pub fn new(client: Client, desk: Desk) -> Self {
        Self { client, next: Rc::default(), cancelled: Rc::default(), arriving: desk.arriving, gate: Gate::new(desk) }
    }

    /// Opens what was dropped, folders and all. Must be called inside the event's handler.
    pub fn open_drop(&self, event: &DragEvent) {
        let Some(transfer) = event.data_transfer() else { return };
        let Some(drop) = Drop::take(&transfer) else {
            return transfer.files().map_or((), |list| self.open_files(&list));
        };
        let this = self.clone();
        self.run(Box::pin(async move {
            let gathered = Rc::new(RefCell::new(Sheaf::default()));
            let goes_on = this.until_cancelled();
            let (listed, waiting, is_wanted) = (this.clone(), gathered.clone(), goes_on.clone());
            let lost = drop.walk(async move |files: Vec<NamedFile>| {
                listed.gate.wait_for_word(files.len() as u64, Extent::SoFar).await;
                listed.open_workbench(&is_wanted).await;
                let mut sheaf = waiting.borrow_mut();
                if is_wanted().is_break() {
                    sheaf.files.extend(files);
                    return ControlFlow::Break(());
                }
                // A folder's files are sent as soon as they fill a sheaf: reading begins before the walk ends.
                for file in files {
                    listed.gather(&mut sheaf, file);
                }
                ControlFlow::Continue(())
            });
            let lost = lost.await;
            match goes_on() {
                ControlFlow::Continue(()) => this.send_now(gathered.take()),
                ControlFlow::Break(()) => {
                    this.client.say(&Call::Listing(Listing::Cut), &[]);
                    this.give_up(Box::new(gathered.take().files.into_iter()));
                }
            }
            lost.into_iter().for_each(|path| this.lost(path, "the browser could not list or open it"));
        }));
    }

    /// Opens the files of a picker, or of a drop that has nothing to walk.
    pub fn open_files(&self, list: &FileList) {
        let (files, many) = (Box::new(named(list)), u64::from(list.length()));
        let (this, goes_on) = (self.clone(), self.until_cancelled());
        self.run(Box::pin(async move {
            this.gate.wait_for_word(many, Extent::All).await;
            if many > 0 {
                this.open_workbench(&goes_on).await;
            }
            this.send(files, many, goes_on).await;
        }));
    }

    /// Fetches presigned URLs, one a line. Returns a sentence for each line that is none; JSON is taken as pasted keys or signatures.
    pub fn open_urls(&self, text: &str) -> Vec<String> {
        let trimmed = text.trim();
        if trimmed.starts_with(['{', '[']) {
            self.open_text(trimmed);
            return Vec::new();
        }
        let mut remotes = Vec::new();
        let mut complaints = Vec::new();
        for (number, line) in trimmed.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
            let scheme = line.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
            if matches!(scheme.as_deref(), Some("https" | "http")) && !line.contains(char::is_whitespace) {
                remotes.push(Remote { id: self.number(), url: line.to_owned() });
            } else if line.starts_with("s3://") {
                complaints.push(format!(
                    "Line {}: a browser cannot read s3:// addresses. Make a presigned URL of it: aws s3 presign {line}",
                    number + 1
                ));
            } else {
                complaints.push(format!("Line {} is no URL: it must begin with https:// and hold no blanks.", number + 1));
            }
        }
        if !remotes.is_empty() {
            self.client.say(&Call::Fetch(remotes), &[]);
        }
        complaints
    }

    /// Takes a pasted key list, or `head-object` output.
    pub fn open_text(&self, text: &str) {
        let named = Named { id: self.number(), name: "pasted text".to_owned(), size: text.len() as u64 };
        self.client.keep_text(&named, text);
        self.client.say(&Call::Paste(named, text.to_owned()), &[]);
    }

    /// Opens the sample trail that lies beside the page.
    pub fn open_sample(&self, sample: Sample) {
        let this = self.clone();
        self.run(Box::pin(async move {
            // A sample that cannot be loaded is named among the problems like any other file.
            if this.unpack(sample).await.is_none() {
                this.lost("sample-trail.pack".to_owned(), "the sample trail could not be loaded from beside the page");
            }
        }));
    }

    /// Stops reading what has not begun.
    pub fn cancel(&self) {
        self.client.say(&Call::Cancel, &[]);
        self.end_listing();
    }

    /// Lists nothing more, and lets go of what was held back; how many files that were.
    pub(super) fn end_listing(&self) -> usize {
        self.gate.desk.expected.set(0);
        self.cancelled.set(self.cancelled.get() + 1);
        let held = self.gate.forget();
        let many = held.len();
        self.give_up(Box::new(held.into_iter()));
        many
    }

    /// Tells the ledger the names of files that will not be read, so that none of them counts as missing; of very many only how many they
    /// are, since each name takes as much memory there as a file that was read.
    fn give_up(&self, files: Files) {
        let this = self.clone();
        self.run(Box::pin(async move {
            let mut files = files.peekable();
            let mut named = 0;
            while files.peek().is_some() && named < MOST_NAMED {
                let some = files.by_ref().take(NAMED_AT_ONCE).map(|file| Named { id: this.number(), name: file.path, size: 0 });
                let some: Vec<Named> = some.collect();
                named += some.len();
                this.client.say(&Call::NotRead(some, 0), &[]);
                breathe().await;
            }
            this.client.say(&Call::NotRead(Vec::new(), files.count() as u64), &[]);
        }));
    }

    async fn unpack(&self, sample: Sample) -> Option<()> {
        let whole = Pack::load("sample-trail.pack").await?;
        let mut files = whole.files();
        if sample == Sample::Tampered {
            let changes = Pack::load("tampered-trail.pack").await?;
            let changed = changes.files();
            files.retain(|(name, _)| !changes.header.removed.contains(name) && !changed.iter().any(|(other, _)| other == name));
            files.extend(changed);
        }
        let files = files.into_iter().map(|(name, blob)| (Named { id: self.number(), size: blob.size() as u64, name }, blob));
        let files: Vec<_> = files.collect();
        for sheaf in files.chunks(SHEAF_FILES) {
            self.client.open(sheaf.to_vec());
        }
        Some(())
    }

    /// Shows the workbench, if it is not there, in a task of its own, and lets the browser lay out its first frame before readers take the
    /// cores: beside them that was a task of 80 to 97 ms. The panels that come a frame later are built beside them.
    async fn open_workbench(&self, goes_on: &impl Fn() -> ControlFlow<()>) {
        let desk = self.gate.desk;
        if !untrack(|| desk.is_empty()) {
            return;
        }
        breathe().await;
        if goes_on().is_continue() {
            desk.opening.set(true);
            painted().await;
        }
    }

    /// Sends files in sheaves, a few milliseconds of work at a time so that no frame is lost.
    async fn send(&self, mut files: Files, many: u64, goes_on: impl Fn() -> ControlFlow<()> + Clone + 'static) {
        if many > MANY {
            let (at_hand, all) = are_sizes_at_hand(files);
            let read_whole = if at_hand { many.saturating_sub(TOGETHER) } else { many };
            files = if read_whole == 0 { all } else { self.send_read(all, read_whole, goes_on.clone()).await };
        }
        let mut sheaf = Sheaf::default();
        let mut spell = Spell::begin();
        loop {
            if goes_on().is_break() {
                return self.give_up(Box::new(sheaf.files.into_iter().chain(files)));
            }
            let Some(file) = files.next() else { break };
            self.gather(&mut sheaf, file);
            if sheaf.files.len() % SHEAF_PART == 0 {
                spell.breathe_after(8.0).await;
            }
        }
        self.send_now(sheaf);
    }

    fn until_cancelled(&self) -> impl Fn() -> ControlFlow<()> + Clone + 'static {
        let (cancelled, before) = (self.cancelled.clone(), self.cancelled.get());
        move || if cancelled.get() == before { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Sends what was held back until it was known that it may be read.
    pub(super) fn send_held(&self) {
        let (held, this, goes_on) = (self.gate.take(), self.clone(), self.until_cancelled());
        let many = held.len() as u64;
        self.run(Box::pin(async move {
            this.open_workbench(&goes_on).await;
            this.send(Box::new(held.into_iter()), many, goes_on).await;
        }));
    }

    fn gather(&self, sheaf: &mut Sheaf, file: NamedFile) {
        sheaf.push(file);
        if sheaf.is_full() {
            self.send_now(std::mem::take(sheaf));
        }
    }

    fn send_now(&self, sheaf: Sheaf) {
        let files = self.gate.pass(sheaf.files);
        if files.is_empty() {
            return;
        }
        if sheaf.bytes < SHEAF_BYTES * 2.0 && !files.iter().any(is_zip) {
            return self.client.open(self.numbered(files));
        }
        let (zips, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_zip);
        for zip in zips {
            let this = self.clone();
            self.run(Box::pin(async move { this.open_zip(zip).await }));
        }
        let files = self.numbered(files);
        // A large file travels alone: it is read slice by slice.
        for files in sheaves(&files, |(named, _)| named.size as f64) {
            self.client.open(files.to_vec());
        }
    }

    pub(super) fn lost(&self, name: String, why: &str) {
        self.client.say(&Call::Lost(Named { id: self.number(), name, size: 0 }, why.to_owned()), &[]);
    }

    pub(super) fn numbered(&self, files: Vec<NamedFile>) -> Vec<(Named, Blob)> {
        let first = self.numbers(u32::try_from(files.len()).unwrap_or(u32::MAX));
        let numbered = |(id, file): (u32, NamedFile)| (Named { id: FileId(id), size: file.size(), name: file.path }, file.file);
        (first..).zip(files).map(numbered).collect()
    }

    pub(super) fn number(&self) -> FileId {
        FileId(self.numbers(1))
    }

    /// So many numbers for files on their way; the first of them.
    fn numbers(&self, many: u32) -> u32 {
        let first = self.next.get();
        self.next.set(first + many);
        self.arriving.update(|arriving| *arriving += u64::from(many));
        first
    }

    /// Boxed, so that what is around the work is there once and not for every kind of it.
    fn run(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        let this = self.clone();
        this.arriving.update(|arriving| *arriving += 1);
        this.gate.begin();
        this.client.say(&Call::Listing(Listing::Begun), &[]);
        spawn_local(async move {
            work.await;
            this.gate.end();
            this.client.say(&Call::Listing(Listing::Ended), &[]);
            let left = this.arriving.get_untracked().saturating_sub(1);
            this.arriving.set(left);
            this.gate.desk.opening.update(|opening| *opening &= left > 0);
        });
    }
}

/// Files on their way, one by one.
pub(super) type Files = Box<dyn Iterator<Item = NamedFile>>;

/// Files that are told by their names though nobody read them, and how many at a stretch.
const MOST_NAMED: usize = 50_000;
const NAMED_AT_ONCE: usize = 1024;
/// More files than these are not looked up one by one, but read by the page, where their sizes are not at hand.
const MANY: u64 = 500;
/// The last so many go down as composites, where sizes are at hand; those before them are read by the page too. In a composite a file costs
/// Chromium 75 µs, and 3 or 4 more for each thousand files that the script has made after it, however few composites are under way: 105,000
/// tiny ones took 263 µs each so, now 197.
const TOGETHER: u64 = 32_000;
