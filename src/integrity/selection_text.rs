//! The sentences about a stretch of time that was chosen. They are to be quoted: each names its time, its chain and what it rests on.

use crate::integrity::judgement::WindowState;
use crate::integrity::report::DigestRow;
use crate::integrity::selection::ChainClaim;
use crate::integrity::selection::LogCount;
use crate::integrity::selection::Stretch;
use crate::integrity::signature::Origin;
use crate::integrity::standing::assumption;
use crate::integrity::standing::count;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// What the sentence about one chain is made from.
pub(crate) struct Facts<'f, 'a> {
    pub(crate) stretch: &'f Stretch<'a>,
    /// The report's rows of its proven digests, by the ends of their windows.
    pub(crate) digests: &'f [(usize, Timestamp, &'a DigestRow)],
    pub(crate) logs: LogCount,
    pub(crate) unlisted: u64,
    pub(crate) is_unbroken: bool,
}

impl<'a> Facts<'_, 'a> {
    pub(crate) fn claim(&self, range: TimeRange) -> ChainClaim {
        let digests = u64::try_from(self.stretch.proven().count()).unwrap_or(u64::MAX);
        let mut sentences = vec![self.main_sentence(range, digests)];
        if digests > 0 {
            sentences.push(log_sentence(self.logs));
            sentences.extend(self.key_sentence(digests));
        }
        if self.unlisted > 0 {
            sentences.push(format!(
                "{} of this time {} in no digest.",
                count(self.unlisted, "log file", "log files"),
                is_or_are(self.unlisted)
            ));
        }
        sentences.extend(self.not_loaded(range));
        if digests > 0 {
            sentences.push(assumption(self.keys().iter().map(|(key, _)| *key)).to_owned());
        }
        ChainClaim { text: sentences.join(" "), digests, is_unbroken: self.is_unbroken, logs: self.logs }
    }

    fn main_sentence(&self, range: TimeRange, digests: u64) -> String {
        let span = self.stretch.span();
        let of = span.unwrap_or(range);
        let head = format!("Between {} and {}, for {}", of.start, of.end, chain_words(self.stretch.chain));
        if span.is_none() {
            return format!("{head}, no digest is loaded.");
        }
        let is_backfill = self.stretch.chain.kind == ChainKind::Backfill;
        let breaks = self.stretch.breaks();
        let listed = match breaks.len() {
            0 => String::new(),
            1..=MOST_BREAKS => format!(": {}", breaks.join("; ")),
            more => {
                format!(": {}; and {} more", breaks.get(..MOST_BREAKS).unwrap_or_default().join("; "), more.saturating_sub(MOST_BREAKS))
            }
        };
        match digests {
            0 => format!("{head}, no digest is proven{listed}."),
            1 if self.is_unbroken => format!("{head}, 1 digest is proven."),
            _ if self.is_unbroken => format!("{head}, {} form an unbroken chain.", count(digests, "digest", "digests")),
            _ if is_backfill => format!("{head}, {} proven{listed}.", are(digests, "backfill digest")),
            _ => format!("{head}, {} proven, but they are not an unbroken chain{listed}.", are(digests, "digest")),
        }
    }

    /// Under which keys; nothing where the report's rows do not account for every digest.
    fn key_sentence(&self, digests: u64) -> Option<String> {
        let keys = self.keys();
        if keys.iter().map(|(_, number)| *number).sum::<u64>() != digests {
            return None;
        }
        let newest = self.digests.last().and_then(|(.., row)| row.signature_from).map(|from| match from {
            Origin::Metadata => "from its S3 metadata",
            Origin::Successor => "from the digest after it",
        });
        let newest = newest.map(|from| format!("; the signature of the newest comes {from}")).unwrap_or_default();
        let named: Vec<String> = match keys.len() {
            1 => keys.iter().map(|(key, _)| format!("the key {key}")).collect(),
            _ => keys.iter().map(|(key, number)| format!("{key} ({})", count(*number, "digest", "digests"))).collect(),
        };
        let under = if named.len() == 1 { named.concat() } else { format!("the keys {}", named.join(" and ")) };
        Some(format!("Signed under {under}{newest}."))
    }

    /// Fingerprints of the keys that prove these digests, and how many each.
    pub(crate) fn keys(&self) -> Vec<(&'a str, u64)> {
        let mut keys: Vec<(&str, u64)> = Vec::new();
        for key in self.digests.iter().filter_map(|(.., row)| row.key_fingerprint.as_deref()) {
            match keys.iter_mut().find(|(known, _)| *known == key) {
                Some((_, number)) => *number = number.saturating_add(1),
                None => keys.push((key, 1)),
            }
        }
        keys
    }

    fn not_loaded(&self, range: TimeRange) -> Option<String> {
        let (whole, _) = self.stretch.whole.zip(self.stretch.span())?;
        let before = (range.start < whole.start).then(|| format!("before {}", whole.start));
        let after = (whole.end < range.end).then(|| format!("after {}", whole.end));
        let parts: Vec<String> = before.into_iter().chain(after).collect();
        (!parts.is_empty()).then(|| format!("Of the time chosen, nothing is loaded of this chain {}.", parts.join(" and ")))
    }
}

