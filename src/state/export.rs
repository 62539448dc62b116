//! Taking things away: rows, reports and the evidence pack, put together as blobs so that nothing is ever held whole in memory.

use std::future::Future;
use std::rc::Rc;
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

use crate::export::parts::RowsForm;
use crate::export::parts::RowsText;
use crate::export::parts::RowsTextRequest;
use crate::export::parts::Sum;
use crate::protocol::Answer;
use crate::protocol::Parcel;
use crate::protocol::Progress;
use crate::protocol::Question;
use crate::protocol::ReportForm;
use crate::protocol::Wrapping;
use crate::query::inquiry::Inquiry;
use crate::state::client::Client;
use crate::state::desk::Desk;
use crate::state::packer::Packer;

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
pub(super) enum Stop {
    Cancelled,
    Because(String),
}

impl From<&str> for Stop {
    fn from(why: &str) -> Self {
        Self::Because(why.to_owned())
    }
}

/// One export on its way: for one inquiry, of one state of the ledger.
pub(super) struct Export {
    desk: Desk,
    pub(super) client: Client,
    pub(super) inquiry: Inquiry,
    turn: f64,
    generation: u64,
}

impl Desk {
    /// Saves the rows of the present filter, in their order. Of so many that the browser may have no room for them it asks first.
    pub fn save_rows(&self, form: RowsForm) {
        self.large.set(None);
        self.export(async move |export| {
            let (rows, bytes) = export.weigh(&[form]).await?;
            if bytes > LARGE {
                export.desk.large.set(Some(LargeRows { form, rows, bytes }));
                return Ok(());
            }
            export.save_rows(form, Wrapping::Plain).await
        });
    }

    /// The same after it was asked.
    pub fn save_large_rows(&self, form: RowsForm, wrapping: Wrapping) {
        self.large.set(None);
        self.export(async move |export| export.save_rows(form, wrapping).await);
    }

    /// Saves the verdict report as a file.
    pub fn save_report(&self, form: ReportForm) {
        let desk = *self;
        // A report given away holds no verdict that the next file may change.
        let Some(client) = desk.client.get_untracked() else { return };
        if desk.is_reading() {
            return desk.notice.set(Some(STILL_READING.to_owned()));
        }
        let (name, kind) = match form {
            ReportForm::Json => ("trailseal-verdicts.json", "application/json"),
            ReportForm::Text => ("trailseal-verdicts.txt", "text/plain"),
        };
        let is_narrowed = form == ReportForm::Text && desk.is_verified_only();
        spawn_local(async move {
            desk.asking.update(|asking| *asking += 1);
            let (_, beside) = client.ask_ahead(Question::Report(form)).await;
            desk.asking.update(|asking| *asking = asking.saturating_sub(1));
            let parts: Array = is_narrowed.then(|| JsValue::from(format!("{OF_ALL_FILES}\n\n"))).into_iter().chain(beside).collect();
            if Blob::new_with_blob_sequence(&parts).and_then(|blob| save(name, kind, &blob)).is_err() {
                desk.notice.set(Some(REFUSED.to_owned()));
            }
        });
    }

