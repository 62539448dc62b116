//! The digests given, each content once, and the signatures that may prove them.

use hashbrown::HashMap;

use crate::integrity::evidence::About;
use crate::integrity::evidence::CheckState;
use crate::integrity::evidence::CheckSubject;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::keys::PublicKey;
use crate::integrity::location::base_of;
use crate::integrity::location::standing;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckResult;
use crate::integrity::signature::GivenSignature;
use crate::integrity::signature::Origin;
use crate::integrity::signature::SignedDigest;
use crate::trail::arrange::arrange;
use crate::trail::digest::DigestFile;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;

/// One digest by its content; it may lie in several files.
#[derive(Debug)]
pub(crate) struct GivenDigest<'a> {
    pub(crate) digest: &'a DigestFile,
    pub(crate) content: Sha256,
    /// From the signed place.
    pub(crate) chain: Option<ChainId>,
    /// The file at the right place first.
    pub(crate) files: Vec<&'a GivenFile>,
}

/// All digests that can be read, oldest first, with who names whom.
#[derive(Debug, Default)]
pub(crate) struct Digests<'a> {
    pub(crate) all: Vec<GivenDigest<'a>>,
    at_place: HashMap<&'a Place, Vec<usize>>,
    by_content: HashMap<Sha256, usize>,
    naming_place: HashMap<&'a Place, Vec<usize>>,
    naming_hash: HashMap<Sha256, Vec<usize>>,
    stated: HashMap<String, Vec<&'a GivenSignature>>,
    keyless: Vec<&'a GivenSignature>,
}

/// A signature that may be a digest's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) signature: &'a str,
    pub(crate) source: CandidateSource<'a>,
}

