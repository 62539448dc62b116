//! Evidence packs: what a pack's manifest says of it, and how far a pack may narrow what is asked.
//!
//! A manifest is not signed. It may say that logs were left out, and then they are not called missing; but only while nothing but packs
//! was given, only of logs that no part of a pack is, and never without the finding that says how many.

use std::collections::BTreeSet;
use std::collections::HashSet;

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::coverage::LogCounts;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::judgement::Asked;
use crate::integrity::listing::Listings;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::scene::finding;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::ids::FileId;

/// An evidence pack as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack {
    /// The zip file's name.
    pub name: String,
    /// The files that came out of it.
    pub files: BTreeSet<FileId>,
    /// Logs that were there when the pack was made and were left out of it.
    pub left_out: Vec<Place>,
    /// How many parts the manifest names.
    pub parts: u64,
    /// Parts that are not as the manifest says, each with how.
    pub differing: Vec<String>,
}

/// Whether packs may narrow what is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackScope {
    /// What a pack's manifest leaves out is not missing.
    #[default]
    AsDeclared,
    /// Whatever a valid digest lists and nobody gave is missing.
    Ignored,
}

/// The logs that are left out on purpose, as far as that counts.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    left_out: HashSet<&'a Place>,
}

impl Evidence {
    /// Takes a pack; one of the same name and files again replaces it.
    pub fn admit_pack(&mut self, pack: Pack) {
        self.packs.retain(|known| (&known.name, &known.files) != (&pack.name, &pack.files));
        self.packs.push(pack);
        arrange(&mut self.packs, |a, b| (&a.name, &a.files).cmp(&(&b.name, &b.files)));
    }
}

impl<'a> Scope<'a> {
    /// Only packs were given: else a pack beside a bucket could explain away what is gone from the bucket.
    pub(crate) fn of(evidence: &'a Evidence, asked: &Asked) -> Self {
        let packed: HashSet<FileId> = evidence.packs.iter().flat_map(|pack| pack.files.iter().copied()).collect();
        let is_evidence = |kind: &FileKind| matches!(kind, FileKind::Log | FileKind::Digest(_));
        let is_alone = || evidence.files().filter(|file| is_evidence(&file.facts.kind)).all(|file| packed.contains(&file.facts.id));
        if packed.is_empty() || asked.packs == PackScope::Ignored || !is_alone() {
            return Self::default();
        }
        Self { left_out: evidence.packs.iter().flat_map(|pack| &pack.left_out).collect() }
    }

    pub(crate) fn leaves_out(&self, place: &Place) -> bool {
        self.left_out.contains(place)
    }

    /// How many of the logs that each digest lists are left out.
    pub(crate) fn left_out_of(&self, listings: &Listings<'_>) -> LogCounts {
        let mut counts = LogCounts::new();
        let absent = listings.entries.iter().filter(|entry| entry.files.is_empty() && self.leaves_out(entry.place));
        for listing in absent.flat_map(|entry| &entry.listings) {
            let count = counts.entry(listing.digest).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}

/// What is to be said of every pack given.
pub(crate) fn find_packs(evidence: &Evidence, listings: &Listings<'_>, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    for pack in &evidence.packs {
        let parts = pack.parts;
        if !pack.differing.is_empty() {
            let message = format!(
                "{} of this evidence pack is not as its manifest says: {}. It was changed or damaged after it was made; the manifest is not signed, so believe only what the digests prove. {}",
                counted(u64::try_from(pack.differing.len()).unwrap_or(u64::MAX), "part", "parts"),
                shortened(&pack.differing),
                pack.name
            );
            findings.push(finding(FindingCode::PackDiffers, pack.name.clone(), message, None));
        }
        let left_out: HashSet<&Place> = pack.left_out.iter().collect();
        let listed = listings.entries.iter().filter(|entry| entry.listings.iter().any(|listing| listing.proven));
        let declared = listed.clone().filter(|entry| entry.files.is_empty() && left_out.contains(entry.place));
        let counts = declared.clone().filter(|entry| scope.leaves_out(entry.place)).count();
        let scope = match (declared.count(), counts, listed.count()) {
            (_, _, 0) => "No proven digest here lists a log file.".to_owned(),
            (0, ..) => "Every log file that the proven digests here list is in it or named missing.".to_owned(),
            (absent, 0, _) => format!(
                "Its manifest leaves out {}; that does not count beside other files, so they are called missing.",
                counted(u64::try_from(absent).unwrap_or(u64::MAX), "log file", "log files")
            ),
            (_, absent, listed) => format!(
                "Scope: {absent} of the {} that the proven digests here list are not part of it: its manifest says that they were there and were left out. \
                 The manifest is not signed, so nothing at all is said of them here.",
                counted(u64::try_from(listed).unwrap_or(u64::MAX), "log file", "log files")
            ),
        };
        let fits = match pack.differing.is_empty() {
            true => format!("{} as its manifest says, which guards against accidents only. ", all_are(parts)),
            false => String::new(),
        };
        let message = format!("This is an evidence pack, a selection and not a whole trail. {fits}{scope} {}", pack.name);
        findings.push(finding(FindingCode::PackScope, pack.name.clone(), message, None));
    }
}

fn all_are(parts: u64) -> String {
    if parts == 1 { "Its one part is".to_owned() } else { format!("All {parts} parts are") }
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn shortened(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut text = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// Parts named one by one.
const NAMED: usize = 5;
