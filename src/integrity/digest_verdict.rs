//! The verdict on each digest: what its signatures, its successors and its files say.

use crate::integrity::checks::Link;
use crate::integrity::digests::Answer;
use crate::integrity::digests::Candidate;
use crate::integrity::digests::CandidateSource;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::answer;
use crate::integrity::digests::fingerprint;
use crate::integrity::evidence::Evidence;
use crate::integrity::flaw_verdict::container_remarks;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::judgement::Strictness;
use crate::integrity::keys::KeyProblem;
use crate::integrity::location::standing;
use crate::integrity::pace::Pace;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::Origin;
use crate::integrity::signature::SignedDigest;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::trail::ids::ChainKind;
use crate::trail::time::HOUR;

/// What is said of one digest's content.
#[derive(Clone, Debug)]
pub(crate) struct DigestVerdict<'a> {
    pub(crate) judged: Judged,
    /// Only where the verdict is `valid`.
    pub(crate) proof: Option<&'a SignedDigest>,
    pub(crate) origin: Option<Origin>,
}

/// Verdicts on all digests, in the order of `digests.all`.
pub(crate) async fn judge_digests<'a>(
    evidence: &'a Evidence,
    digests: &Digests<'a>,
    strictness: Strictness,
    pace: &Pace,
) -> Vec<DigestVerdict<'a>> {
    let mut verdicts: Vec<Option<DigestVerdict<'a>>> = digests.all.iter().map(|_| None).collect();
    let mut entered = vec![false; digests.all.len()];
    // A successor is judged before its predecessor, since what a disproven one says does not count. Newest first makes this a
    // straight walk; the stack is for backfill chains, whose order is not that of their windows, and for cycles.
    for newest in (0..digests.all.len()).rev() {
        let mut stack = vec![newest];
        while let Some(index) = stack.last().copied() {
            let Some(given) = digests.get(index) else { break };
            pace.spend(DEAR).await;
            let first_time = entered.get_mut(index).is_some_and(|entered| !std::mem::replace(entered, true));
            let waiting = digests.successors(given).into_iter().filter(|next| entered.get(*next) == Some(&false));
            let before = stack.len();
            if first_time {
                stack.extend(waiting);
            }
            if stack.len() == before {
                stack.pop();
                let verdict = || judge_digest(evidence, digests, given, &verdicts, strictness);
                let verdict = verdicts.get(index).is_some_and(Option::is_none).then(verdict);
                if let Some(slot) = verdicts.get_mut(index).filter(|slot| slot.is_none()) {
                    *slot = verdict;
                }
            }
        }
    }
    verdicts.into_iter().flatten().collect()
}

fn judge_digest<'a>(
    evidence: &'a Evidence,
    digests: &Digests<'a>,
    given: &GivenDigest<'a>,
    verdicts: &[Option<DigestVerdict<'a>>],
    strictness: Strictness,
) -> DigestVerdict<'a> {
    let plain = |judged| DigestVerdict { judged, proof: None, origin: None };
    let Some(file) = given.files.first() else { return plain(Judged::pending(String::new())) };
    let trial = Trial::of(evidence, digests, given, verdicts);
    if let Some(mut judged) = judge_flaw(&file.facts.content, "digest") {
        if judged.reason == Some(Reason::TrailingData) {
            judged.message.to_mut().push_str(trial.without_tail());
        }
        return plain(judged);
    }
    let Some((proof, origin)) = trial.proof else {
        return plain(trial.unproven(evidence, given).with_remarks(container_remarks(&file.facts.content)));
    };
    let mut remarks = container_remarks(&file.facts.content);
    if standing(file, &given.digest.place).is_moved() {
        remarks.push(Remark::Moved);
    }
    if trial.metadata_fails {
        remarks.push(Remark::SignatureMetadataDiffers);
    }
    if trial.odd_label || is_odd_label(given.digest.signature_algorithm.as_deref(), "SHA256withRSA") {
        remarks.push(Remark::AlgorithmLabel);
    }
    if key_was_valid(evidence, digests, given) == Some(false) {
        remarks.push(Remark::KeyValidity);
    }
    let message = match origin {
        Origin::Metadata => "Its signature, from its S3 metadata, holds.",
        Origin::Successor => "Its signature, from the digest after it, holds.",
    };
    let judged = Judged::valid(proof, message.to_owned()).with_remarks(remarks);
    let judged = if strictness == Strictness::Strict { judged.when_strict() } else { judged };
    let proof = (judged.verdict == Verdict::Valid).then_some(proof);
    DigestVerdict { judged, proof, origin: Some(origin) }
}

