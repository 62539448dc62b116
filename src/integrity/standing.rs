//! What stands, in one sentence: the words of the banner, computed from the judgement and promising no more than it.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Lacking;
use crate::integrity::judgement::WindowState;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::lake_standing::LogsBeside;
use crate::integrity::lake_standing::lake_exceptions;
use crate::integrity::lake_standing::lake_headline;
use crate::integrity::lake_standing::lake_sentence;
use crate::integrity::report::DigestCounts;
use crate::integrity::report::FindingCode;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::time::DAY;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

/// The banner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How it stands altogether.
    pub tone: Tone,
    /// One sentence.
    pub headline: String,
    /// What it rests on, and what is lacking.
    pub detail: String,
    /// The exceptions, each with the filter word that shows it.
    pub exceptions: Vec<Exception>,
}

/// How it stands altogether.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Nothing to say yet.
    Empty,
    /// Reading, or proofs still arriving.
    Arriving,
    /// Everything given is proven.
    Proven,
    /// Nothing is disproven, something is open.
    Open,
    /// Something is disproven or missing.
    Broken,
}

/// One kind of exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The verdict's slug, or `gap`.
    pub kind: String,
    /// `1 log modified`.
    pub text: String,
}

impl Standing {
    /// The banner's words for a judgement over files with so many event rows, be they in delivered logs or not.
    #[must_use]
    pub fn of(judgement: &Judgement, progress: Arrival, rows: u64) -> Self {
        let facts = Facts { rows, ..Facts::of(judgement) };
        let tone = facts.tone(progress);
        Self { tone, headline: facts.headline(tone), detail: facts.detail(judgement), exceptions: exceptions(judgement, facts.gaps) }
    }
}

/// Whether the evidence is all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Files are still being read or signatures checked.
    OnTheWay,
    /// All that was given has been read.
    Complete,
}

struct Facts {
    disproven: u64,
    open: u64,
    digests: u64,
    proven_digests: u64,
    logs: u64,
    chains: usize,
    proven_chains: usize,
    gaps: usize,
    /// Evidence packs that are not as their manifests say.
    changed_packs: usize,
    /// Whether all that is there is a selection: logs were left out of an evidence pack.
    is_selection: bool,
    /// From the first proven hour of any chain to the last of any.
    span: Option<(Timestamp, Timestamp)>,
    /// The time in which every chain that is proven at all has its proven hours: what may be claimed in one sentence.
    common: Option<(Timestamp, Timestamp)>,
    gap_millis: i64,
    keys: usize,
    events: u64,
    proven_events: u64,
    lake: LakeCounts,
    /// Event rows of all files, also of those that are no delivered logs.
    rows: u64,
}

impl Facts {
    fn of(judgement: &Judgement) -> Self {
        let summary = &judgement.report.summary;
        let both = |pick: fn(&DigestCounts) -> u64| pick(&summary.digests) + pick(&summary.backfill_digests);
        let extents: Vec<(Timestamp, Timestamp)> = judgement.coverage.iter().filter_map(extent).collect();
        let found = |code: FindingCode| judgement.report.findings.iter().filter(|finding| finding.code == code).count();
        let mut windows = judgement.coverage.iter().flat_map(|chain| &chain.windows);
        let lake = LakeCounts::of(&judgement.report.lake);
        Self {
            disproven: both(|digests| digests.invalid + digests.missing) + summary.logs.invalid + summary.logs.missing + lake.broken(),
            open: both(|digests| digests.unproven) + summary.logs.unproven + summary.logs.unlisted + lake.open(),
            digests: both(|digests| digests.valid + digests.invalid + digests.missing + digests.unproven),
            proven_digests: both(|digests| digests.valid),
            logs: summary.logs.valid + summary.logs.invalid + summary.logs.missing + summary.logs.unproven + summary.logs.unlisted,
            chains: judgement.coverage.len(),
            proven_chains: judgement.coverage.iter().filter(|chain| is_whole(chain)).count(),
            gaps: found(FindingCode::Gap),
            changed_packs: found(FindingCode::PackDiffers),
            is_selection: windows.any(|window| window.state == WindowState::LeftOut),
            span: extents.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
            common: extents.into_iter().reduce(|a, b| (a.0.max(b.0), a.1.min(b.1))).filter(|(start, end)| start < end),
            gap_millis: judgement.report.chains.iter().flat_map(|chain| &chain.gaps).map(|gap| gap.end.0.since(gap.start.0)).sum(),
            keys: judgement.report.keys.len(),
            rows: 0,
            lake,
            events: summary.events.total,
            proven_events: summary.events.valid,
        }
    }

    fn tone(&self, progress: Arrival) -> Tone {
        match progress {
            _ if self.digests == 0 && self.logs == 0 && self.lake.total() == 0 && progress == Arrival::Complete => Tone::Empty,
            Arrival::OnTheWay => Tone::Arriving,
            Arrival::Complete if self.disproven > 0 => Tone::Broken,
            Arrival::Complete if self.open > 0 || self.gaps > 0 || self.changed_packs > 0 => Tone::Open,
            // Results of Lake need no digests, but logs do.
            Arrival::Complete if self.proven_digests == 0 && (self.digests + self.logs > 0 || self.lake.results.valid == 0) => Tone::Open,
            Arrival::Complete => Tone::Proven,
        }
    }

