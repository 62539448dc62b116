//! The verdict on each log that a digest lists: never better than that of the digest.

use crate::integrity::content::ContentFlaw;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digest_verdict::is_odd_label;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::GivenFile;
use crate::integrity::flaw_verdict::container_remarks;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::judgement::Stage;
use crate::integrity::judgement::Strictness;
use crate::integrity::listed_by::ListedBy;
use crate::integrity::listing::Entry;
use crate::integrity::listing::Listing;
use crate::integrity::listing::Listings;
use crate::integrity::location::Location;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::LogName;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::Timestamp;

/// All that a log's verdict is taken from.
pub(crate) struct LogJudge<'j, 'a> {
    /// The key of each digest, as verdicts state it.
    pub(crate) keys: Vec<ListedBy>,
    pub(crate) digests: &'j Digests<'a>,
    pub(crate) verdicts: &'j [DigestVerdict<'a>],
    pub(crate) listings: &'j Listings<'a>,
    pub(crate) strictness: Strictness,
    pub(crate) stage: Stage,
}

impl<'a> LogJudge<'_, 'a> {
    /// One file taken for this entry; `first` is the file that stands for the entry, if it is another one.
    pub(crate) fn judge(&self, entry: &Entry<'a>, standing: Location, file: &GivenFile, first: Option<&GivenFile>) -> Judged {
        let content = &file.facts.content;
        let Some(listing) = entry.listing_for(Some(&content.sha256)) else { return Judged::pending("") };
        let mut judged = self.judge_content(listing, file);
        let mut remarks = container_remarks(content);
        if standing.is_moved() {
            remarks.push(Remark::Moved);
        }
        if first.is_some_and(|first| first.facts.content.sha256 == content.sha256) {
            remarks.push(Remark::DuplicateOf(entry.place.key.clone()));
        }
        // A name is read once, when its file is admitted; only a renamed file's entry is read here.
        let parsed = (standing == Location::Renamed).then(|| ObjectKey::parse(&entry.place.key).kind);
        let name = match parsed.as_ref().unwrap_or(&file.name.kind) {
            KeyKind::Log(name) => Some(name),
            _ => None,
        };
        self.remark_on_listing(entry, listing, name, &mut remarks);
        self.remark_on_events(listing, file, name, &mut remarks);
        judged = judged.with_remarks(remarks);
        judged.listed_by = self.listed_by(entry);
        if self.strictness == Strictness::Strict { judged.when_strict() } else { judged }
    }

    /// A log that no file was found for; `None` where no proven digest lists it.
    pub(crate) fn judge_absent(&self, entry: &Entry<'a>) -> Option<Judged> {
        entry.listing_for(None).filter(|listing| listing.proven)?;
        let mut judged = self.stage.missing(Reason::NotFound.sentence());
        judged.listed_by = self.listed_by(entry);
        Some(judged)
    }

    /// The keys of the digests that list it, proven ones first.
    fn listed_by(&self, entry: &Entry<'_>) -> ListedBy {
        if let [listing] = &entry.listings[..] {
            return self.keys.get(listing.digest).cloned().unwrap_or_default();
        }
        let mut keys: Vec<String> = Vec::new();
        for listing in &entry.listings {
            let Some(given) = self.digests.get(listing.digest) else { continue };
            if !keys.contains(&given.digest.place.key) {
                keys.push(given.digest.place.key.clone());
            }
        }
        keys.into()
    }

    fn judge_content(&self, listing: &Listing<'_>, file: &GivenFile) -> Judged {
        let content = &file.facts.content;
        let fits = listing.hash == Some(content.sha256);
        if let Some(ContentFlaw::Unread(_) | ContentFlaw::NotRead) = content.flaw
            && let Some(judged) = judge_flaw(content, "log file")
        {
            return judged;
        }
        let Some(proof) = self.verdicts.get(listing.digest).and_then(|verdict| verdict.proof) else {
            let more = if fits && content.flaw.is_none() {
                " Its content is what that digest states."
            } else {
                " Its content is not what that digest states."
            };
            let reason = Reason::DigestUnproven;
            return Judged::not_valid(NotValid::Unproven, reason, format!("{}{more}", reason.sentence()));
        };
        if let Some(mut judged) = judge_flaw(content, "log file") {
            if judged.reason == Some(Reason::TrailingData) {
                let more = if fits {
                    " Without them its content is what was signed."
                } else {
                    " Even without them its content is not what was signed."
                };
                judged.message.to_mut().push_str(more);
            }
            return judged;
        }
        if fits {
            return Judged::valid(proof, "Its content is what a digest whose signature holds states.");
        }
        if is_odd_label(listing.logged.hash_algorithm.as_deref(), "SHA-256") {
            let reason = Reason::UnsupportedAlgorithm;
            return Judged::not_valid(NotValid::Unproven, reason, reason.sentence());
        }
        let whose = self.listings.with_hash(&content.sha256).map(|entry| format!(" It holds the bytes of {}", entry.place.key));
        let reason = Reason::HashMismatch;
        Judged::not_valid(NotValid::Invalid, reason, format!("{}{}", reason.sentence(), whose.unwrap_or_default()))
    }

    fn remark_on_listing(&self, entry: &Entry<'_>, listing: &Listing<'_>, name: Option<&LogName>, remarks: &mut Vec<Remark>) {
        let logged = listing.logged;
        if logged.hash.bytes().any(|byte| byte.is_ascii_uppercase()) {
            remarks.push(Remark::HashCase);
        }
        if is_odd_label(logged.hash_algorithm.as_deref(), "SHA-256") {
            remarks.push(Remark::AlgorithmLabel);
        }
        // What a disproven digest lists is not listed.
        if entry.listings.iter().filter(|listing| !self.is_disproven(listing.digest)).nth(1).is_some() {
            remarks.push(Remark::ListedTwice);
        }
        let Some(given) = self.digests.get(listing.digest) else { return };
        if let Some(name) = name {
            let early = name.stamp.plus(ROUNDING) < given.digest.start;
            let late = name.stamp.plus(-ROUNDING) > given.digest.end;
            if early || late {
                remarks.push(Remark::LateDelivery);
            }
            if let Some(chain) = &given.chain {
                if chain.account != name.account {
                    remarks.push(Remark::AccountDiffers);
                }
                if chain.region != name.region {
                    remarks.push(Remark::RegionDiffers);
                }
            }
        }
    }

    fn is_disproven(&self, digest: usize) -> bool {
        self.verdicts.get(digest).is_some_and(|verdict| verdict.judged.verdict == Verdict::Invalid)
    }

    fn remark_on_events(&self, listing: &Listing<'_>, file: &GivenFile, name: Option<&LogName>, remarks: &mut Vec<Remark>) {
        let facts = &file.facts;
        // The oldest and newest of an entry are whole seconds; events may carry milliseconds.
        let differs = |stated, seen| matches!((stated, seen), (Some(a), Some(b)) if seconds(a) != seconds(b));
        if differs(listing.logged.oldest_event, facts.oldest_event) || differs(listing.logged.newest_event, facts.newest_event) {
            remarks.push(Remark::EventTimesDiffer);
        }
        let Some(given) = self.digests.get(listing.digest) else { return };
        if facts.newest_event.is_some_and(|newest| newest > given.digest.end) {
            remarks.push(Remark::EventTimeOutsideWindow);
        }
        if let Some(name) = name {
            if facts.accounts.iter().any(|account| *account != name.account) {
                remarks.push(Remark::AccountDiffers);
            }
            if facts.regions.iter().any(|region| *region != name.region) {
                remarks.push(Remark::RegionDiffers);
            }
        }
    }
}

fn seconds(time: Timestamp) -> i64 {
    time.0.div_euclid(1000)
}

/// The stamp in a log's name is its delivery rounded to five minutes, both ways.
pub(crate) const ROUNDING: i64 = 5 * 60 * 1000;
