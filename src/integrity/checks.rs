//! The signature checks that are due: of digests with whatever may be their signatures, and of what links state.

use std::collections::BTreeMap;

use crate::integrity::digests::Answer;
use crate::integrity::digests::Candidate;
use crate::integrity::digests::CandidateSource;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::answer;
use crate::integrity::digests::fingerprint;
use crate::integrity::digests::subject;
use crate::integrity::evidence::About;
use crate::integrity::evidence::CheckState;
use crate::integrity::evidence::CheckSubject;
use crate::integrity::evidence::Evidence;
use crate::integrity::keys::PublicKey;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckResult;
use crate::integrity::signature::SignatureCheck;
use crate::integrity::signature::string_to_sign;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

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