    fn headline(&self, tone: Tone) -> String {
        let period = match (tone, self.common, self.span) {
            (Tone::Empty, ..) if self.rows > 0 => {
                return "Nothing is proven: these events are in no log file as CloudTrail delivers it".to_owned();
            }
            (Tone::Empty, ..) => return "No CloudTrail log or digest among the files".to_owned(),
            (Tone::Arriving, ..) => return "Checking: verdicts settle as proofs arrive".to_owned(),
            (_, _, None) if self.lake.total() > 0 => {
                return lake_headline(&self.lake, LogsBeside { digests: self.digests, logs: self.logs }, self.keys);
            }
            (_, _, None) if self.digests == 0 => return "Nothing is proven: there is no digest among the files".to_owned(),
            (_, _, None) if self.keys == 0 => return "Nothing is proven: no public key was given".to_owned(),
            (_, _, None) => return "Nothing is proven: no digest's signature holds under a key given".to_owned(),
            (_, Some(common), _) => format!("Proven from {}", period(common)),
            // Chains that do not overlap: no single period may be claimed for all of them.
            (_, None, Some(span)) => format!("Proven in parts between {}", period(span)),
        };
        let files = self.disproven + self.open;
        let files = (files > 0).then(|| count(files, "file", "files"));
        let gaps = (self.gaps > 0).then(|| format!("{} of {}", count(self.gaps, "gap", "gaps"), hours(self.gap_millis)));
        let packs = (self.changed_packs > 0)
            .then(|| count(self.changed_packs, "evidence pack that was changed", "evidence packs that were changed"));
        let exceptions: Vec<String> = files.into_iter().chain(gaps).chain(packs).collect();
        // Query results lie in no chain.
        let broken = if self.lake.broken() + self.lake.open() > 0 { 0 } else { self.chains - self.proven_chains };
        let results = if self.lake.results.valid > 0 { ", and so is every query result of CloudTrail Lake" } else { "" };
        match (exceptions.is_empty(), broken) {
            (true, _) if self.is_selection => {
                format!(
                    "{period}: every digest and every log file of this evidence pack is unchanged{results}; other log files of that time are not in it"
                )
            }
            (true, _) => format!("{period}: every digest, and every log file they list, is unchanged{results}"),
            (false, 0) => format!("{period}, except for {}", exceptions.join(" and ")),
            (false, broken) => {
                format!("{period}, except for {} in {broken} of {}", exceptions.join(" and "), count(self.chains, "chain", "chains"))
            }
        }
    }

    fn detail(&self, judgement: &Judgement) -> String {
        let mut sentences = Vec::new();
        if self.digests + self.logs > 0 {
            let of = |part: u64, whole: u64, one, many| (whole > 0).then(|| format!("{} of {}", thousands(part), count(whole, one, many)));
            let logs = of(judgement.report.summary.logs.valid, self.logs, "log file", "log files");
            let digests = of(self.proven_digests, self.digests, "digest", "digests");
            let files: Vec<String> = logs.into_iter().chain(digests).collect();
            let events = of(self.proven_events, self.events, "event", "events").map(|events| format!(", {events} with them"));
            let verb = if self.logs + self.digests == 1 { "is" } else { "are" };
            sentences.push(format!("{} {verb} verified{}.", files.join(" and "), events.unwrap_or_default()));
        }
        sentences.extend(lake_sentence(&self.lake));
        if self.proven_digests > 0 || self.lake.signs.valid > 0 {
            let report = &judgement.report;
            let digests = report.digests.iter().map(|row| (row.verdict, &row.key_fingerprint));
            let proving = digests.chain(report.lake.iter().map(|row| (row.verdict, &row.key_fingerprint)));
            let proving = proving.filter(|(verdict, _)| *verdict == Verdict::Valid);
            sentences.push(assumption(proving.filter_map(|(_, fingerprint)| fingerprint.as_deref())).to_owned());
        }
        sentences.extend(lacking(judgement));
        sentences.extend(judgement.stage.caveat().map(str::to_owned));
        if self.digests == 0 && self.logs > 0 {
            sentences
                .push("Add the digests of the same trail (folder CloudTrail-Digest) and its public keys to prove these logs.".to_owned());
        }
        sentences.join(" ")
    }
}

/// The fingerprints of the keys in `tests/fixtures`, with which the sample trail is signed: a page must never pass it off as AWS's.
pub(crate) const SAMPLE_KEYS: [&str; 2] = ["7093332e71d38b4fa2c2ea3beb4db610", "d02ebdb90baade079dfc8c421bd46fd4"];

