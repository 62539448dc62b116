//! The smallest set of digests, signatures and keys that proves some logs alone, without the rest of the trail.
//!
//! Whatever can be said of those logs among all files can then be said of them in the set: a digest that lists a log, every digest between
//! the first and the last needed of its chain (so that no gap seems to open), and of siblings enough that none seems to have ended early.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::integrity::content::ContentFlaw;
use crate::integrity::digest_verdict::judge_digests;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::fingerprint;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Strictness;
use crate::integrity::keys::PublicKey;
use crate::integrity::location::base_of;
use crate::integrity::pace::Pace;
use crate::integrity::report::LogRow;
use crate::integrity::signature::GivenSignature;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::ids::FileId;
use crate::trail::object_key::KeyKind;
use crate::trail::time::Timestamp;

/// What has to travel with some logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofSet {
    /// The files of the digests.
    pub digests: BTreeSet<FileId>,
    /// The sign files of Lake queries that list such files, and the other results of those queries: without them these would be missing.
    pub lake: BTreeSet<FileId>,
    /// A signature for each digest that has one; those that fail too, as they are evidence.
    pub signatures: BTreeSet<GivenSignature>,
    /// The keys that those digests name.
    pub keys: BTreeSet<PublicKey>,
    /// Logs that those digests list, that are at hand, and that do not travel.
    pub left_out: Vec<Place>,
}

/// Name and home Region: accounts that share both are looked at together, be they one organization's or not.
type TrailOf<'a> = (&'a str, &'a str);

/// Which of a chain's digests travel: by the end of their windows.
#[derive(Clone, Copy)]
struct Run {
    first: Timestamp,
    last: Timestamp,
}

