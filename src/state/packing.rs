//! The making of an evidence pack: files read by the page, one message for many, and packed elsewhere; then the events, then what closes it.

use js_sys::Array;
use js_sys::Promise;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::export::parts::PackedFile;
use crate::export::parts::RowsForm;
use crate::export::parts::SealRequest;
use crate::export::paths;
use crate::integrity::sha256::Sha256;
use crate::protocol::Answer;
use crate::protocol::Parcel;
use crate::protocol::Place;
use crate::protocol::Question;
use crate::protocol::Wrapping;
use crate::state::export::CHANGED;
use crate::state::export::Export;
use crate::state::export::NO_ROOM;
use crate::state::export::Stop;
use crate::state::intake::SHEAF_BYTES;
use crate::state::pack_zip::Zip;
use crate::state::packer::Asked;
use crate::state::packer::Packer;

/// A pack that is being put together.
struct Packing<'e> {
    export: &'e Export,
    packers: Vec<Packer>,
    zip: Zip,
    /// What the files add up to, in the plan's order.
    files: Vec<(u64, Sha256)>,
}

impl Export {
    /// The whole pack.
    pub(super) async fn pack(&self, made: String) -> Result<Blob, Stop> {
        let packers = self.packers(2).await?;
        let mut packing = Packing { export: self, packers, zip: Zip::default(), files: Vec::new() };
        packing.add_files().await?;
        let rows = self.write_rows(&[RowsForm::Csv, RowsForm::JsonLines], Wrapping::Entry, &packing.packers).await?;
        for (path, (sums, data)) in [paths::CSV, paths::JSON_LINES].into_iter().zip(rows) {
            packing.zip.add_text(path, &sums, data)?;
        }
        packing.add_texts(Question::PackTexts(self.inquiry.clone())).await?;
        let (files, parts) = (std::mem::take(&mut packing.files), packing.zip.parts.clone());
        packing.add_texts(Question::Seal(SealRequest { inquiry: self.inquiry.clone(), made, files, parts })).await?;
        packing.zip.finish().map_err(|_| NO_ROOM)
    }
}

impl Packing<'_> {
    /// Logs and digests, as they lie: while some are packed the next are read.
    async fn add_files(&mut self) -> Result<(), Stop> {
        let mut sent = None;
        loop {
            let from = self.files.len() as u64 + sent.as_ref().map_or(0, |(files, _): &(Vec<PackedFile>, Asked)| files.len() as u64);
            let question = Question::PackFiles(self.export.inquiry.clone(), u32::try_from(from).unwrap_or(u32::MAX));
            let (Answer::PackFiles(_, total, files), _) = self.export.ask(question).await? else { return Err(CHANGED) };
            self.export.tell("Packing files", from, total)?;
            let is_large = files.iter().any(|file| file.size as f64 > SHEAF_BYTES);
            let bytes = if is_large { Vec::new() } else { self.read(&files).await? };
            if let Some((files, asked)) = sent.take() {
                let (sums, Some(blob)) = asked.await.map_err(|_| NO_ROOM)? else { return Err(NO_ROOM) };
                for (file, sum) in files.iter().zip(sums) {
                    self.zip.pass(&file.path, sum);
                    self.files.push((sum.size, sum.sha256));
                }
                self.zip.push(&blob);
            }
            if is_large {
                self.add_large(&files).await?;
            } else if files.is_empty() {
                return Ok(());
            } else {
                let asked = self.packers[0].ask(Parcel::Files(files.iter().map(|file| file.path.clone()).collect()), &bytes);
                sent = Some((files, asked));
            }
        }
    }

    /// The bytes of each of these files.
    async fn read(&self, files: &[PackedFile]) -> Result<Vec<JsValue>, Stop> {
        let ask = |file: &PackedFile| self.export.client.blob(file.id).map_or_else(|| Promise::reject(&JsValue::NULL), |blob| blob.array_buffer());
        let asked: Array = files.iter().map(ask).collect();
        let Ok(read) = JsFuture::from(Promise::all(&asked)).await else {
            // Which one was it?
            for file in files {
                if JsFuture::from(ask(file)).await.is_err() {
                    return Err(gone(&file.path));
                }
            }
            return Err(CHANGED);
        };
        let mut bytes = Vec::with_capacity(files.len());
        for (file, read) in files.iter().zip(Array::from(&read).iter()) {
            let read = Uint8Array::new(&read);
            // What its rows were read from had another size.
            if u64::from(read.length()) != file.size {
                return Err(gone(&file.path));
            }
            bytes.push(read.into());
        }
        Ok(bytes)
    }

    /// A file that goes in as it lies, and is only read to be hashed.
    async fn add_large(&mut self, files: &[PackedFile]) -> Result<(), Stop> {
        for file in files {
            let blob = self.export.client.blob(file.id).ok_or_else(|| gone(&file.path))?;
            let sums = self.packers[0].sums(std::slice::from_ref(&blob)).await;
            let sum = *sums.as_deref().and_then(<[_]>::first).ok_or_else(|| gone(&file.path))?;
            self.zip.add_file(&file.path, sum, &blob);
            self.files.push((sum.size, sum.sha256));
        }
        Ok(())
    }

    async fn add_texts(&mut self, question: Question) -> Result<(), Stop> {
        self.export.tell("Writing verdicts and manifest", 0, 0)?;
        let (Answer::Texts(texts), beside) = self.export.ask(question).await? else { return Err(CHANGED) };
        for (path, text) in texts.paths.iter().zip(beside) {
            let (sums, data) = self.packers[0].ask(Parcel::Piece(Wrapping::Entry, Place::Last), &[text]).await.map_err(|_| NO_ROOM)?;
            self.zip.add_text(path, &sums, data)?;
        }
        Ok(())
    }
}

#[cold]
fn gone(path: &str) -> Stop {
    Stop::Gone("A file of the pack has changed or can no longer be read: open it again, then make the pack. ".to_owned() + path)
}