    /// Asks what an evidence pack would hold, and how large it would be.
    pub fn plan_pack(&self) {
        let desk = *self;
        desk.pack_plan.set(None);
        desk.pack_rows.set(None);
        let plan = async move {
            let inquiry = desk.inquiry.get_untracked();
            if let Some(Answer::Pack(plan)) = desk.ask(Question::Pack(inquiry)).await {
                desk.pack_plan.set(Some(Arc::new(*plan)));
            }
        };
        if desk.is_reading() || desk.exporting.with_untracked(Option::is_some) {
            return spawn_local(plan);
        }
        self.export(async move |export| {
            export.tell("Counting what goes in", 0, 0)?;
            plan.await;
            let (_, bytes) = export.weigh(&[RowsForm::Csv, RowsForm::JsonLines]).await?;
            desk.pack_rows.set(Some(bytes));
            Ok(())
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

    fn export(&self, work: impl AsyncFnOnce(&Rc<Export>) -> Result<(), Stop> + 'static) {
        let desk = *self;
        let Some(client) = desk.client.get_untracked() else { return };
        if desk.is_reading() {
            return desk.notice.set(Some(STILL_READING.to_owned()));
        }
        let turn = js_sys::Math::random();
        desk.exporting.set(Some(Exporting { turn, step: "Beginning", done: 0, total: 0 }));
        let generation = desk.progress.with_untracked(|progress| progress.generation);
        let export = Rc::new(Export { desk, client, inquiry: desk.inquiry.get_untracked(), turn, generation });
        spawn_local(async move {
            desk.asking.update(|asking| *asking += 1);
            let outcome = work(&export).await;
            desk.asking.update(|asking| *asking = asking.saturating_sub(1));
            // The ledger need not keep the rows in their order any longer.
            drop(export.slice(&[], 0, 0));
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
    pub(super) fn goes_on(&self) -> bool {
        self.desk.exporting.with_untracked(|now| now.as_ref().is_some_and(|now| now.turn == self.turn))
    }

    /// Shows how far it has come; the place where a cancelled export ends.
    pub(super) fn tell(&self, step: &'static str, done: u64, total: u64) -> Result<(), Stop> {
        if !self.goes_on() {
            return Err(Stop::Cancelled);
        }
        self.desk.exporting.set(Some(Exporting { turn: self.turn, step, done, total }));
        Ok(())
    }

    pub(super) fn is_of_now(&self, generation: u64) -> Result<(), Stop> {
        if generation == self.generation { Ok(()) } else { Err(CHANGED.into()) }
    }

    /// Asks for some rows, at once.
    fn slice(&self, forms: &[RowsForm], start: u32, count: u32) -> impl Future<Output = (Answer, Vec<JsValue>)> + use<> {
        self.client.ask_ahead(Question::RowsText(RowsTextRequest { inquiry: self.inquiry.clone(), forms: forms.to_vec(), start, count }))
    }

    /// The same once the rows are in their order.
    async fn first_slice(&self, forms: &[RowsForm], count: u32) -> Result<(RowsText, Vec<JsValue>), Stop> {
        loop {
            let (Answer::RowsText(slice), texts) = self.slice(forms, 0, count).await else { return Err(CHANGED.into()) };
            self.is_of_now(slice.generation)?;
            self.tell("Putting the events in order", 0, 0)?;
            if slice.is_ready {
                return Ok((slice, texts));
            }
        }
    }

    /// How many rows there are, and about how many bytes they make: a few are taken from all over.
    pub(super) async fn weigh(&self, forms: &[RowsForm]) -> Result<(u64, u64), Stop> {
        let (first, texts) = self.first_slice(forms, SAMPLE).await?;
        let (mut rows, mut bytes) = (u64::from(first.rows), bytes_of(&texts));
        for part in 1..SAMPLES {
            let start = first.matched * part / SAMPLES;
            if start < u64::from(SAMPLE) {
                continue;
            }
            let start = u32::try_from(start).unwrap_or(u32::MAX);
            let (Answer::RowsText(slice), texts) = self.slice(forms, start, SAMPLE).await else { return Err(CHANGED.into()) };
            rows += u64::from(slice.rows);
            bytes += bytes_of(&texts);
        }
        self.tell("Putting the events in order", 0, 0)?;
        Ok((first.matched, bytes * first.matched / rows.max(1)))
    }

    /// The rows as texts, each to a packer of its own, slice after slice: in between the ledger answers others. Each slice is on its way while
    /// the one before it is packed.
    pub(super) async fn write_rows(&self, forms: &[RowsForm], wrapping: Wrapping, packers: &[Packer]) -> Result<Vec<(Sum, Blob)>, Stop> {
        for packer in packers.iter().take(forms.len()) {
            packer.ask(&Parcel::Begin(wrapping), &[]).await.ok_or(NO_ROOM)?;
        }
        let count = SLICE / u32::try_from(forms.len()).unwrap_or(1);
        let (mut slice, mut texts) = self.first_slice(forms, count).await?;
        let (matched, mut start) = (slice.matched, slice.rows);
        loop {
            let is_last = slice.rows == 0 || u64::from(start) >= matched;
            let next = (!is_last).then(|| self.slice(forms, start, count));
            let taken: Vec<_> = packers.iter().zip(texts).map(|(packer, text)| packer.ask(&Parcel::Piece, &[text])).collect();
            for taken in taken {
                taken.await.ok_or(NO_ROOM)?;
            }
            self.tell("Writing events", u64::from(start), matched)?;
            let Some(next) = next else { break };
            let (Answer::RowsText(more), beside) = next.await else { return Err(CHANGED.into()) };
            self.is_of_now(more.generation)?;
            // Verdicts or searches have changed, though no file has come.
            if more.matched != matched {
                return Err(CHANGED.into());
            }
            start = start.saturating_add(more.rows);
            (slice, texts) = (more, beside);
        }
        let mut made = Vec::new();
        for packer in packers.iter().take(forms.len()) {
            made.push(packer.end().await.ok_or(NO_ROOM)?);
        }
        self.tell("Writing events", matched, matched)?;
        Ok(made)
    }

    async fn save_rows(&self, form: RowsForm, wrapping: Wrapping) -> Result<(), Stop> {
        let (name, kind) = match form {
            RowsForm::Csv => ("trailseal-events.csv", "text/csv;charset=utf-8"),
            RowsForm::JsonLines => ("trailseal-events.jsonl", "application/x-ndjson"),
        };
        let packers = [Packer::start().await.ok_or(NOT_STARTED)?];
        let made = self.write_rows(&[form], wrapping, &packers).await?;
        let (_, blob) = made.first().ok_or(NO_ROOM)?;
        let saved = match wrapping {
            Wrapping::Gzip => save(&format!("{name}.gz"), "application/gzip", blob),
            _ => save(name, kind, blob),
        };
        saved.map_err(|_| REFUSED.into())
    }
}

/// Events that were asked for as text, and are very many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargeRows {
    /// As what.
    pub form: RowsForm,
    /// How many.
    pub rows: u64,
    /// About how many bytes that makes.
    pub bytes: u64,
}

fn bytes_of(texts: &[JsValue]) -> u64 {
    texts.iter().filter_map(|text| text.dyn_ref::<Uint8Array>()).map(|text| u64::from(text.length())).sum()
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
    // The download has begun with the click and holds the bytes itself; the page lets go of them, for there may be gigabytes.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
    Ok(())
}

/// Rows asked for at once: some ten milliseconds of the ledger's time.
const SLICE: u32 = 4096;
/// So many rows are looked at, at so many places, to tell how large the text of all will be.
const SAMPLE: u32 = 64;
const SAMPLES: u64 = 16;
/// Bytes of text above which it is asked first: the browser puts them all by before it saves them.
const LARGE: u64 = 1_000_000_000;

const STILL_READING: &str =
    "Files are still being read, checked or searched, and what is saved now would be of a part of them. Save it when that has ended.";
const REFUSED: &str = "The browser refused to save the file. Allow downloads for this page and try again.";
pub(super) const CHANGED: &str = "More files or hits have come in meanwhile: export again when all are there.";
pub(super) const NO_ROOM: &str =
    "The browser could not put so much by: most likely its disk is full. Nothing was saved. Make room, or narrow the filter, and try again.";
pub(super) const NOT_STARTED: &str = "The browser did not start the part of this page that makes exports. Nothing was saved. Try again.";
const OF_ALL_FILES: &str =
    "VERIFIED ONLY was on: the table showed events of verified files alone. This report is of all files that were open.";