pub(crate) fn break_words(state: WindowState, range: TimeRange, windows: u64) -> String {
    let what = match state {
        WindowState::Gap => "no digest speaks".to_owned(),
        WindowState::Missing => "a digest is not found".to_owned(),
        WindowState::Invalid => format!("{} not what was signed", are(windows, "digest")),
        _ => format!("{} not proven", are(windows, "digest")),
    };
    format!("from {} to {} {what}", range.start, range.end)
}

fn are(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun} is") } else { format!("{number} {noun}s are") }
}

fn chain_words(chain: &ChainId) -> String {
    let backfill = if chain.kind == ChainKind::Backfill { ", backfill" } else { "" };
    let ChainId { account, region, trail, home_region, .. } = chain;
    format!("account {account} in Region {region} (trail {trail}, home Region {home_region}{backfill})")
}

fn log_sentence(logs: LogCount) -> String {
    let LogCount { verified, invalid, missing, open, left_out } = logs;
    let all = logs.all();
    if all == 0 {
        return "No log file is listed: nothing was delivered.".to_owned();
    }
    let listed = count(all, "log file", "log files");
    if all == verified {
        return format!("Of the {listed} listed, every one is here, unchanged.");
    }
    let parts = [
        (verified, "verified"),
        (invalid, "not as signed"),
        (missing, "not found"),
        (open, "not proven"),
        (left_out, "left out of the evidence pack"),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word, word)).collect();
    format!("Of the {listed} listed: {}.", parts.join(", "))
}

pub(crate) fn sum_up(claims: &[ChainClaim], range: TimeRange, fingerprints: &[&str]) -> String {
    let digests = claims.iter().map(|claim| claim.digests).fold(0u64, u64::saturating_add);
    let unbroken = claims.iter().filter(|claim| claim.is_unbroken).count();
    let mut logs = LogCount::default();
    for claim in claims {
        logs.verified = logs.verified.saturating_add(claim.logs.verified);
        logs.invalid = logs.invalid.saturating_add(claim.logs.invalid);
        logs.missing = logs.missing.saturating_add(claim.logs.missing);
        logs.open = logs.open.saturating_add(claim.logs.open);
        logs.left_out = logs.left_out.saturating_add(claim.logs.left_out);
    }
    let of = count(claims.len(), "chain", "chains");
    let head = format!(
        "Chosen from {} to {}: {} of {of} {} proven",
        range.start,
        range.end,
        count(digests, "digest", "digests"),
        is_or_are(digests)
    );
    let whole = match unbroken {
        all if all == claims.len() => "each chain is unbroken".to_owned(),
        0 => "no chain is unbroken".to_owned(),
        some => format!("{some} of {of} {} unbroken", if some == 1 { "is" } else { "are" }),
    };
    if digests == 0 {
        return format!("{head}.");
    }
    format!("{head}; {whole}. {} {}", log_sentence(logs), assumption(fingerprints.iter().copied()))
}

fn is_or_are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// Breaks that are named one by one: the sentence is to be quoted, the list is beside it.
const MOST_BREAKS: usize = 4;
