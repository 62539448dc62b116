//! Taking things away: rows, reports and the evidence pack, put together as blobs so that nothing is ever held whole in memory.

use std::sync::Arc;

use js_sys::Array;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::Blob;
use web_sys::BlobPropertyBag;
use web_sys::HtmlAnchorElement;
use web_sys::Url;

use crate::archive::Method;
use crate::browser::zipped::Deflating;
use crate::browser::zipped::deflate;
use crate::export::parts::PackPlan;
use crate::export::parts::RowsForm;
use crate::export::parts::RowsTextRequest;
use crate::export::parts::SealRequest;
use crate::export::parts::Sum;
use crate::export::parts::Sums;
use crate::export::paths;
use crate::protocol::Answer;
use crate::protocol::Progress;
use crate::protocol::Question;
use crate::protocol::ReportForm;
use crate::query::inquiry::Inquiry;
use crate::state::client::Client;
use crate::state::desk::Desk;
use crate::state::pack_zip::Zip;
use crate::state::zip_intake::sheaves;

/// How far an export has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Exporting {
    /// Which one it is: a cancelled one finds another number here, or none.
    pub(super) turn: f64,
    /// What is being done.
    pub step: &'static str,
    /// How much of it.
    pub done: u64,
    /// Of how much.
    pub total: u64,
}

/// Why an export ends early.
enum Stop {
    Cancelled,
    Because(String),
}

impl From<&str> for Stop {
    fn from(why: &str) -> Self {
        Self::Because(why.to_owned())
    }
}

/// One export on its way: for one inquiry, of one state of the ledger.
struct Export {
    desk: Desk,
    client: Client,
    inquiry: Inquiry,
    turn: f64,
    generation: u64,
}

impl Desk {
    /// Saves the rows of the present filter, in their order.
    pub fn save_rows(&self, form: RowsForm) {
        let (name, kind) = match form {
            RowsForm::Csv => ("trailseal-events.csv", "text/csv;charset=utf-8"),
            RowsForm::JsonLines => ("trailseal-events.jsonl", "application/x-ndjson"),
        };
        self.export(async move |export| {
            let blob = export.rows(form).await?;
            save(name, kind, &blob).map_err(|_| REFUSED.into())
        });
    }

    /// Saves the verdict report as a file.
    pub fn save_report(&self, form: ReportForm) {
        let desk = *self;
        // A report given away holds no verdict that the next file may change.
        if desk.is_reading() {
            return desk.notice.set(Some(STILL_READING.to_owned()));
        }
        let (name, kind) = match form {
            ReportForm::Json => ("trailseal-verdicts.json", "application/json"),
            ReportForm::Text => ("trailseal-verdicts.txt", "text/plain"),
        };
        let is_narrowed = form == ReportForm::Text && desk.is_verified_only();
        spawn_local(async move {
            let Some(Answer::Report(text)) = desk.ask(Question::Report(form)).await else { return };
            let text = if is_narrowed { format!("{OF_ALL_FILES}\n\n{text}") } else { text };
            if blob_of(text.as_bytes()).and_then(|blob| save(name, kind, &blob)).is_err() {
                desk.notice.set(Some(REFUSED.to_owned()));
            }
        });
    }

    /// Asks what an evidence pack would hold.
    pub fn plan_pack(&self) {
        let desk = *self;
        desk.pack_plan.set(None);
        spawn_local(async move {
            let inquiry = desk.inquiry.get_untracked();
            if let Some(Answer::Pack(plan)) = desk.ask(Question::Pack(inquiry)).await {
                desk.pack_plan.set(Some(Arc::new(*plan)));
            }
        });
    }

    /// Makes the evidence pack and saves it.
    pub fn save_pack(&self) {
        self.export(async move |export| {
            let made = String::from(js_sys::Date::new_0().to_iso_string()).split('.').next().unwrap_or_default().to_owned() + "Z";
            let name = format!("trailseal-evidence-{}.zip", made.replace([':', '-'], ""));
            let blob = export.pack(&made).await?;
            save(&name, "application/zip", &blob).map_err(|_| REFUSED.into())
        });
    }

    /// Ends what is being exported.
    pub fn cancel_export(&self) {
        self.exporting.set(None);
    }

    /// Whether files are on their way, or verdicts on them, or a search of them.
    fn is_reading(&self) -> bool {
        self.arriving.get_untracked() > 0 || self.seeking.with_untracked(Option::is_some) || self.progress.with_untracked(Progress::is_busy)
    }