/// What the proofs rest on: told by the fingerprints of the keys that did prove something, not of those that merely lie there.
pub(crate) fn assumption<'a>(proving: impl Iterator<Item = &'a str>) -> &'static str {
    let (sample, others): (Vec<&str>, Vec<&str>) = proving.partition(|fingerprint| SAMPLE_KEYS.contains(fingerprint));
    match (sample.is_empty(), others.is_empty()) {
        (true, _) => "Assumed: the public keys given are AWS's.",
        (false, true) => "This is the sample: signed with Trailseal's own sample keys, not AWS's, it proves nothing of any real account.",
        (false, false) => "Part of this is the sample, signed with Trailseal's own sample keys. Assumed: the other public keys are AWS's.",
    }
}

fn lacking(judgement: &Judgement) -> Option<String> {
    let (mut digests, mut keys) = (Vec::new(), Vec::new());
    judgement.lacking.iter().for_each(|lacking| match lacking {
        Lacking::Signature { digest, .. } => digests.push(digest),
        Lacking::Key { fingerprint, .. } | Lacking::LakeKey { fingerprint, .. } => keys.push(fingerprint),
    });
    // What is lacking comes sorted, its keys by their chains.
    digests.dedup();
    arrange(&mut keys, Ord::cmp);
    keys.dedup();
    let keys = match keys.len() {
        0 => None,
        number => Some(format!("{} lacking.", is_are(count(number, "public key", "public keys"), number))),
    };
    let digests = match digests.len() {
        0 => None,
        1 => Some("1 digest, the newest of its chain or the last before a gap, lacks its signature.".to_owned()),
        number => Some(format!("{number} digests, each the newest of its chain or the last before a gap, lack their signatures.")),
    };
    let both: Vec<String> = keys.into_iter().chain(digests).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

fn exceptions(judgement: &Judgement, gaps: usize) -> Vec<Exception> {
    let summary = &judgement.report.summary;
    let both = |pick: fn(&DigestCounts) -> u64| pick(&summary.digests) + pick(&summary.backfill_digests);
    let logs = &summary.logs;
    let gaps = u64::try_from(gaps).unwrap_or(u64::MAX);
    let changed =
        judgement.report.logs.iter().filter(|log| log.verdict == Verdict::Invalid && Verdict::Invalid.word(log.reason) == "Modified");
    let changed = u64::try_from(changed.count()).unwrap_or(u64::MAX);
    let all = [
        ("invalid", changed, "log modified", "logs modified"),
        ("invalid", logs.invalid.saturating_sub(changed), "log damaged", "logs damaged"),
        ("invalid", both(|digests| digests.invalid), "digest invalid", "digests invalid"),
        ("missing", logs.missing, "log not found", "logs not found"),
        ("missing", both(|digests| digests.missing), "digest not found", "digests not found"),
        ("unlisted", logs.unlisted, "log in no digest", "logs in no digest"),
        ("unproven", logs.unproven, "log not proven", "logs not proven"),
        ("unproven", both(|digests| digests.unproven), "digest not proven", "digests not proven"),
        ("gap", gaps, "gap", "gaps"),
    ];
    let some = all.into_iter().filter(|(_, number, ..)| *number > 0);
    let exceptions = some.map(|(kind, number, one, many)| Exception { kind: kind.to_owned(), text: count(number, one, many) });
    exceptions.chain(lake_exceptions(&LakeCounts::of(&judgement.report.lake))).collect()
}

/// From the first to the last hour of a chain of which a valid digest speaks.
fn extent(chain: &ChainCoverage) -> Option<(Timestamp, Timestamp)> {
    let proven = chain.windows.iter().filter(|window| window.state.has_proven_digest()).map(|window| (window.start, window.end));
    proven.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn is_whole(chain: &ChainCoverage) -> bool {
    chain.windows.iter().all(|window| window.state.has_proven_digest() && window.state != WindowState::InvalidInside)
}

/// `3 Mar 2026 00:00 to 10 Mar 2026 17:00 UTC`
fn period((start, end): (Timestamp, Timestamp)) -> String {
    // Inwards: not a second more than is proven.
    format!("{} to {} UTC", minute(start.plus(59_999)), minute(end))
}

fn minute(time: Timestamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = time.civil();
    let (hour, minute, _) = time.clock();
    let month = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"?");
    format!("{day} {month} {year} {hour:02}:{minute:02}")
}

/// `3 h`, `1 d 2 h`, `40 min`
fn hours(millis: i64) -> String {
    let (days, hours, minutes) = (millis / DAY, millis % DAY / HOUR, millis % HOUR / 60_000);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h"),
        (_, 0) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

pub(crate) fn count(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

fn is_are(subject: String, number: usize) -> String {
    format!("{subject} {}", if number == 1 { "is" } else { "are" })
}

pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::evidence::Evidence;
    use crate::integrity::judgement::Asked;

    #[test]
    fn nothing_given_is_nothing_proven() {
        let standing = Standing::of(&Evidence::default().judge(&Asked::default()), Arrival::Complete, 0);
        assert_eq!((standing.tone, standing.exceptions.len()), (Tone::Empty, 0));
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(count(1u64, "log", "logs"), "1 log");
        assert_eq!(count(1_234_567u64, "log", "logs"), "1,234,567 logs");
        assert_eq!(minute(Timestamp(1_710_000_000_000)), "9 Mar 2024 16:00");
    }
}
