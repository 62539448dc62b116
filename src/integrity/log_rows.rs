//! The report's rows of logs: listed and given, listed and missing, given and in no digest.

use hashbrown::HashMap;

use crate::integrity::chain::in_range;
use crate::integrity::coverage::LogCounts;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::GivenFile;
use crate::integrity::flaw_verdict::container_remarks;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::judgement::Asked;
use crate::integrity::listed_by::ListedBy;
use crate::integrity::listing::Entry;
use crate::integrity::listing::Listings;
use crate::integrity::log_verdict::LogJudge;
use crate::integrity::log_verdict::ROUNDING;
use crate::integrity::pace::Pace;
use crate::integrity::pack::Scope;
use crate::integrity::report::LogRow;
use crate::integrity::rows::Homes;
use crate::integrity::rows::Rows;
use crate::integrity::rows::own_place;
use crate::integrity::sha256::Sha256;
use crate::integrity::unlisted::Calendar;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::trail::object_key::KeyKind;

/// All that the rows of logs are made from.
pub(crate) struct LogRows<'j, 'a> {
    pub(crate) digests: &'j Digests<'a>,
    pub(crate) verdicts: &'j [DigestVerdict<'a>],
    pub(crate) listings: &'j Listings<'a>,
    pub(crate) calendar: &'j Calendar<'j>,
    pub(crate) scope: &'j Scope<'j>,
    pub(crate) asked: &'j Asked,
}

impl<'a> LogRows<'_, 'a> {
    /// Adds every log; returns how many of each digest are not as they should be.
    pub(crate) async fn add(&self, rows: &mut Rows, pace: &Pace) -> LogCounts {
        let Asked { strictness, stage, .. } = *self.asked;
        let keys = self.digests.all.iter().map(|given| vec![given.digest.place.key.clone()].into()).collect();
        let judge = LogJudge { keys, digests: self.digests, verdicts: self.verdicts, listings: self.listings, strictness, stage };
        let mut bad = LogCounts::new();
        for entry in &self.listings.entries {
            pace.spend(DEAR.saturating_mul(entry.files.len().max(1))).await;
            let verdict = self.add_entry(&judge, entry, rows);
            if verdict.is_some_and(|verdict| verdict != Verdict::Valid) {
                for listing in entry.listings.iter().filter(|listing| listing.proven) {
                    let count = bad.entry(listing.digest).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        self.add_unlisted(rows, pace).await;
        bad
    }

    /// Adds one log of the digests; returns the verdict on the file that stands for it.
    fn add_entry(&self, judge: &LogJudge<'_, 'a>, entry: &Entry<'a>, rows: &mut Rows) -> Option<Verdict> {
        let asked_for = self.is_asked_for(entry);
        let Some((_, first)) = entry.files.first() else {
            if self.scope.leaves_out(entry.place) {
                return None;
            }
            let judged = judge.judge_absent(entry)?;
            let verdict = judged.verdict;
            if asked_for {
                rows.logs.push(listed_row(entry, None, judged));
            }
            return Some(verdict);
        };
        let mut of_first = None;
        for (place, (standing, file)) in entry.files.iter().enumerate() {
            let judged = judge.judge(entry, *standing, file, (place > 0).then_some(*first));
            of_first = of_first.or(Some(judged.verdict));
            rows.say(file.facts.id, &judged);
            rows.note_move(file, entry.place, *standing);
            if asked_for {
                rows.logs.push(listed_row(entry, Some(file), judged));
            }
        }
        of_first
    }

    fn is_asked_for(&self, entry: &Entry<'_>) -> bool {
        let everything = self.asked.start.is_none() && self.asked.end.is_none();
        let ends = || entry.listings.iter().filter_map(|listing| self.digests.get(listing.digest)).map(|given| given.digest.end);
        everything || ends().any(|end| in_range(self.asked, end))
    }

    async fn add_unlisted(&self, rows: &mut Rows, pace: &Pace) {
        let mut seen: HashMap<Sha256, String> = HashMap::new();
        let homes = Homes::of_digests(self.digests);
        for file in &self.listings.unlisted {
            pace.spend(DEAR).await;
            if rows.is_judged(file.facts.id) {
                continue;
            }
            let content = &file.facts.content;
            let (bucket, key) = own_place(file, &homes);
            let mut judged = self.judge_unlisted(file);
            let mut remarks = container_remarks(content);
            match seen.get(&content.sha256).filter(|_| content.flaw.is_none()) {
                Some(first) => remarks.push(Remark::DuplicateOf(first.clone())),
                None => {
                    seen.insert(content.sha256, key.clone());
                }
            }
            judged = judged.with_remarks(remarks);
            rows.say(file.facts.id, &judged);
            if self.is_in_time(file) {
                let row = |judged: Judged| LogRow {
                    bucket,
                    key: Some(key),
                    source: Some(file.facts.source.clone()),
                    verdict: judged.verdict,
                    reason: judged.reason,
                    message: judged.message,
                    remarks: judged.remarks,
                    listed_by: ListedBy::default(),
                    expected_sha256: None,
                    actual_sha256: actual(file),
                    events: file.facts.events,
                    position: 0,
                };
                rows.logs.push(row(judged));
            }
        }
    }

    /// A file that cannot be had whole is not disproven where no digest speaks of it; the message says what is wrong.
    fn judge_unlisted(&self, file: &GivenFile) -> Judged {
        let mut judged = self.calendar.judge(file);
        match judge_flaw(&file.facts.content, "log file") {
            Some(flaw) if flaw.reason == Some(Reason::NotReadable) => flaw,
            Some(flaw) => {
                judged.message = format!("{} {}", judged.message, flaw.message).into();
                judged
            }
            None => judged,
        }
    }

    fn is_in_time(&self, file: &GivenFile) -> bool {
        let KeyKind::Log(name) = &file.name.kind else { return true };
        let stamp = name.stamp;
        self.asked.start.is_none_or(|start| start <= stamp.plus(ROUNDING)) && self.asked.end.is_none_or(|end| stamp.plus(-ROUNDING) <= end)
    }
}

fn listed_row(entry: &Entry<'_>, file: Option<&GivenFile>, judged: Judged) -> LogRow {
    let listing = entry.listing_for(file.map(|file| &file.facts.content.sha256));
    LogRow {
        bucket: Some(entry.place.bucket.clone()),
        key: Some(entry.place.key.clone()),
        source: file.map(|file| file.facts.source.clone()),
        verdict: judged.verdict,
        reason: judged.reason,
        message: judged.message,
        remarks: judged.remarks,
        listed_by: judged.listed_by,
        expected_sha256: listing.map(|listing| listing.logged.hash.to_ascii_lowercase()),
        actual_sha256: file.and_then(actual),
        events: file.and_then(|file| file.facts.events),
        position: listing.and_then(|listing| u32::try_from(listing.position).ok()).unwrap_or_default(),
    }
}

/// The hash of content that is there as a whole; half a content's hash says nothing.
fn actual(file: &GivenFile) -> Option<Sha256> {
    use crate::integrity::content::ContentFlaw;
    let content = &file.facts.content;
    matches!(content.flaw, None | Some(ContentFlaw::TrailingData { .. })).then_some(content.sha256)
}

/// A log is judged, and its row made, in the time of so many numbers.
const DEAR: usize = 600;
