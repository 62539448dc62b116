//! The smallest set of digests, signatures and keys that proves some logs alone, without the rest of the trail.
//!
//! Whatever can be said of those logs among all files can then be said of them in the set: a digest that lists a log, every digest between
//! the first and the last needed of its chain (so that no gap seems to open), and of siblings enough that none seems to have ended early.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::integrity::digest_verdict::judge_digests;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::fingerprint;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::unpacked;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Strictness;
use crate::integrity::keys::PublicKey;
use crate::integrity::location::base_of;
use crate::integrity::report::LogRow;
use crate::integrity::signature::GivenSignature;
use crate::integrity::verdict::Verdict;
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
    /// A signature for each digest that has one; those that fail too, as they are evidence.
    pub signatures: BTreeSet<GivenSignature>,
    /// The keys that those digests name.
    pub keys: BTreeSet<PublicKey>,
    /// Logs that those digests list, that are at hand, and that do not travel.
    pub left_out: BTreeSet<Place>,
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
            needed.contains(index) || given.chain.as_ref().is_some_and(|chain| travels(chain, given.digest.end))
        };
        let chosen: Vec<(usize, &GivenDigest<'_>)> = digests.all.iter().enumerate().filter(is_in).collect();
        let mut set = ProofSet {
            digests: chosen.iter().filter_map(|(_, given)| given.files.first()).map(|file| file.facts.id).collect(),
            ..ProofSet::default()
        };
        // Files at a digest's name that cannot be read are evidence as well.
        for file in self.files.values().filter(|file| matches!(file.facts.kind, FileKind::Digest(Err(_)))) {
            if let KeyKind::Digest(name) = &file.name.kind
                && travels(&name.chain, name.end)
            {
                set.digests.insert(file.facts.id);
            }
        }
        self.add_signatures(&digests, &chosen, &mut set);
        let fingerprints: HashSet<String> = chosen.iter().map(|(_, given)| fingerprint(given)).collect();
        set.keys = self.ring.iter().filter(|key| fingerprints.contains(&key.fingerprint)).cloned().collect();
        set.left_out = self.left_out(judgement, files, &chosen);
        set
    }

    /// The digests that speak of these files: those that list them, and for what is not proven those around its time.
    fn needed(&self, digests: &Digests<'_>, judgement: &Judgement, files: &BTreeSet<FileId>) -> BTreeSet<usize> {
        let mut at_key: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut at_home: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (index, given) in digests.all.iter().enumerate() {
            at_key.entry(&given.digest.place.key).or_default().push(index);
            if let Some(chain) = given.chain.as_ref().filter(|chain| chain.kind == ChainKind::Hourly) {
                at_home.entry((&chain.account, &chain.region)).or_default().push(index);
            }
        }
        let mut needed = BTreeSet::new();
        for id in files {
            let Some(judged) = judgement.files.get(id.index()).and_then(Option::as_ref) else { continue };
            judged.listed_by.iter().filter_map(|key| at_key.get(key.as_str())).for_each(|found| needed.extend(found));
            let Some(file) = self.files.get(id).filter(|_| judged.verdict != Verdict::Valid) else { continue };
            if let KeyKind::Log(name) = &file.name.kind
                && let Some(around) = at_home.get(&(name.account.as_str(), name.region.as_str()))
            {
                needed.extend(neighbours(digests, around, name.stamp));
            }
        }
        needed
    }

    fn add_signatures(&self, digests: &Digests<'_>, chosen: &[(usize, &GivenDigest<'_>)], set: &mut ProofSet) {
        let verdicts = judge_digests(self, digests, Strictness::Content);
        let bases: HashSet<&str> = chosen.iter().map(|(_, given)| unpacked(base_of(&given.digest.place.key))).collect();
        let is_of_these = |given: &&GivenSignature| given.place().is_some_and(|(_, key)| bases.contains(unpacked(base_of(key))));
        set.signatures = self.signatures.iter().filter(is_of_these).map(|given| given.clone().unsourced()).collect();
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

    fn left_out(&self, judgement: &Judgement, files: &BTreeSet<FileId>, chosen: &[(usize, &GivenDigest<'_>)]) -> BTreeSet<Place> {
        let keys: HashSet<&str> = chosen.iter().map(|(_, given)| given.digest.place.key.as_str()).collect();
        let carried: HashSet<&str> = files.iter().filter_map(|id| self.files.get(id)).map(|file| file.facts.source.as_str()).collect();
        let listed = || judgement.report.logs.iter().filter(|row| row.listed_by.iter().any(|key| keys.contains(key.as_str())));
        let place = |row: &LogRow| Some(Place { bucket: row.bucket.clone()?, key: row.key.clone()? });
        let is_carried = |row: &&LogRow| row.source.as_deref().is_some_and(|source| carried.contains(source));
        let kept: HashSet<Place> = listed().filter(is_carried).filter_map(place).collect();
        listed().filter(|row| row.source.is_some()).filter_map(place).filter(|place| !kept.contains(place)).collect()
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
fn runs<'a>(digests: &'a Digests<'_>, needed: &BTreeSet<usize>) -> HashMap<&'a ChainId, Run> {
    let mut runs: HashMap<&ChainId, Run> = HashMap::new();
    let mut trails: BTreeMap<TrailOf<'a>, (BTreeSet<&str>, BTreeSet<&str>, Timestamp)> = BTreeMap::new();
    for given in needed.iter().filter_map(|index| digests.get(*index)) {
        let Some(chain) = &given.chain else { continue };
        let end = given.digest.end;
        let run = runs.entry(chain).or_insert(Run { first: end, last: end });
        (run.first, run.last) = (run.first.min(end), run.last.max(end));
        if chain.kind == ChainKind::Hourly {
            let (accounts, regions, last) = trails.entry(trail_of(chain)).or_insert((BTreeSet::new(), BTreeSet::new(), end));
            accounts.insert(&chain.account);
            regions.insert(&chain.region);
            *last = end.max(*last);
        }
    }
    let mut ends: BTreeMap<&ChainId, Vec<Timestamp>> = BTreeMap::new();
    for given in &digests.all {
        let Some(chain) = given.chain.as_ref().filter(|chain| chain.kind == ChainKind::Hourly) else { continue };
        let is_looked_for = |(accounts, regions, _): &(BTreeSet<&str>, BTreeSet<&str>, Timestamp)| {
            accounts.contains(chain.account.as_str()) && regions.contains(chain.region.as_str())
        };
        if trails.get(&trail_of(chain)).is_some_and(is_looked_for) {
            ends.entry(chain).or_default().push(given.digest.end);
        }
    }
    for (trail, (.., last)) in &trails {
        let of_trail: Vec<(&ChainId, &Vec<Timestamp>)> =
            ends.iter().filter(|(chain, _)| trail_of(chain) == *trail).map(|(a, b)| (*a, b)).collect();
        for (chain, end) in common_end(&of_trail, *last) {
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