/// What all candidates of one digest came to.
struct Trial<'a> {
    proof: Option<(&'a SignedDigest, Origin)>,
    metadata_fails: bool,
    odd_label: bool,
    failing: usize,
    malformed: usize,
    open: usize,
    /// A failing candidate was there, but only a digest that is itself not proven states it.
    discarded: usize,
    /// A failing candidate whose label is not CloudTrail's algorithm.
    unsupported: usize,
    /// A proven successor states another content for this place.
    link_differs: bool,
    /// A proven successor states this content for this place, and a signature that does not hold for it.
    link_signature_differs: bool,
}

impl<'a> Trial<'a> {
    fn of(evidence: &'a Evidence, digests: &Digests<'a>, given: &GivenDigest<'a>, verdicts: &[Option<DigestVerdict<'a>>]) -> Self {
        let link_differs = digests.successors(given).into_iter().any(|next| {
            let proven = verdicts.get(next).and_then(Option::as_ref).is_some_and(|verdict| verdict.proof.is_some());
            proven && digests.get(next).is_some_and(|successor| names_another_content(successor, given))
        });
        let mut trial = Self {
            proof: None,
            metadata_fails: false,
            odd_label: false,
            failing: 0,
            malformed: 0,
            open: 0,
            discarded: 0,
            unsupported: 0,
            link_differs,
            link_signature_differs: false,
        };
        for candidate in digests.candidates(given) {
            let mut weight = Weight::of(candidate.source, verdicts);
            if let CandidateSource::Successor(next) = candidate.source
                && digests.get(next).and_then(|next| Link::of(next, given)).is_some_and(|link| link.is_signed(evidence, given))
            {
                weight = Weight::Counts;
            }
            let answer = answer(evidence, given, candidate.signature);
            if let (CandidateSource::Successor(next), Weight::Counts, Answer::Fails | Answer::Malformed) =
                (candidate.source, weight, &answer)
            {
                trial.link_signature_differs |= digests.get(next).is_some_and(|successor| names_this_content(successor, given));
            }
            trial.hear(candidate, answer, weight);
        }
        if trial.proof.is_none() {
            for candidate in digests.keyless() {
                trial.hear(candidate, answer(evidence, given, candidate.signature), Weight::Nothing);
            }
        }
        trial
    }

    fn hear(&mut self, candidate: Candidate<'_>, answer: Answer<'a>, weight: Weight) {
        let stated = matches!(candidate.source, CandidateSource::Stated(_));
        match (answer, candidate.source) {
            (Answer::Holds(proof), source) => {
                if let CandidateSource::Stated(given) | CandidateSource::Hint(given) = source {
                    self.odd_label |= is_odd_label(given.algorithm.as_deref(), "SHA256withRSA");
                }
                self.proof = self.proof.or_else(|| Some((proof, source.origin())));
            }
            (_, CandidateSource::Hint(_)) => {}
            (Answer::Fails | Answer::Malformed, _) if weight == Weight::Nothing => self.discarded += 1,
            (Answer::Fails, CandidateSource::Stated(given)) if is_odd_label(given.algorithm.as_deref(), "SHA256withRSA") => {
                self.unsupported += 1;
                self.metadata_fails = true;
            }
            (Answer::Fails, _) => {
                self.failing += 1;
                self.metadata_fails |= stated;
            }
            (Answer::Malformed, _) => {
                self.malformed += 1;
                self.metadata_fails |= stated;
            }
            (Answer::Open, _) => self.open += 1,
        }
    }

    /// Of a digest with bytes after its content: what it would be without them.
    fn without_tail(&self) -> &'static str {
        match (self.proof.is_some(), self.failing + self.malformed > 0 || self.link_differs) {
            (true, _) => " Without them its signature holds.",
            (false, true) => " Even without them its signature does not hold.",
            (false, false) => " Whether its signature holds without them cannot be told: no key or no signature was given.",
        }
    }

    /// The verdict where no signature holds.
    fn unproven(&self, evidence: &Evidence, given: &GivenDigest<'_>) -> Judged {
        let fingerprint = fingerprint(given);
        let unproven = |reason: Reason, more: &str| Judged::not_valid(NotValid::Unproven, reason, format!("{}{more}", reason.sentence()));
        let invalid = |reason: Reason| Judged::not_valid(NotValid::Invalid, reason, reason.sentence().to_owned());
        if evidence.ring.usable(&fingerprint).is_empty() {
            if self.link_differs {
                return invalid(Reason::LinkMismatch);
            }
            return match evidence.ring.problem(&fingerprint) {
                Some(KeyProblem::KeyMismatch) => {
                    unproven(Reason::KeyUnusable, &format!(" Its bytes do not have that fingerprint: {fingerprint}"))
                }
                Some(KeyProblem::KeyUnusable) => {
                    unproven(Reason::KeyUnusable, &format!(" It is no RSA key of 2048 bits with exponent 65537: {fingerprint}"))
                }
                None => unproven(
                    Reason::KeyUnknown,
                    &format!(" Add the output of `aws cloudtrail list-public-keys` for its Region and time: {fingerprint}"),
                ),
            };
        }
        // A label may excuse a signature that does not hold; it excuses no content that a proven digest contradicts.
        let excused = is_odd_label(given.digest.signature_algorithm.as_deref(), "SHA256withRSA") && !self.link_differs;
        if excused && self.failing + self.malformed > 0 || self.unsupported > 0 && self.failing + self.malformed == 0 && !self.link_differs
        {
            return unproven(Reason::UnsupportedAlgorithm, "");
        }
        // Its content is what its successor states; what fails is the signature there, and no other was given.
        if self.link_signature_differs && !self.metadata_fails {
            let message = "The digest after it, whose signature holds, carries a signature for it that does not hold.";
            return Judged::not_valid(NotValid::Invalid, Reason::LinkMismatch, message.to_owned());
        }
        if self.link_differs && self.failing + self.malformed == 0 {
            return invalid(Reason::LinkMismatch);
        }
        if self.failing + self.malformed > 0 {
            return invalid(if self.failing > 0 { Reason::SignatureMismatch } else { Reason::SignatureMalformed });
        }
        if self.open > 0 {
            return unproven(Reason::NoSignature, " A signature was given, but it was not checked to the end.");
        }
        let more = if self.discarded > 0 {
            " The digest after it carries a signature that does not hold for it, but is itself not proven, so its word does not count."
        } else {
            ""
        };
        unproven(Reason::NoSignature, more)
    }
}

