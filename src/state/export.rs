//! Taking things away: rows, reports and the evidence pack, put together as blobs so that nothing is ever held whole in memory.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::Blob;
use web_sys::BlobPropertyBag;
use web_sys::HtmlAnchorElement;
use web_sys::Url;

use crate::export::parts::RowsForm;
use crate::export::parts::RowsForms;
use crate::export::parts::RowsTextRequest;
use crate::protocol::Answer;
use crate::protocol::Parcel;
use crate::protocol::Place;
use crate::protocol::Progress;
use crate::protocol::Question;
use crate::protocol::ReportForm;
use crate::protocol::Wrapping;
use crate::query::inquiry::Inquiry;
use crate::state::client::Client;
use crate::state::client::Heard;
use crate::state::desk::Desk;
use crate::state::packer::Asked;
use crate::state::packer::Done;
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
    Because(&'static str),
    /// A file that can no longer be had.
    Gone(String),
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
    /// Saves the rows of the present filter, in their order.
    pub fn save_rows(&self, form: RowsForm, wrapping: Wrapping) {
        let (name, kind) = match (form, wrapping) {
            (RowsForm::Csv, Wrapping::Gzip) => ("trailseal-events.csv.gz", GZIP),
            (RowsForm::Csv, _) => ("trailseal-events.csv", "text/csv;charset=utf-8"),
            (RowsForm::JsonLines, Wrapping::Gzip) => ("trailseal-events.jsonl.gz", GZIP),
            (RowsForm::JsonLines, _) => ("trailseal-events.jsonl", "application/x-ndjson"),
        };
        self.export(Box::new(move |export| {
            Box::pin(async move {
                let packers = Packer::start(1).await.ok_or(NOT_STARTED)?;
                let made = export.write_rows(RowsForms::One(form), wrapping, &packers).await?;
                let blob = made.into_iter().next().and_then(|(_, blob)| blob).ok_or(NO_ROOM)?;
                save(name, kind, &blob).map_err(|_| REFUSED)
            })
        }));
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
                desk.notice.set(Some(REFUSED_REPORT.to_owned()));
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
        self.export(Box::new(move |export| {
            Box::pin(async move {
                let made = String::from(js_sys::Date::new_0().to_iso_string()).split('.').next().unwrap_or_default().to_owned() + "Z";
                let name = format!("trailseal-evidence-{}.zip", made.replace([':', '-'], ""));
                let blob = export.pack(made).await?;
                save(&name, "application/zip", &blob).map_err(|_| REFUSED)
            })
        }));
    }

    /// Ends what is being exported.
    pub fn cancel_export(&self) {
        self.exporting.set(None);
    }

    /// Whether files are on their way, or verdicts on them, or a search of them.
    fn is_reading(&self) -> bool {
        self.arriving.get_untracked() > 0 || self.seeking.with_untracked(Option::is_some) || self.progress.with_untracked(Progress::is_busy)
    }

    /// Boxed, so that what is around the work is there once and not for every kind of it.
    fn export(&self, work: Box<dyn FnOnce(Rc<Export>) -> Work>) {
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
            let outcome = work(export.clone()).await;
            desk.asking.update(|asking| *asking = asking.saturating_sub(1));
            // The ledger need not hold the rows in their order any longer.
            drop(export.slice(RowsForms::None, 0, 0));
            let is_over = export.goes_on();
            match outcome {
                Err(Stop::Because(why)) if is_over => desk.notice.set(Some(why.to_owned())),
                Err(Stop::Gone(why)) if is_over => desk.notice.set(Some(why)),
                _ => {}
            }
            if is_over {
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
    pub(super) fn tell(&self, step: &'static str, done: u64, total: u64) -> Result<(), Stop> {
        if !self.goes_on() {
            return Err(Stop::Cancelled);
        }
        self.desk.exporting.set(Some(Exporting { turn: self.turn, step, done, total }));
        Ok(())
    }

    /// Asks what is of the same files as all that came before.
    pub(super) async fn ask(&self, question: Question) -> Result<Heard, Stop> {
        self.of_now(self.client.ask_ahead(question).await)
    }

    fn of_now(&self, heard: Heard) -> Result<Heard, Stop> {
        if heard.0.generation() == Some(self.generation) { Ok(heard) } else { Err(CHANGED) }
    }

    /// Asks for some rows, at once.
    fn slice(&self, forms: RowsForms, start: u32, count: u32) -> impl Future<Output = Heard> + use<> {
        self.client.ask_ahead(Question::RowsText(RowsTextRequest { inquiry: self.inquiry.clone(), forms, start, count }))
    }

    /// The rows as texts, each to a packer of its own, slice after slice: in between the ledger answers others. Each slice is on its way while
    /// the one before it is packed.
    pub(super) async fn write_rows(&self, forms: RowsForms, wrapping: Wrapping, packers: &[Packer]) -> Result<Vec<Done>, Stop> {
        let count = if forms == RowsForms::Both { SLICE / 2 } else { SLICE };
        let (mut start, mut of) = (0, None);
        let mut next = self.slice(forms, start, count);
        loop {
            let (Answer::RowsText(slice), texts) = self.of_now(next.await)? else { return Err(CHANGED) };
            if !slice.is_ready {
                self.tell("Putting the events in order", 0, 0)?;
                next = self.slice(forms, start, count);
                continue;
            }
            // Another number: verdicts or searches have changed, though no file has come.
            if *of.get_or_insert(slice.matched) != slice.matched {
                return Err(CHANGED);
            }
            self.tell("Writing events", u64::from(start), slice.matched)?;
            start = start.saturating_add(slice.rows);
            let is_last = slice.rows == 0 || u64::from(start) >= slice.matched;
            next = self.slice(if is_last { RowsForms::None } else { forms }, start, count);
            let place = if is_last { Place::Last } else { Place::Before };
            let asked: Vec<Asked> =
                packers.iter().zip(texts).map(|(packer, text)| packer.ask(Parcel::Piece(wrapping, place), &[text])).collect();
            let mut made = Vec::new();
            for asked in asked {
                made.push(asked.await.map_err(|_| NO_ROOM)?);
            }
            if is_last {
                self.tell("Writing events", slice.matched, slice.matched)?;
                return Ok(made);
            }
        }
    }
}

type Work = Pin<Box<dyn Future<Output = Result<(), Stop>>>>;

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
const GZIP: &str = "application/gzip";
const STILL_READING: &str =
    "Files are still being read, checked or searched, and what is saved now would be of a part of them. Save it when that has ended.";
const REFUSED_REPORT: &str = "The browser refused to save the file. Allow downloads for this page and try again.";
const REFUSED: Stop = Stop::Because(REFUSED_REPORT);
pub(super) const CHANGED: Stop = Stop::Because("More files or hits have come in meanwhile: export again when all are there.");
pub(super) const NO_ROOM: Stop = Stop::Because(
    "The browser could not put so much by: most likely its disk is full. Nothing was saved. Make room, or narrow the filter, and try again.",
);
pub(super) const NOT_STARTED: Stop =
    Stop::Because("The browser did not start the part of this page that makes exports. Nothing was saved. Try again, or reload the page.");
const OF_ALL_FILES: &str =
    "VERIFIED ONLY was on: the table showed events of verified files alone. This report is of all files that were open.";