impl Evidence {
    /// What has to travel with these files.
    #[must_use]
    pub fn proof_set(&self, judgement: &Judgement, files: &BTreeSet<FileId>) -> ProofSet {
        let digests = Digests::of(self);
        let needed = self.needed(&digests, judgement, files);
        let runs = runs(&digests, &needed);
        let travels = |chain: &ChainId, end: Timestamp| {
            let of_kind = |run: &Run| chain.kind == ChainKind::Backfill || (run.first <= end && end <= run.last);
            runs.get(chain).is_some_and(of_kind)
        };
        let is_in = |(index, given): &(usize, &GivenDigest<'_>)| {
            needed.get(*index) == Some(&true) || given.chain.as_ref().is_some_and(|chain| travels(chain, given.digest.end))
        };
        let chosen: Vec<(usize, &GivenDigest<'_>)> = digests.all.iter().enumerate().filter(is_in).collect();
        let mut set = ProofSet::default();
        set.digests.extend(chosen.iter().filter_map(|(_, given)| given.files.first()).map(|file| file.facts.id));
        // Files at a digest's name that cannot be read are evidence as well.
        let is_unread = |file: &GivenFile| file.facts.content.flaw == Some(ContentFlaw::NotRead);
        for file in self.files().filter(|file| matches!(file.facts.kind, FileKind::Digest(Err(_))) && !is_unread(file)) {
            if let KeyKind::Digest(name) = &file.name.kind
                && travels(&name.chain, name.end)
            {
                set.digests.insert(file.facts.id);
            }
        }
        self.add_signatures(&digests, &chosen, &mut set);
        let of_lake = self.add_lake(judgement, files, &mut set);
        let named = chosen.iter().map(|(_, given)| fingerprint(given)).chain(of_lake);
        let fingerprints: Vec<String> = named.fold(Vec::new(), |mut known, new| {
            if !known.contains(&new) {
                known.push(new);
            }
            known
        });
        set.keys.extend(self.ring.iter().filter(|key| fingerprints.contains(&key.fingerprint)).cloned());
        set.left_out = self.left_out(judgement, files, &chosen);
        set
    }

    /// The digests that speak of these files, by their places: those that list them, and for what is not proven those around its time.
    fn needed(&self, digests: &Digests<'_>, judgement: &Judgement, files: &BTreeSet<FileId>) -> Vec<bool> {
        let mut listing: HashSet<&str> = HashSet::new();
        let mut open = Vec::new();
        for id in files {
            let Some(judged) = judgement.files.get(id.index()).and_then(Option::as_ref) else { continue };
            listing.extend(judged.listed_by.iter().map(String::as_str));
            if let (Some(file), true) = (self.file(*id), judged.verdict != Verdict::Valid)
                && let KeyKind::Log(name) = &file.name.kind
            {
                open.push(name);
            }
        }
        let mut needed: Vec<bool> = digests.all.iter().map(|given| listing.contains(given.digest.place.key.as_str())).collect();
        // Looked for place by place: thousands of logs that are not proven lie in few Regions.
        arrange(&mut open, |a, b| (&a.account, &a.region, a.stamp).cmp(&(&b.account, &b.region, b.stamp)));
        for of_place in open.chunk_by(|a, b| (&a.account, &a.region) == (&b.account, &b.region)) {
            let Some(first) = of_place.first() else { continue };
            let is_here =
                |chain: &ChainId| chain.kind == ChainKind::Hourly && chain.account == first.account && chain.region == first.region;
            let all = digests.all.iter().enumerate();
            let around: Vec<usize> = all.filter(|(_, given)| given.chain.as_ref().is_some_and(is_here)).map(|(index, _)| index).collect();
            let mut last = None;
            for stamp in of_place.iter().map(|name| name.stamp).filter(|stamp| last.replace(*stamp) != Some(*stamp)) {
                for index in neighbours(digests, &around, stamp) {
                    needed.get_mut(index).into_iter().for_each(|needed| *needed = true);
                }
            }
        }
        needed
    }

    fn add_signatures(&self, digests: &Digests<'_>, chosen: &[(usize, &GivenDigest<'_>)], set: &mut ProofSet) {
        let pace = Pace::default();
        let verdicts = pace.all(judge_digests(self, digests, Strictness::Content, &pace));
        let bases: HashSet<&str> = chosen.iter().map(|(_, given)| unpacked(base_of(&given.digest.place.key))).collect();
        let is_of_these = |given: &&GivenSignature| given.place().is_some_and(|(_, key)| bases.contains(unpacked(base_of(key))));
        set.signatures.extend(self.signatures.iter().filter(is_of_these).map(|given| given.clone().unsourced()));
        for (index, given) in chosen {
            let Some(proof) = verdicts.get(*index).and_then(|verdict| verdict.proof) else { continue };
            if !set.signatures.iter().any(|known| known.signature.eq_ignore_ascii_case(proof.signature())) {
                let Place { bucket, key } = &given.digest.place;
                set.signatures.insert(GivenSignature {
                    key: Some(format!("s3://{bucket}/{key}")),
                    signature: proof.signature().to_owned(),
                    algorithm: given.digest.signature_algorithm.clone(),
                    generated: None,
                    source: String::new(),
                });
            }
        }
    }

    /// Adds what proves query results of Lake; returns the fingerprints of the keys that their sign files name.
    fn add_lake(&self, judgement: &Judgement, files: &BTreeSet<FileId>, set: &mut ProofSet) -> Vec<String> {
        let of_file = |id: &FileId| judgement.files.get(id.index()).and_then(Option::as_ref).map(|judged| &judged.listed_by);
        let listing: Vec<&String> = files.iter().filter_map(of_file).flat_map(|listed_by| listed_by.iter()).collect();
        let signs = self.lake_signs().filter(|(file, _)| listing.contains(&&file.facts.source));
        let (ids, fingerprints): (Vec<FileId>, Vec<String>) = signs.map(|(file, sign)| (file.facts.id, sign.fingerprint.clone())).unzip();
        if !ids.is_empty() {
            let is_beside = |id: &FileId| of_file(id).is_some_and(|listed_by| listed_by.iter().any(|sign| listing.contains(&sign)));
            let results = self.files().filter(|file| file.facts.stored_sha256.is_some()).map(|file| file.facts.id).filter(is_beside);
            set.lake.extend(ids.into_iter().chain(results).filter(|id| !files.contains(id)));
        }
        fingerprints
    }

    fn left_out(&self, judgement: &Judgement, files: &BTreeSet<FileId>, chosen: &[(usize, &GivenDigest<'_>)]) -> Vec<Place> {
        let keys: HashSet<&str> = chosen.iter().map(|(_, given)| given.digest.place.key.as_str()).collect();
        let carried: HashSet<&str> = files.iter().filter_map(|id| self.file(*id)).map(|file| file.facts.source.as_str()).collect();
        let listed: Vec<&LogRow> = judgement
            .report
            .logs
            .iter()
            .filter(|row| row.source.is_some() && row.listed_by.iter().any(|key| keys.contains(key.as_str())))
            .collect();
        let place = |row: &LogRow| Some(Place { bucket: row.bucket.clone()?, key: row.key.clone()? });
        let is_carried = |row: &LogRow| row.source.as_deref().is_some_and(|source| carried.contains(source));
        let mut known: HashSet<Place> = listed.iter().filter(|row| is_carried(row)).filter_map(|row| place(row)).collect();
        listed.iter().filter_map(|row| place(row)).filter(|place| known.insert(place.clone())).collect()
    }
}

/// The digests whose windows touch this time, and the next ones on either side: enough to say again how the time is covered.
fn neighbours(digests: &Digests<'_>, around: &[usize], stamp: Timestamp) -> Vec<usize> {
    let of = |index: &usize| digests.get(*index).map(|given| (given.digest.start, given.digest.end));
    let touches = |index: &usize| of(index).is_some_and(|(start, end)| start.plus(-MARGIN) <= stamp && stamp <= end.plus(MARGIN));
    let before =
        around.iter().filter(|index| of(index).is_some_and(|(_, end)| end < stamp)).max_by_key(|index| of(index).map(|(_, end)| end));
    let after = around.iter().filter(|index| of(index).is_some_and(|(start, _)| start > stamp)).min_by_key(|index| of(index));
    around.iter().filter(|index| touches(index)).chain(before).chain(after).copied().collect()
}

/// From the first needed digest of each chain to the last of its trail; and of chains that an auditor would look for, as they share
/// account and Region with those, at least the newest digest.
fn runs<'a>(digests: &'a Digests<'_>, needed: &[bool]) -> HashMap<&'a ChainId, Run> {
    let mut runs: HashMap<&ChainId, Run> = HashMap::new();
    for (given, _) in digests.all.iter().zip(needed).filter(|(_, needed)| **needed) {
        let Some(chain) = &given.chain else { continue };
        let end = given.digest.end;
        let run = runs.entry(chain).or_insert(Run { first: end, last: end });
        (run.first, run.last) = (run.first.min(end), run.last.max(end));
    }
    let hourly = || {
        digests
            .all
            .iter()
            .filter_map(|given| Some((given.chain.as_ref()?, given.digest.end)))
            .filter(|(chain, _)| chain.kind == ChainKind::Hourly)
    };
    let mut ends: HashMap<&ChainId, Vec<Timestamp>> = HashMap::new();
    hourly().for_each(|(chain, end)| ends.entry(chain).or_default().push(end));
    let needed: Vec<(&ChainId, Run)> =
        runs.iter().filter(|(chain, _)| chain.kind == ChainKind::Hourly).map(|(chain, run)| (*chain, *run)).collect();
    for (one, _) in &needed {
        let of_trail = || needed.iter().filter(|(other, _)| trail_of(other) == trail_of(one));
        // Each trail once, by the first of its chains.
        let is_looked_for = |chain: &ChainId| {
            trail_of(chain) == trail_of(one)
                && of_trail().any(|(other, _)| other.account == chain.account)
                && of_trail().any(|(other, _)| other.region == chain.region)
        };
        if of_trail().next().is_none_or(|(first, _)| first != one) {
            continue;
        }
        let Some(last) = of_trail().map(|(_, run)| run.last).max() else { continue };
        let chains: Vec<(&ChainId, &Vec<Timestamp>)> =
            ends.iter().filter(|(chain, _)| is_looked_for(chain)).map(|(chain, ends)| (*chain, ends)).collect();
        for (chain, end) in common_end(&chains, last) {
            let run = runs.entry(chain).or_insert(Run { first: end, last: end });
            run.last = run.last.max(end);
        }
    }
    runs
}

/// Where the chains of a trail end together, each given with the ends of its digests: a chain that has lost the digest there goes on to
/// the next one, and then the others do too.
fn common_end<'a>(chains: &[(&'a ChainId, &Vec<Timestamp>)], mut last: Timestamp) -> Vec<(&'a ChainId, Timestamp)> {
    loop {
        let end_of = |ends: &Vec<Timestamp>| {
            let newest = ends.iter().copied().take_while(|end| *end <= last).last();
            let next = ends.iter().copied().find(|end| *end > last);
            let is_early = newest.is_none_or(|newest| last.since(newest) >= LAG);
            next.filter(|_| is_early).or(newest)
        };
        let found: Vec<(&ChainId, Timestamp)> = chains.iter().filter_map(|(chain, ends)| Some((*chain, end_of(ends)?))).collect();
        match found.iter().map(|(_, end)| *end).max() {
            Some(later) if later > last => last = later,
            _ => return found,
        }
    }
}

fn trail_of(chain: &ChainId) -> TrailOf<'_> {
    (&chain.trail, &chain.home_region)
}

impl GivenSignature {
    fn unsourced(self) -> Self {
        Self { source: String::new(), ..self }
    }
}

/// A chain that ends so much before its siblings seems to have ended early.
const LAG: i64 = 1_800_000;
/// A log's stamp is rounded to five minutes both ways.
const MARGIN: i64 = 600_000;