    fn export(&self, work: impl AsyncFnOnce(&mut Export) -> Result<(), Stop> + 'static) {
        let desk = *self;
        let Some(client) = desk.client.get_untracked() else { return };
        if desk.is_reading() {
            return desk.notice.set(Some(STILL_READING.to_owned()));
        }
        let turn = js_sys::Math::random();
        desk.exporting.set(Some(Exporting { turn, step: "Beginning", done: 0, total: 0 }));
        let generation = desk.progress.with_untracked(|progress| progress.generation);
        let mut export = Export { desk, client, inquiry: desk.inquiry.get_untracked(), turn, generation };
        spawn_local(async move {
            desk.asking.update(|asking| *asking += 1);
            let outcome = work(&mut export).await;
            desk.asking.update(|asking| *asking = asking.saturating_sub(1));
            if let Err(Stop::Because(why)) = outcome {
                desk.notice.set(Some(why));
            }
            if export.goes_on() {
                desk.exporting.set(None);
            }
        });
    }
}

impl Export {
    fn goes_on(&self) -> bool {
        self.desk.exporting.with_untracked(|now| now.as_ref().is_some_and(|now| now.turn == self.turn))
    }

    /// Shows how far it has come; the place where a cancelled export ends.
    fn tell(&self, step: &'static str, done: u64, total: u64) -> Result<(), Stop> {
        if !self.goes_on() {
            return Err(Stop::Cancelled);
        }
        self.desk.exporting.set(Some(Exporting { turn: self.turn, step, done, total }));
        Ok(())
    }

    fn is_of_now(&self, generation: u64) -> Result<(), Stop> {
        if generation == self.generation { Ok(()) } else { Err(CHANGED.into()) }
    }

    /// The rows as text, slice after slice: in between the ledger answers others. What they add up to, where that is wanted.
    async fn slices(&self, form: RowsForm, sums: Sums, into: &mut Sink) -> Result<Option<Sum>, Stop> {
        let step = match form {
            RowsForm::Csv => "Writing events as CSV",
            RowsForm::JsonLines => "Writing events as JSON lines",
        };
        let mut start = 0;
        loop {
            let request = RowsTextRequest { inquiry: self.inquiry.clone(), form, start, count: SLICE, sums };
            let Answer::RowsText(slice) = self.client.ask(Question::RowsText(request)).await else { return Err(CHANGED.into()) };
            self.is_of_now(slice.generation)?;
            into.take(slice.text.as_bytes()).await.map_err(|_| NO_ROOM)?;
            start = start.saturating_add(slice.rows);
            self.tell(step, u64::from(start), slice.matched)?;
            if slice.rows == 0 || u64::from(start) >= slice.matched {
                return Ok(slice.sum);
            }
        }
    }

    async fn rows(&self, form: RowsForm) -> Result<Blob, Stop> {
        let parts = Array::new();
        self.slices(form, Sums::None, &mut Sink::Blobs(parts.clone())).await?;
        Blob::new_with_blob_sequence(&parts).map_err(|_| NO_ROOM.into())
    }

    /// Rows as a part of a pack: deflated as they come, since as text they take ten times the room.
    async fn add_rows(&self, path: &str, form: RowsForm, zip: &mut Zip) -> Result<(), Stop> {
        let mut sink = Sink::Deflated(Deflating::begin().map_err(|_| NO_ROOM)?);
        let sum = self.slices(form, Sums::Whole, &mut sink).await?.ok_or(CHANGED)?;
        let Sink::Deflated(deflating) = sink else { return Err(CHANGED.into()) };
        let packed = deflating.finish().await.map_err(|_| NO_ROOM)?;
        zip.add(path, Method::Deflated, sum, &packed, packed.size() as u64);
        Ok(())
    }

    async fn pack(&self, made: &str) -> Result<Blob, Stop> {
        let Answer::Pack(plan) = self.client.ask(Question::Pack(self.inquiry.clone())).await else { return Err(CHANGED.into()) };
        self.is_of_now(plan.generation)?;
        let mut zip = Zip::default();
        self.add_files(&plan, &mut zip).await?;
        self.add_rows(paths::CSV, RowsForm::Csv, &mut zip).await?;
        self.add_rows(paths::JSON_LINES, RowsForm::JsonLines, &mut zip).await?;
        let texts = self.texts(Question::PackTexts(self.inquiry.clone())).await?;
        self.add_texts(texts, &mut zip).await?;
        self.tell("Sealing", 1, 1)?;
        let request = SealRequest { inquiry: self.inquiry.clone(), made: made.to_owned(), parts: zip.parts.clone() };
        let closing = self.texts(Question::Seal(request)).await?;
        self.add_texts(closing, &mut zip).await?;
        zip.finish().map_err(|_| NO_ROOM.into())
    }

