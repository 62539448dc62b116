//! The digests given, each content once, and the signatures that may prove them.

use std::collections::BTreeMap;
use std::collections::HashMap;

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
use crate::integrity::signature::SignatureCheck;
use crate::integrity::signature::SignedDigest;
use crate::integrity::signature::string_to_sign;
use crate::trail::arrange::arrange;
use crate::trail::digest::DigestFile;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

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
        let mut by_content: BTreeMap<Sha256, GivenDigest<'a>> = BTreeMap::new();
        for file in evidence.digest_files() {
            let FileKind::Digest(Ok(digest)) = &file.facts.kind else { continue };
            let content = file.facts.content.sha256;
            let new = || GivenDigest { digest, content, chain: digest.chain(), files: Vec::new() };
            by_content.entry(content).or_insert_with(new).files.push(file);
        }
        let mut digests = Self { all: by_content.into_values().collect(), ..Self::default() };
        arrange(&mut digests.all, |a, b| (a.digest.end, a.digest.start, a.content).cmp(&(b.digest.end, b.digest.start, b.content)));
        for given in &mut digests.all {
            // A file with a flaw never stands for the digest while a sound copy is there.
            let digest = given.digest;
            let fitness = |file: &&GivenFile| (file.facts.content.flaw.is_some(), standing(file, &digest.place));
            arrange(&mut given.files, |a, b| fitness(a).cmp(&fitness(b)));
        }
        digests.index(evidence);
        digests
    }

    fn index(&mut self, evidence: &'a Evidence) {
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
        arrange(&mut all, Ord::cmp);
        all.dedup();
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
        if let Some(proof) = evidence.proofs.get(&subject) {
            return Answer::Holds(proof);
        }
        results.push(evidence.checks.get(&subject).copied());
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

impl Evidence {
    /// The checks that are due and were not handed out before.
    pub fn take_checks(&mut self) -> Vec<SignatureCheck> {
        if !self.checks_are_due() {
            return Vec::new();
        }
        let due = due_checks(self);
        self.hand_out(due)
    }
}

/// The checks that were not yet handed out. Signatures without a key wait until nothing else is left to prove a digest.
fn due_checks(evidence: &Evidence) -> Vec<(CheckSubject, SignatureCheck)> {
    let digests = Digests::of(evidence);
    let mut due = BTreeMap::new();
    for given in &digests.all {
        let candidates = digests.candidates(given);
        let mut settled = true;
        let mut holds = false;
        for candidate in candidates {
            match answer(evidence, given, candidate.signature) {
                Answer::Holds(_) => holds = true,
                Answer::Open => settled = false,
                Answer::Fails | Answer::Malformed => {}
            }
            add_checks(evidence, given, candidate, &mut due);
            if let CandidateSource::Successor(next) = candidate.source
                && let Some(link) = digests.get(next).and_then(|next| Link::of(next, given))
            {
                link.add_checks(evidence, given, candidate, &mut due);
            }
        }
        if settled && !holds {
            digests.keyless().for_each(|candidate| add_checks(evidence, given, candidate, &mut due));
        }
    }
    due.extend(evidence.lake_signs().flat_map(|(file, sign)| sign.due_checks(file.facts.id, evidence)));
    due.into_iter().collect()
}

fn add_checks(evidence: &Evidence, given: &GivenDigest<'_>, candidate: Candidate<'_>, due: &mut BTreeMap<CheckSubject, SignatureCheck>) {
    for key in evidence.ring.usable(&fingerprint(given)) {
        let subject = subject(given, candidate.signature, key);
        let Some(file) = given.files.first().filter(|_| !evidence.checks.contains_key(&subject)) else { continue };
        let job = SignatureCheck {
            id: 0,
            digest: file.facts.id,
            content: given.content,
            string_to_sign: string_to_sign(given.digest, given.content),
            signature: subject.signature.clone(),
            key_der: key.value_der.clone(),
            fingerprint: key.fingerprint.clone(),
            origin: candidate.source.origin(),
        };
        due.entry(subject).or_insert(job);
    }
}

fn subject(given: &GivenDigest<'_>, signature: &str, key: &PublicKey) -> CheckSubject {
    CheckSubject { about: About::Digest, content: given.content, signature: signature.to_ascii_lowercase(), key: key.value_der.clone() }
}

/// A link that states another content for a digest's place than the digest there has.
///
/// One of the two is a lie, and where neither is proven nobody could say which: a junk digest would accuse an honest one. But the
/// signature in the link is of the content that it states. If it holds for that, then CloudTrail signed something else for this place,
/// whoever wrote the digest with the link.
pub(crate) struct Link<'a> {
    signature: &'a str,
    string: String,
}

impl<'a> Link<'a> {
    /// `None` where the successor names another place, or this very content.
    pub(crate) fn of(successor: &GivenDigest<'a>, given: &GivenDigest<'_>) -> Option<Self> {
        let previous = successor.digest.previous.as_ref()?;
        let stated = previous.hash.as_deref().and_then(Sha256::parse)?;
        if previous.place != given.digest.place || stated == given.content {
            return None;
        }
        // The end of the window is also in the name, which is signed; the digest's own words are no longer to be trusted.
        let end = match ObjectKey::parse(&previous.place.key).kind {
            KeyKind::Digest(name) => name.end.to_string(),
            _ => given.digest.end_text.clone(),
        };
        let before = given.digest.previous_signature_text.as_deref().unwrap_or("null");
        let string = format!("{end}\n{}/{}\n{stated}\n{before}", previous.place.bucket, previous.place.key);
        Some(Self { signature: previous.signature.as_deref()?, string })
    }

    /// Whether a key of the digest's fingerprint has signed what the link states.
    pub(crate) fn is_signed(&self, evidence: &Evidence, given: &GivenDigest<'_>) -> bool {
        let holds = CheckState::Done(CheckResult::Holds);
        evidence.ring.usable(&fingerprint(given)).iter().any(|key| evidence.checks.get(&self.subject(key)) == Some(&holds))
    }

    fn add_checks(
        &self,
        evidence: &Evidence,
        given: &GivenDigest<'_>,
        candidate: Candidate<'_>,
        due: &mut BTreeMap<CheckSubject, SignatureCheck>,
    ) {
        for key in evidence.ring.usable(&fingerprint(given)) {
            let subject = self.subject(key);
            let Some(file) = given.files.first().filter(|_| !evidence.checks.contains_key(&subject)) else { continue };
            let job = SignatureCheck {
                id: 0,
                digest: file.facts.id,
                content: subject.content,
                string_to_sign: self.string.clone(),
                signature: subject.signature.clone(),
                key_der: key.value_der.clone(),
                fingerprint: key.fingerprint.clone(),
                origin: candidate.source.origin(),
            };
            due.entry(subject).or_insert(job);
        }
    }

    fn subject(&self, key: &PublicKey) -> CheckSubject {
        let content = Sha256::of(self.string.as_bytes());
        CheckSubject { about: About::Link, content, signature: self.signature.to_ascii_lowercase(), key: key.value_der.clone() }
    }
}
