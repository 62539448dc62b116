//! What is proven, as the page shows it: the banner, the hours covered, the files and their verdicts.

use std::collections::HashMap;

use crate::integrity::judgement::Judgement;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::lake_report::LakeRow;
use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::report_text::Verbosity;
use crate::integrity::standing::Standing;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::protocol::Answer;
use crate::protocol::FileRow;
use crate::protocol::Proof;
use crate::protocol::ReportForm;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainKind;
use crate::trail::ids::FileId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

impl Ledger {
    pub(super) fn proof(&mut self) -> Proof {
        let arrival = self.arrival();
        let generation = self.progress.generation;
        let rows = self.table.len() as u64;
        let judgement = self.judgement();
        let standing = Standing::of(judgement, arrival, rows);
        let report = &judgement.report;
        let lake = LakeCounts::of(&report.lake);
        let (summary, findings, keys) = (report.summary, report.findings.clone(), report.keys.clone());
        let (coverage, lacking, claims) = (judgement.coverage.clone(), judgement.lacking.clone(), judgement.claims.clone());
        let exceptions = self.report_rows(|verdict| !matches!(verdict, Verdict::Valid | Verdict::Pending));
        Proof {
            generation,
            standing,
            summary,
            lake,
            coverage,
            claims,
            lacking,
            findings,
            keys,
            exceptions: exceptions.into_iter().take(MOST_EXCEPTIONS).collect(),
        }
    }

    pub(super) fn file_rows(&mut self, verdict: Option<Verdict>, start: u32, count: u32) -> Answer {
        let rows = self.report_rows(|found| verdict.is_none_or(|wanted| wanted == found));
        let slice = rows.iter().skip(start as usize).take(count as usize).cloned().collect();
        Answer::Files(rows.len() as u64, slice)
    }

    pub(super) fn report(&mut self, form: ReportForm) -> String {
        let report = &self.full_report();
        match form {
            // A report holds strings, numbers and lists: writing it as JSON cannot fail.
            ReportForm::Json => serde_json::to_string_pretty(report).unwrap_or_default(),
            ReportForm::Text => report.told(Verbosity::Verbose).into_iter().map(|(_, text)| text).collect(),
        }
    }

    /// One file of a row. `None` for a number that no file has.
    pub(super) fn file_row(&self, id: FileId) -> Option<FileRow> {
        let file = self.files.get(&id)?;
        let judged = self.judgement.as_ref().and_then(|judgement| judgement.files.get(id.index())?.as_ref());
        let fingerprint = judged.and_then(|judged| self.fingerprint_of(&judged.listed_by));
        Some(FileRow {
            id: Some(id),
            kind: self.lake_row(&file.source).map_or_else(|| kind_of(&file.source), |row| row.kind.word()).to_owned(),
            name: file.source.clone(),
            verdict: judged.map_or(Verdict::Pending, |judged| judged.verdict),
            word: judged
                .map_or_else(
                    || Verdict::Pending.word(None),
                    |judged| match judged.verdict {
                        Verdict::Unlisted if file.stored_sha256.is_some() => IN_NO_SIGN_FILE,
                        verdict => verdict.word(judged.reason),
                    },
                )
                .to_owned(),
            reason: judged.and_then(|judged| judged.reason).map(|reason| reason.slug().to_owned()),
            message: judged.map(|judged| judged.message.clone()).unwrap_or_default(),
            remarks: judged.map(|judged| judged.remarks.iter().map(|remark| remark.slug()).collect()).unwrap_or_default(),
            listed_by: judged.map(|judged| judged.listed_by.clone()).unwrap_or_default(),
            fingerprint,
            sha256: file.stored_sha256.or(file.sha256).map(|sha256| sha256.to_string()),
            at: stamp_of(&file.source),
            events: file.events,
        })
    }

    /// Every row of the report that `wanted` takes, the worst first.
    fn report_rows(&mut self, wanted: impl Fn(Verdict) -> bool) -> Vec<FileRow> {
        self.judge();
        let Some(judgement) = &self.judgement else { return Vec::new() };
        let ids: HashMap<&str, FileId> = self.files.iter().map(|(id, file)| (file.source.as_str(), *id)).collect();
        let id_of = |source: &Option<String>| source.as_deref().and_then(|source| ids.get(source).copied());
        let digests = judgement.report.digests.iter().filter(|row| wanted(row.verdict)).map(|row| self.digest_row(row, id_of(&row.source)));
        let fingerprints = fingerprints(judgement);
        let logs =
            judgement.report.logs.iter().filter(|row| wanted(row.verdict)).map(|row| log_row(row, id_of(&row.source), &fingerprints));
        let lake = judgement.report.lake.iter().filter(|row| wanted(row.verdict)).map(|row| lake_row(row, id_of(&row.source)));
        let mut rows: Vec<FileRow> = digests.chain(logs).chain(lake).collect();
        arrange(&mut rows, |a, b| {
            severity(a.verdict).cmp(&severity(b.verdict)).then_with(|| a.at.cmp(&b.at)).then_with(|| a.name.cmp(&b.name))
        });
        rows
    }

    fn digest_row(&self, row: &DigestRow, id: Option<FileId>) -> FileRow {
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
            message: row.message.clone(),
            remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
            listed_by: Vec::new(),
            fingerprint: row.key_fingerprint.clone(),
            sha256: id.and_then(|id| self.files.get(&id)?.sha256).map(|sha256| sha256.to_string()),
            at: row.start.map(|start| start.0),
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
fn fingerprints(judgement: &Judgement) -> HashMap<&str, &str> {
    let digests = judgement.report.digests.iter();
    digests.filter_map(|row| Some((row.key.as_deref()?, row.key_fingerprint.as_deref()?))).collect()
}

fn log_row(row: &LogRow, id: Option<FileId>, fingerprints: &HashMap<&str, &str>) -> FileRow {
    let name = row.key.clone().or_else(|| row.source.clone()).unwrap_or_default();
    FileRow {
        id,
        kind: "log".to_owned(),
        at: stamp_of(&name),
        name,
        verdict: row.verdict,
        word: row.verdict.word(row.reason).to_owned(),
        reason: row.reason.map(|reason| reason.slug().to_owned()),
        message: row.message.clone(),
        remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
        fingerprint: row.listed_by.first().and_then(|key| fingerprints.get(key.as_str())).map(|fingerprint| (*fingerprint).to_owned()),
        listed_by: row.listed_by.clone(),
        sha256: row.actual_sha256.clone(),
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
        message: row.message.clone(),
        remarks: row.remarks.iter().map(|remark| remark.slug()).collect(),
        listed_by: row.listed_by.clone(),
        fingerprint: row.key_fingerprint.clone(),
        sha256: row.actual_sha256.clone(),
        at: None,
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

fn stamp_of(name: &str) -> Option<crate::trail::time::Timestamp> {
    match ObjectKey::parse(name).kind {
        KeyKind::Log(log) => Some(log.stamp),
        KeyKind::Digest(digest) => Some(digest.end),
        KeyKind::Other => None,
    }
}

/// The order in which an auditor wants to see them.
fn severity(verdict: Verdict) -> u8 {
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

/// More exceptions than this are looked up page by page in the list of files.
const MOST_EXCEPTIONS: usize = 300;
