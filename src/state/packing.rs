//! The making of an evidence pack: files read by the page, one message for many, and packed elsewhere; then the events, then what closes it.

use js_sys::Promise;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::export::parts::PackedFile;
use crate::export::parts::RowsForms;
use crate::export::parts::SealRequest;
use crate::export::parts::Sum;
use crate::export::paths;
use crate::protocol::Answer;
use crate::protocol::Parcel;
use crate::protocol::Place;
use crate::protocol::Question;
use crate::protocol::Wrapping;
use crate::state::export::CHANGED;
use crate::state::export::Export;
use crate::state::export::NO_ROOM;
use crate::state::export::NOT_STARTED;
use crate::state::export::Stop;
use crate::state::pack_zip::Zip;
use crate::state::packer::Asked;
use crate::state::packer::Packer;
use crate::state::sheaf::SHEAF_BYTES;

/// A pack that is being put together.
struct Packing<'e> {
    export: &'e Export,
    packers: Vec<Packer>,
    zip: Zip,
    /// What the files add up to, in the plan's order.
    files: Vec<Sum>,
}

impl Export {
    /// The whole pack.
    pub(super) async fn pack(&self, made: String) -> Result<Blob, Stop> {
        let packers = Packer::start(2).await.ok_or(NOT_STARTED)?;
        let mut packing = Packing { export: self, packers, zip: Zip::default(), files: Vec::new() };
        packing.add_files().await?;
        let rows = self.write_rows(RowsForms::Both, Wrapping::Entry, &packing.packers).await?;
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
        let mut sent: Option<(Vec<PackedFile>, Asked)> = None;
        let mut from = 0;
        loop {
            let question = Question::PackFiles(self.export.inquiry.clone(), from);
            let (Answer::PackFiles(_, total, files), _) = self.export.ask(question).await? else { return Err(CHANGED) };
            self.export.tell("Packing files", u64::from(from), total)?;
            from += u32::try_from(files.len()).unwrap_or(u32::MAX);
            // A large one is alone. It goes in as it lies, and is only read to be hashed.
            let large = files.first().filter(|file| file.size as f64 > SHEAF_BYTES);
            let large = large.and_then(|file| self.export.client.blob(file.id));
            let bytes = if large.is_some() { Vec::new() } else { self.read(&files).await? };
            if let Some((files, asked)) = sent.take() {
                self.note(&files, asked.await.map_err(|_| NO_ROOM)?.0)?;
                // What is written so far ends here.
                if large.is_some() || bytes.is_empty() {
                    let asked = self.packers[0].ask(Parcel::Piece(Wrapping::Plain, Place::Last), &[]);
                    let (_, Some(blob)) = asked.await.map_err(|_| NO_ROOM)? else { return Err(NO_ROOM) };
                    self.zip.push(&blob);
                }
            }
            if let (Some(blob), Some(file)) = (large, files.first()) {
                let asked = self.packers[0].ask(Parcel::AddUp, &[blob.clone().into()]);
                let (sums, _) = asked.await.map_err(|_| gone(&file.path))?;
                self.zip.push_header(&file.path, &sums);
                self.note(&files, sums)?;
                self.zip.push(&blob);
            } else if files.is_empty() {
                return Ok(());
            } else {
                let asked = self.packers[0].ask(Parcel::Files(files.iter().map(|file| file.path.clone()).collect()), &bytes);
                sent = Some((files, asked));
            }
        }
    }

    /// The bytes of each of these files: all are asked for at once.
    async fn read(&self, files: &[PackedFile]) -> Result<Vec<JsValue>, Stop> {
        let ask = |file: &PackedFile| self.export.client.blob(file.id).map(|blob| blob.array_buffer());
        let asked: Vec<Option<Promise>> = files.iter().map(ask).collect();
        let mut bytes = Vec::with_capacity(files.len());
        for (file, asked) in files.iter().zip(asked) {
            let buffer = JsFuture::from(asked.ok_or_else(|| gone(&file.path))?).await.map_err(|_| gone(&file.path))?;
            bytes.push(Uint8Array::new(&buffer).into());
        }
        Ok(bytes)
    }

    /// Notes what these files add up to.
    fn note(&mut self, files: &[PackedFile], sums: Vec<Sum>) -> Result<(), Stop> {
        for (file, sum) in files.iter().zip(&sums) {
            // What its rows were read from had another size.
            if sum.size != file.size {
                return Err(gone(&file.path));
            }
            self.zip.pass(&file.path, *sum);
        }
        self.files.extend(sums);
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
