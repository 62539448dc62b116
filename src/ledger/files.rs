//! The files and their verdicts, as rows of a list; and what lies in a stretch of time.

use std::collections::HashMap;

use crate::integrity::judgement::Judgement;
use crate::integrity::lake_report::LakeRow;
use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::ledger::file_order::ReportRow;
use crate::protocol::Answer;
use crate::protocol::FileRow;
use crate::protocol::FilesPage;
use crate::protocol::FilesRequest;
use crate::protocol::Job;
use crate::protocol::Listing;
use crate::trail::ids::ChainKind;
use crate::trail::ids::FileId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

impl Ledger {
    /// Notes that a walk has begun or ended: what it may still bring is not missing. Returns the jobs that follow.
    pub fn listing(&mut self, listing: Listing) -> Vec<Job> {
        let under_way = self.progress.listings;
        self.given_up.is_listing_cut |= listing == Listing::Cut;
        self.progress.listings = match listing {
            Listing::Begun => under_way.saturating_add(1),
            Listing::Cut => under_way,
            Listing::Ended => under_way.saturating_sub(1),
        };
        self.changed();
        self.due_checks()
    }

    pub(super) fn file_rows(&mut self, request: &FilesRequest) -> Answer {
        while !self.order_files(usize::MAX) {}
        let mut rows = self.report_rows(request.verdict);
        let mut reasons: Vec<(Reason, u64)> = Vec::new();
        for reason in rows.iter().filter_map(|row| row.reason()) {
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, many)) => *many += 1,
                None => reasons.push((reason, 1)),
            }
        }
        // A reason that no file of this verdict has asks for nothing.
        if let Some((wanted, _)) = reasons.iter().find(|(known, _)| request.reason.as_deref() == Some(known.slug())) {
            rows.retain(|row| row.reason() == Some(*wanted));
        }
        let many = rows.len() as u64;
        let start = rows.len().min(request.start as usize);
        let past = rows.len().min(start.saturating_add(request.count as usize));
        let reasons = reasons.iter().map(|(reason, many)| (reason.slug().to_owned(), *many)).collect();
        Answer::Files(FilesPage { many, rows: self.shown(rows.get(start..past).unwrap_or_default()), reasons })
    }

    fn shown(&self, page: &[ReportRow<'_>]) -> Vec<FileRow> {
        let Some(judgement) = &self.judgement else { return Vec::new() };
        let ids = self.ids_of(page.iter().filter_map(|row| row.source()));
        let fingerprints = fingerprints(judgement);
        let row = |row: &ReportRow<'_>| {
            let id = ids.of(row.source());
            match row {
                ReportRow::Digest(row) => self.digest_row(row, id),
                ReportRow::Log(row) => log_row(row, id, &fingerprints),
                ReportRow::Lake(row) => lake_row(row, id),
            }
        };
        page.iter().map(row).collect()
    }

    /// One file of a row. `None` for a number that no file has.
    pub(super) fn file_row(&self, id: FileId) -> Option<FileRow> {
        let file = self.files.get(&id)?;
        let judged = self.judgement.as_ref().and_then(|judgement| judgement.files.get(id.index())?.as_ref());
        let fingerprint = judged.and_then(|judged| self.fingerprint_of(&judged.listed_by));
        let word = match judged {
            None => Verdict::Pending.word(None),
            Some(judged) if judged.verdict == Verdict::Unlisted && file.stored_sha256.is_some() => IN_NO_SIGN_FILE,
            Some(judged) => judged.verdict.word(judged.reason),
        };
        Some(FileRow {
            id: Some(id),
            kind: self.lake_row(&file.source).map_or_else(|| kind_of(&file.source), |row| row.kind.word()).to_owned(),
            name: file.source.clone(),
            verdict: judged.map_or(Verdict::Pending, |judged| judged.verdict),
            word: word.to_owned(),
            reason: judged.and_then(|judged| judged.reason).map(|reason| reason.slug().to_owned()),
            message: judged.map(|judged| judged.message.to_string()).unwrap_or_default(),
            remarks: judged.map(|judged| judged.remarks.iter().map(|remark| remark.slug()).collect()).unwrap_or_default(),
            listed_by: judged.map(|judged| judged.listed_by.to_vec()).unwrap_or_default(),
            fingerprint,
            sha256: file.stored_sha256.or(file.sha256).map(|sha256| sha256.to_string()),
            at: stamp_of(&file.source),
            until: None,
            events: file.events,
        })
    }

    pub(super) fn digest_row(&self, row: &DigestRow, id: Option<FileId>) -> FileRow {
        let kind = match row.kind {
            ChainKind::Hourly => "digest",
            ChainKind::Backfill => "backfill digest",
        };
        FileRow {
            id,
            kind: kind.to_owned(),
            name: row.key.clone().or_else(|| row.source.clone()).unwrap_or_default(),
            verdict: row.verdict,
            word: row.verdict.word(row.reason).to_owned(),
            reason: row.reason.map(|reason| reason.slug().to_owned()),
            message: row.message.to_string(),
            remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
            listed_by: Vec::new(),
            fingerprint: row.key_fingerprint.clone(),
            sha256: id.and_then(|id| self.files.get(&id)?.sha256).map(|sha256| sha256.to_string()),
            at: row.start.or(row.end).map(|time| time.0),
            until: row.end.map(|end| end.0),
            events: 0,
        }
    }

    /// Lake's row of a file.
    fn lake_row(&self, source: &str) -> Option<&LakeRow> {
        self.judgement.as_ref()?.report.lake.iter().find(|row| row.source.as_deref() == Some(source))
    }

    fn fingerprint_of(&self, listed_by: &[String]) -> Option<String> {
        let key = listed_by.first()?;
        if let Some(sign) = self.lake_row(key) {
            return sign.key_fingerprint.clone();
        }
        let digests = &self.judgement.as_ref()?.report.digests;
        digests.iter().find(|row| row.key.as_ref() == Some(key)).and_then(|row| row.key_fingerprint.clone())
    }
}