    /// Logs and digests, as they lie: their bytes are hashed by the readers and never copied.
    async fn add_files(&self, plan: &PackPlan, zip: &mut Zip) -> Result<(), Stop> {
        let gone =
            |path: &str| Stop::Because(format!("A file of the pack can no longer be read: open it again, then make the pack. {path}"));
        let mut files = Vec::with_capacity(plan.files.len());
        for file in &plan.files {
            files.push((file, self.client.blob(file.id).ok_or_else(|| gone(&file.path))?));
        }
        let mut done = 0;
        // By the sizes that are known: to ask a file for its own has it looked up, which for all of them holds the page for a second.
        for sheaf in sheaves(&files, |(file, _)| file.size as f64) {
            self.tell("Hashing files", done, files.len() as u64)?;
            let blobs: Vec<Blob> = sheaf.iter().map(|(_, blob)| blob.clone()).collect();
            let first = sheaf.first().map_or("", |(file, _)| &file.path);
            let sums = self.client.sums(&blobs).await.ok_or_else(|| gone(first))?;
            sheaf.iter().zip(sums).for_each(|((file, blob), sum)| zip.add(&file.path, Method::Stored, sum, blob, sum.size));
            zip.tie().map_err(|_| NO_ROOM)?;
            done += sheaf.len() as u64;
        }
        Ok(())
    }

    async fn texts(&self, question: Question) -> Result<Vec<(String, Blob)>, Stop> {
        let Answer::Texts(generation, texts) = self.client.ask(question).await else { return Err(CHANGED.into()) };
        self.is_of_now(generation)?;
        let blob = |(path, text): (String, String)| Some((path, blob_of(text.as_bytes()).ok()?));
        texts.into_iter().map(blob).collect::<Option<_>>().ok_or_else(|| NO_ROOM.into())
    }

    async fn add_texts(&self, texts: Vec<(String, Blob)>, zip: &mut Zip) -> Result<(), Stop> {
        for (path, blob) in texts {
            self.tell("Packing", 1, 1)?;
            let sums = self.client.sums(std::slice::from_ref(&blob)).await.unwrap_or_default();
            let sum = sums.first().copied().ok_or(NO_ROOM)?;
            let packed = deflate(&blob).await.map_err(|_| NO_ROOM)?;
            zip.add(&path, Method::Deflated, sum, &packed, packed.size() as u64);
        }
        Ok(())
    }
}

/// Where slices of text go.
enum Sink {
    /// Into blobs, which the browser may page to disk.
    Blobs(Array),
    Deflated(Deflating),
}

impl Sink {
    async fn take(&mut self, text: &[u8]) -> Result<(), JsValue> {
        match self {
            Self::Blobs(parts) => {
                parts.push(&blob_of(text)?.into());
                Ok(())
            }
            Self::Deflated(deflating) => deflating.push(text).await,
        }
    }
}

/// By its bytes: as a string it would be decoded and encoded once more.
fn blob_of(text: &[u8]) -> Result<Blob, JsValue> {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(text)))
}

fn save(name: &str, kind: &str, blob: &Blob) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_blob_sequence_and_options(&Array::of1(blob), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download has begun with the click; the bytes stay until the browser has them.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(600));
    Ok(())
}

/// Rows asked for at once: some ten milliseconds of the ledger's time.
const SLICE: u32 = 4096;

const STILL_READING: &str =
    "Files are still being read, checked or searched, and what is saved now would be of a part of them. Save it when that has ended.";
const REFUSED: &str = "The browser refused to save the file. Allow downloads for this page and try again.";
const CHANGED: &str = "More files or hits have come in meanwhile: export again when all are there.";
const NO_ROOM: &str = "The browser has no room for so large a file. Narrow the filter and try again.";
const OF_ALL_FILES: &str =
    "VERIFIED ONLY was on: the table showed events of verified files alone. This report is of all files that were open.";