/// Whether the key was valid when the digest was signed; `None` where nobody knows.
pub(crate) fn key_was_valid(evidence: &Evidence, digests: &Digests<'_>, given: &GivenDigest<'_>) -> Option<bool> {
    // A backfill digest is signed when it is made, with the key of that time; its window is the old hour's.
    let is_backfill = given.chain.as_ref().is_some_and(|chain| chain.kind == ChainKind::Backfill);
    let generated = digests.candidates(given).into_iter().find_map(|candidate| match candidate.source {
        CandidateSource::Stated(signature) => signature.generated,
        _ => None,
    });
    // A digest is signed some time after its window ends, and keys change in between: the AWS CLI asks for the keys of two hours more,
    // and of one hour around the making of a backfill digest.
    let (from, to) = if is_backfill {
        let made = generated?;
        (made.plus(-HOUR), made.plus(HOUR))
    } else {
        (given.digest.end, given.digest.end.plus(2 * HOUR))
    };
    let known: Vec<_> = evidence.ring.usable(&fingerprint(given)).iter().filter_map(|key| key.is_valid_within(from, to)).collect();
    (!known.is_empty()).then(|| known.contains(&true))
}

/// Whether a label is there and is not what CloudTrail writes.
pub(crate) fn is_odd_label(label: Option<&str>, expected: &str) -> bool {
    label.is_some_and(|label| !label.eq_ignore_ascii_case(expected))
}

fn names_another_content(successor: &GivenDigest<'_>, given: &GivenDigest<'_>) -> bool {
    content_stated(successor, given).is_some_and(|hash| hash != given.content)
}

fn names_this_content(successor: &GivenDigest<'_>, given: &GivenDigest<'_>) -> bool {
    content_stated(successor, given) == Some(given.content)
}

/// What a digest that follows states for this one's place.
fn content_stated(successor: &GivenDigest<'_>, given: &GivenDigest<'_>) -> Option<Sha256> {
    let previous = successor.digest.previous.as_ref().filter(|previous| previous.place == given.digest.place)?;
    previous.hash.as_deref().and_then(Sha256::parse)
}

/// What a candidate's failing says against a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Counts,
    Nothing,
}

impl Weight {
    /// Metadata is the digest's own. A successor's word counts only where its signature holds: whoever can put files into a bucket could
    /// otherwise make an honest newest digest look forged, by a junk digest that names it.
    fn of(source: CandidateSource<'_>, verdicts: &[Option<DigestVerdict<'_>>]) -> Self {
        let proven = |next: usize| verdicts.get(next).and_then(Option::as_ref).is_some_and(|verdict| verdict.proof.is_some());
        match source {
            CandidateSource::Stated(_) => Self::Counts,
            CandidateSource::Successor(next) if proven(next) => Self::Counts,
            CandidateSource::Successor(_) | CandidateSource::Hint(_) => Self::Nothing,
        }
    }
}

/// A digest is judged in the time of so many numbers.
const DEAR: usize = 1000;
