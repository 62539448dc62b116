//! What a file shows while its pieces pass: its rows go out at once, what is said of it as a whole stays.

use crate::integrity::content::Content;
use crate::integrity::evidence::FileKind;
use crate::integrity::keys::PublicKey;
use crate::integrity::lake::LakeSign;
use crate::integrity::signature::GivenSignature;
use crate::reader::lake::LakeFound;
use crate::reader::lake::Piece;
use crate::reader::lake::event_of;
use crate::reader::named::by_name;
use crate::reader::named::is_lakes;
use crate::reader::problems::content_flaw;
use crate::table::batch::BatchBuilder;
use crate::trail::bytes::same;
use crate::trail::digest::DigestFile;
use crate::trail::event::EventRecord;
use crate::trail::ids::FileId;
use crate::trail::records::Found;
use crate::trail::records::Piece as RecordPiece;
use crate::trail::records::PieceKind;
use crate::trail::records::Records;
use crate::trail::time::Timestamp;

/// What the pieces of a file have shown so far.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) events: u64,
    pub(super) unreadable: u64,
    pub(super) first_flaw: Option<String>,
    pub(super) oldest: Option<Timestamp>,
    pub(super) newest: Option<Timestamp>,
    pub(super) accounts: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) digest: Option<Result<Box<DigestFile>, String>>,
    pub(super) lake_sign: Option<Result<Box<LakeSign>, String>>,
    /// What CSV has shown; `None` where the file is none.
    pub(super) lake: Option<LakeFound>,
    pub(super) keys: Vec<PublicKey>,
    pub(super) signatures: Vec<GivenSignature>,
    pub(super) strangers: u64,
}

impl Seen {
    /// A piece of content: JSON, which is cut into records, or a line of a query result.
    pub(super) fn piece(&mut self, file: FileId, source: &str, piece: Piece<'_>, (records, rows): (&mut Records, &mut BatchBuilder)) {
        match piece {
            Piece::Json(json) => records.push(json, &mut |piece| self.take(file, source, piece, rows)),
            Piece::Line(offset, json, beside) => self.line(file, offset, (json, beside), rows),
        }
    }

    fn take(&mut self, file: FileId, source: &str, piece: RecordPiece<'_>, rows: &mut BatchBuilder) {
        match piece.record.map_or_else(|| EventRecord::parse(piece.json), Ok) {
            Ok(record) if piece.kind == PieceKind::Record || record.is_event() => self.event(file, piece.offset, &record, rows),
            Ok(_) => self.other(source, piece.json),
            Err(flaw) if piece.kind == PieceKind::Record => {
                self.events += 1;
                self.unreadable += 1;
                self.first_flaw.get_or_insert(flaw);
            }
            Err(flaw) => {
                self.strangers += 1;
                self.first_flaw.get_or_insert(flaw);
            }
        }
    }

    fn event(&mut self, file: FileId, offset: u64, record: &EventRecord<'_>, rows: &mut BatchBuilder) {
        self.events += 1;
        if let Some(time) = record.event_time {
            self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
            self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        }
        note(&mut self.accounts, record.recipient_account_id.as_deref());
        note(&mut self.regions, record.aws_region.as_deref());
        rows.push(file, offset, record);
    }

    /// A line of a query result, as JSON.
    fn line(&mut self, file: FileId, offset: u64, (json, beside): (&str, Option<&str>), rows: &mut BatchBuilder) {
        if let Err(flaw) = event_of(json, beside, &mut |record| self.event(file, offset, record, rows)) {
            self.events += 1;
            self.unreadable += 1;
            self.first_flaw.get_or_insert(flaw);
        }
    }

    /// An object that is no event: a digest, keys, signatures, or nothing of CloudTrail's.
    fn other(&mut self, source: &str, json: &[u8]) {
        let object = serde_json::from_slice(json).unwrap_or_default();
        if DigestFile::is_claimed_by(&object) {
            self.digest = Some(DigestFile::parse(json).map(Box::new));
        } else if LakeSign::is_claimed_by(&object) {
            self.lake_sign = Some(LakeSign::parse(json).map(Box::new));
        } else if let Some(keys) = PublicKey::parse_list(json) {
            self.keys.extend(keys.into_iter().map(|key| PublicKey { source: source.to_owned(), ..key }));
        } else if let Some(signatures) = GivenSignature::parse_any(json) {
            self.signatures.extend(signatures.into_iter().map(|given| GivenSignature { source: source.to_owned(), ..given }));
        } else {
            self.strangers += 1;
        }
    }

    /// What the file is: by its content; where that cannot be read, by its name.
    pub(super) fn kind(&self, source: &str, content: &Content, found: Found) -> FileKind {
        if let Some(digest) = &self.digest {
            return FileKind::Digest(digest.clone());
        }
        let lake_result = || self.lake.as_ref().is_some_and(|lake| lake.is_lakes).then_some(FileKind::LakeResult);
        if let Some(kind) = self.lake_sign.clone().map(FileKind::LakeSign).or_else(lake_result) {
            // At a log's or a digest's place it is judged as what should lie there.
            return by_name(source, "it is a file of a Lake query").filter(|named| !is_lakes(named)).unwrap_or(kind);
        }
        if found.records_array && (self.events > self.unreadable || found.documents == 0) {
            return FileKind::Log;
        }
        match (self.events, self.keys.is_empty(), self.signatures.is_empty()) {
            (1.., ..) => FileKind::EventSource,
            (_, false, _) => FileKind::KeyList,
            (_, _, false) => FileKind::Signatures,
            _ => {
                let why = self.why_nothing(content, found);
                by_name(source, &why).unwrap_or(FileKind::Other { why })
            }
        }
    }

    pub(super) fn why_nothing(&self, content: &Content, found: Found) -> String {
        match &content.flaw {
            Some(flaw) => content_flaw(flaw).0,
            None if self.lake.is_some() => "it is CSV, but no query result of CloudTrail Lake".to_owned(),
            None if found.garbage_at == Some(0) => "it is neither JSON nor gzip of JSON".to_owned(),
            None if found.garbage_at.is_some() || self.first_flaw.is_some() => "its JSON is broken".to_owned(),
            None if found.cut_off => "its JSON ends too early".to_owned(),
            None if found.bare_array || found.documents > 0 => "it is JSON, but no log, digest, key list or signature list".to_owned(),
            None => "there is nothing in it".to_owned(),
        }
    }
}

/// A few distinct values are enough to see that a file holds another account's or Region's events.
fn note(values: &mut Vec<String>, value: Option<&str>) {
    if let Some(value) = value
        && values.len() < 8
        && !values.iter().any(|known| same(known.as_bytes(), value.as_bytes()))
    {
        values.push(value.to_owned());
    }
}
