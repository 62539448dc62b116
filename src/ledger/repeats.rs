//! Events that stand in more than one file: a note in the report, never a verdict. Looked for when a report is asked for, not before.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::IgnoredRow;
use crate::integrity::report::VerdictReport;
use crate::integrity::sha256::Sha256;
use crate::ledger::Ledger;
use crate::trail::arrange::arrange;
use crate::trail::ids::FileId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

/// A log's content, the account and Region of its name, its key.
type LogContent<'a> = (Sha256, Option<(String, String)>, &'a str);

/// The repeated events of one account and Region.
#[derive(Default)]
struct Repeats<'a> {
    events: u64,
    /// The last file of these by its key, and another that holds one of its events.
    files: Option<(&'a str, &'a str)>,
}

impl Ledger {
    /// Notes events whose rows are not kept.
    pub fn note_events(&mut self, keys: Vec<(u64, FileId)>) {
        self.event_keys.extend(keys);
    }

    /// The report as it is given away, with what only all events together show.
    pub fn full_report(&mut self) -> VerdictReport {
        self.look_again();
        if self.event_keys.is_empty() {
            // Found already where there was a survey.
            self.count_once();
        }
        let mut report = self.last_judgement().report.clone();
        let repeats = self.repeats(&report);
        if let Some(why) = self.not_compared() {
            report.ignored.push(IgnoredRow { source: self.room.first_cut.clone(), why });
            arrange(&mut report.ignored, Ord::cmp);
        }
        if !repeats.is_empty() {
            report.findings.extend(repeats);
            arrange(&mut report.findings, Ord::cmp);
        }
        report
    }

    /// Of events that were not taken in not even their keys are held: what was found of repeated events says nothing of them, nor does it
    /// when nothing was found.
    pub(super) fn not_compared(&self) -> Option<String> {
        let (events, files) = (self.progress.not_taken, self.room.cut_files);
        let more = if files > 1 { format!(" and {} more files", files - 1) } else { String::new() };
        let why = format!(
            "{events} events of this{more} were not looked at for events that stand in more than one file: memory had run out; the verdicts do not \
             depend on it"
        );
        (events > 0).then_some(why)
    }

    fn repeats(&self, report: &VerdictReport) -> Vec<Finding> {
        let keys: HashMap<&str, &str> = report.logs.iter().filter_map(|row| Some((row.source.as_deref()?, row.key.as_deref()?))).collect();
        // Copies of one content hold the same events as a matter of course, and so do files that are no logs.
        let content = |id: &FileId| {
            let file = self.files.get(id)?;
            let key = *keys.get(file.source.as_str())?;
            Some((file.sha256?, place(key), key))
        };
        let contents: HashMap<FileId, LogContent<'_>> = self.files.keys().filter_map(|id| Some((*id, content(id)?))).collect();
        let mut places: BTreeMap<Option<&(String, String)>, Repeats<'_>> = BTreeMap::new();
        let mut found = |same: &[(u64, u32)]| {
            let files = || same.iter().filter_map(|(_, file)| contents.get(&FileId(*file)));
            let Some((first, ..)) = files().next() else { return };
            if files().all(|(sha256, ..)| sha256 == first) {
                return;
            }
            // One that has a log's name, if there is one; of those the newest.
            let Some((newest, place, key)) = files().max_by_key(|(_, place, key)| (place.is_some(), *key)) else { return };
            let other = files().filter(|(sha256, ..)| sha256 != newest).map(|(.., key)| *key).max().unwrap_or(key);
            let found = places.entry(place.as_ref()).or_default();
            found.events = found.events.saturating_add(1);
            found.files = found.files.max(Some((key, other)));
        };
        if self.event_keys.is_empty() {
            self.each_twin(|file| contents.contains_key(&file), &mut found);
        } else {
            let rows = || self.table.ids().keys().zip(self.table.files()).filter_map(|(key, file)| Some((key?, *file)));
            // As plain numbers: the page has one sort of these.
            let all = || {
                rows()
                    .chain(self.event_keys.iter().copied())
                    .filter(|(_, file)| contents.contains_key(file))
                    .map(|(key, file)| (key, file.0))
            };
            in_parts(self.table.len() + self.event_keys.len(), all, found);
        }
        let among = if self.progress.not_taken > 0 { ", looked for among those alone that memory had room for" } else { "" };
        places.into_values().filter_map(|repeats| finding(repeats, among)).collect()
    }
}

impl Ledger {
    /// Calls `found` with the files of each event whose rows are of several files, in the order of their numbers. Where all rows are held
    /// these are known from the first picture on: to look through ten million ids again took two seconds and a half.
    fn each_twin(&self, counts: impl Fn(FileId) -> bool, mut found: impl FnMut(&[(u64, u32)])) {
        let mut at = 0;
        while let Some(rows) = self.repeated.group(at) {
            at += 1;
            let file = |row: &u32| self.table.files().get(*row as usize).copied();
            let mut same: Vec<(u64, u32)> = rows.iter().filter_map(file).filter(|file| counts(*file)).map(|file| (0, file.0)).collect();
            same.sort_unstable();
            if same.len() > 1 {
                found(&same);
            }
        }
    }
}

/// The account and Region of a log's name.
fn place(key: &str) -> Option<(String, String)> {
    match ObjectKey::parse(key).kind {
        KeyKind::Log(name) => Some((name.account, name.region)),
        _ => None,
    }
}

fn finding(repeats: Repeats<'_>, among: &str) -> Option<Finding> {
    let (key, other) = repeats.files?;
    let message = format!(
        "Events that stand in more than one file, by their eventID{among}: {}. CloudTrail may deliver an event twice, and two trails in one bucket do; \
         a planted file may repeat true events as well. Compare {key} with {other}",
        repeats.events
    );
    Some(Finding { code: FindingCode::DuplicateEvents, subject: key.to_owned(), message, start: None, end: None })
}

/// Calls `found` with each group of numbers that have one key. Of very many a part of the keys is looked at after the other: all at once
/// they would take a third as much memory as the rows.
fn in_parts<I: Iterator<Item = (u64, u32)>>(many: usize, keys: impl Fn() -> I, mut found: impl FnMut(&[(u64, u32)])) {
    let parts = (many / KEYS_AT_ONCE + 1) as u64;
    let mut some: Vec<(u64, u32)> = Vec::new();
    for part in 0..parts {
        some.clear();
        some.extend(keys().filter(|(key, _)| key % parts == part));
        some.sort_unstable();
        some.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1).for_each(&mut found);
    }
}

/// 32 MB of them.
const KEYS_AT_ONCE: usize = 2 << 20;