/// Digest key → the fingerprint of the key that it names.
pub(super) fn fingerprints(judgement: &Judgement) -> HashMap<&str, &str> {
    let digests = judgement.report.digests.iter();
    digests.filter_map(|row| Some((row.key.as_deref()?, row.key_fingerprint.as_deref()?))).collect()
}

pub(super) fn log_row(row: &LogRow, id: Option<FileId>, fingerprints: &HashMap<&str, &str>) -> FileRow {
    let name = row.key.clone().or_else(|| row.source.clone()).unwrap_or_default();
    FileRow {
        id,
        kind: "log".to_owned(),
        at: stamp_of(&name),
        until: None,
        name,
        verdict: row.verdict,
        word: row.verdict.word(row.reason).to_owned(),
        reason: row.reason.map(|reason| reason.slug().to_owned()),
        message: row.message.to_string(),
        remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
        fingerprint: row.listed_by.first().and_then(|key| fingerprints.get(key.as_str())).map(|fingerprint| (*fingerprint).to_owned()),
        listed_by: row.listed_by.to_vec(),
        sha256: row.actual_sha256.map(|hash| hash.to_string()),
        events: row.events.unwrap_or(0),
    }
}

fn lake_row(row: &LakeRow, id: Option<FileId>) -> FileRow {
    let is_unlisted = row.verdict == Verdict::Unlisted;
    FileRow {
        id,
        kind: row.kind.word().to_owned(),
        name: row.source.clone().unwrap_or_else(|| row.name.clone()),
        verdict: row.verdict,
        word: if is_unlisted { IN_NO_SIGN_FILE } else { row.verdict.word(row.reason) }.to_owned(),
        reason: row.reason.map(|reason| reason.slug().to_owned()),
        message: row.message.to_string(),
        remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
        listed_by: row.listed_by.to_vec(),
        fingerprint: row.key_fingerprint.clone(),
        sha256: row.actual_sha256.clone(),
        // When a query was done is not signed.
        at: None,
        until: None,
        events: row.events.unwrap_or(0),
    }
}

fn kind_of(source: &str) -> &'static str {
    match ObjectKey::parse(source).kind {
        KeyKind::Digest(_) => "digest",
        KeyKind::Log(_) => "log",
        KeyKind::Other => "file",
    }
}

pub(super) fn stamp_of(name: &str) -> Option<crate::trail::time::Timestamp> {
    match ObjectKey::parse(name).kind {
        KeyKind::Log(log) => Some(log.stamp),
        KeyKind::Digest(digest) => Some(digest.end),
        KeyKind::Other => None,
    }
}

/// The order in which an auditor wants to see them.
pub(super) fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Invalid => 0,
        Verdict::Missing => 1,
        Verdict::Unlisted => 2,
        Verdict::Unproven => 3,
        Verdict::Pending => 4,
        Verdict::Valid => 5,
    }
}

/// What `In no digest` is for a query result.
const IN_NO_SIGN_FILE: &str = "In no sign file";