/// Where a candidate comes from, which decides what its failing means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CandidateSource<'a> {
    /// Metadata given for this very key: if it fails, that counts.
    Stated(&'a GivenSignature),
    /// Metadata that does not say for which object, or for one of this name elsewhere: only its holding counts.
    Hint(&'a GivenSignature),
    /// A digest that names this one as its predecessor.
    Successor(usize),
}

/// What a candidate's check came to.
#[derive(Debug)]
pub(crate) enum Answer<'a> {
    Holds(&'a SignedDigest),
    Fails,
    Malformed,
    /// No usable key, or not yet checked.
    Open,
}

impl<'a> Digests<'a> {
    pub(crate) fn of(evidence: &'a Evidence) -> Self {
        let mut digests = Self::listed(evidence);
        digests.index(evidence);
        digests
    }

    /// Half of the work: nobody knows yet who names whom.
    pub(crate) fn listed(evidence: &'a Evidence) -> Self {
        let mut digests = Self::default();
        for file in evidence.digest_files() {
            let FileKind::Digest(Ok(digest)) = &file.facts.kind else { continue };
            let content = file.facts.content.sha256;
            // They come in the order of their contents.
            match digests.all.last_mut() {
                Some(last) if last.content == content => last.files.push(file),
                _ => digests.all.push(GivenDigest { digest, content, chain: digest.chain(), files: vec![file] }),
            }
        }
        arrange(&mut digests.all, |a, b| (a.digest.end, a.digest.start, a.content).cmp(&(b.digest.end, b.digest.start, b.content)));
        for given in digests.all.iter_mut().filter(|given| given.files.len() > 1) {
            // A file with a flaw never stands for the digest while a sound copy is there.
            let digest = given.digest;
            let fitness = |file: &&GivenFile| (file.facts.content.flaw.is_some(), standing(file, &digest.place));
            arrange(&mut given.files, |a, b| fitness(a).cmp(&fitness(b)));
        }
        digests
    }

    /// The other half.
    pub(crate) fn index(&mut self, evidence: &'a Evidence) {
        for (index, given) in self.all.iter().enumerate() {
            self.by_content.insert(given.content, index);
            self.at_place.entry(&given.digest.place).or_default().push(index);
            let Some(previous) = &given.digest.previous else { continue };
            self.naming_place.entry(&previous.place).or_default().push(index);
            if let Some(hash) = previous.hash.as_deref().and_then(Sha256::parse) {
                self.naming_hash.entry(hash).or_default().push(index);
            }
        }
        for signature in &evidence.signatures {
            match signature.place() {
                Some((_, key)) => self.stated.entry(unpacked(base_of(key)).to_owned()).or_default().push(signature),
                None => self.keyless.push(signature),
            }
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&GivenDigest<'a>> {
        self.all.get(index)
    }

    /// The digests that say they lie at this place; more than one where something is forged.
    pub(crate) fn at(&self, place: &Place) -> &[usize] {
        self.at_place.get(place).map_or(&[], Vec::as_slice)
    }

    /// The digests that name this place as their predecessor's.
    pub(crate) fn naming(&self, place: &Place) -> &[usize] {
        self.naming_place.get(place).map_or(&[], Vec::as_slice)
    }

    /// The digest with this content.
    pub(crate) fn with_content(&self, hash: Sha256) -> Option<usize> {
        self.by_content.get(&hash).copied()
    }

    /// Those that name this digest as their predecessor, by place or by hash, each once.
    pub(crate) fn successors(&self, given: &GivenDigest<'_>) -> Vec<usize> {
        let by_place = self.naming_place.get(&given.digest.place).map_or(&[][..], Vec::as_slice);
        let by_hash = self.naming_hash.get(&given.content).map_or(&[][..], Vec::as_slice);
        let mut all = [by_place, by_hash].concat();
        if all.len() > 1 {
            arrange(&mut all, Ord::cmp);
            all.dedup();
        }
        // One that names itself is a circle, not a successor.
        all.retain(|index| self.get(*index).is_some_and(|successor| successor.content != given.content));
        all
    }

    /// The signatures that may be this digest's, metadata first.
    pub(crate) fn candidates(&self, given: &GivenDigest<'_>) -> Vec<Candidate<'_>> {
        let place = &given.digest.place;
        let stated = self.stated.get(unpacked(base_of(&place.key))).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<_> = stated.iter().map(|signature| stated_candidate(signature, place)).collect();
        for index in self.successors(given) {
            let previous = self.get(index).and_then(|successor| successor.digest.previous.as_ref());
            if let Some(signature) = previous.and_then(|previous| previous.signature.as_deref()) {
                found.push(Candidate { signature, source: CandidateSource::Successor(index) });
            }
        }
        found
    }

    /// The names of objects whose metadata is given, unpacked.
    pub(crate) fn stated_names(&self) -> impl Iterator<Item = &str> {
        self.stated.keys().map(String::as_str)
    }

    /// Signatures that name no object: tried where nothing else holds.
    pub(crate) fn keyless(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.keyless.iter().map(|given| Candidate { signature: &given.signature, source: CandidateSource::Hint(given) })
    }
}

impl CandidateSource<'_> {
    pub(crate) fn origin(self) -> Origin {
        match self {
            Self::Stated(_) | Self::Hint(_) => Origin::Metadata,
            Self::Successor(_) => Origin::Successor,
        }
    }
}

/// `key` alone may be a whole key or just a name; a bucket that is stated has to fit.
fn stated_candidate<'a>(given: &'a GivenSignature, place: &Place) -> Candidate<'a> {
    let fits = given
        .place()
        .is_some_and(|(bucket, key)| bucket.is_none_or(|bucket| bucket == place.bucket) && (key == place.key || !key.contains('/')));
    let source = if fits { CandidateSource::Stated(given) } else { CandidateSource::Hint(given) };
    Candidate { signature: &given.signature, source }
}

/// What the checks of one candidate came to, over all keys of the digest's fingerprint.
pub(crate) fn answer<'a>(evidence: &'a Evidence, given: &GivenDigest<'_>, signature: &str) -> Answer<'a> {
    let mut results = Vec::new();
    for key in evidence.ring.usable(&fingerprint(given)) {
        let subject = subject(given, signature, key);
        let state = evidence.checks.get(&subject);
        if let Some(CheckState::Proven(proof)) = state {
            return Answer::Holds(proof);
        }
        results.push(state);
    }
    if results.is_empty() || results.iter().any(|state| !matches!(state, Some(CheckState::Done(_)))) {
        return Answer::Open;
    }
    let malformed = results.iter().all(|state| matches!(state, Some(CheckState::Done(CheckResult::Malformed))));
    if malformed { Answer::Malformed } else { Answer::Fails }
}

/// The fingerprint that a digest names, in the case in which keys are kept.
pub(crate) fn fingerprint(given: &GivenDigest<'_>) -> String {
    given.digest.fingerprint.to_ascii_lowercase()
}

/// What a check of this signature with this key is about.
pub(crate) fn subject(given: &GivenDigest<'_>, signature: &str, key: &PublicKey) -> CheckSubject {
    CheckSubject { about: About::Digest, content: given.content, signature: signature.to_ascii_lowercase(), key: key.value_der.clone() }
}
