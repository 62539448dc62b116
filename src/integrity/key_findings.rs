//! What is odd about keys: bytes that are not their fingerprint, two keys for one chain that do not follow each other.

use std::collections::HashSet;

use crate::integrity::chain::DigestChain;
use crate::integrity::digest_verdict::key_was_valid;
use crate::integrity::keys::KeyProblem;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::scene::Scene;
use crate::integrity::scene::finding;
use crate::trail::ids::ChainKind;
use crate::trail::time::Timestamp;

/// Adds findings about keys, whatever they are of.
pub(crate) fn find_keys(scene: &Scene<'_, '_>, findings: &mut Vec<Finding>) {
    for key in scene.evidence.ring.iter().filter(|key| key.problem() == Some(KeyProblem::KeyMismatch)) {
        let message = format!(
            "The bytes of this key do not have the fingerprint that the list states (MD5), so it proves nothing: fetch the list again with `aws cloudtrail list-public-keys`. {}",
            key.source
        );
        findings.push(finding(FindingCode::KeyMismatch, key.fingerprint.clone(), message, None));
    }
}

/// Adds findings about the keys of one chain.
pub(crate) fn find_keys_of(chain: &DigestChain, scene: &Scene<'_, '_>, findings: &mut Vec<Finding>) {
    find_out_of_time(scene, chain, findings);
    if chain.id.kind == ChainKind::Hourly {
        find_odd_rotation(scene, chain, findings);
    }
}

/// A key that was not valid when its digests were signed.
fn find_out_of_time(scene: &Scene<'_, '_>, chain: &DigestChain, findings: &mut Vec<Finding>) {
    let mut told = HashSet::new();
    for index in &chain.members {
        let Some(proof) = scene.verdicts.get(*index).and_then(|verdict| verdict.proof) else { continue };
        let Some(given) = scene.digests.get(*index) else { continue };
        if key_was_valid(scene.evidence, scene.digests, given) == Some(false) && told.insert(proof.fingerprint()) {
            let message = format!(
                "This key vouches for digests of a time in which the list says that it was not in use; AWS would have signed with another. Compare the list with AWS. {}",
                chain.id
            );
            findings.push(finding(
                FindingCode::KeySuspect,
                proof.fingerprint().to_owned(),
                message,
                Some((given.digest.start, given.digest.end)),
            ));
        }
    }
}

/// AWS goes from one key to the next and never back; each is valid later than the one before.
fn find_odd_rotation(scene: &Scene<'_, '_>, chain: &DigestChain, findings: &mut Vec<Finding>) {
    let mut retired = HashSet::new();
    let mut before: Option<&str> = None;
    for index in &chain.members {
        let Some(proof) = scene.verdicts.get(*index).and_then(|verdict| verdict.proof) else { continue };
        let Some(given) = scene.digests.get(*index) else { continue };
        let now = proof.fingerprint();
        if let Some(before) = before.filter(|before| *before != now) {
            let against = matches!((dates(scene, before), dates(scene, now)), (Some(a), Some(b)) if a.0 >= b.0 || a.1 >= b.1);
            retired.insert(before);
            if against || retired.contains(now) {
                let message = format!(
                    "Two keys vouch for one chain, and this one does not follow the other as AWS's keys do ({before} before it): someone else may have signed. Compare the list with AWS. {}",
                    chain.id
                );
                findings.push(finding(FindingCode::KeySuspect, now.to_owned(), message, Some((given.digest.start, given.digest.end))));
            }
        }
        before = Some(now);
    }
}

fn dates(scene: &Scene<'_, '_>, fingerprint: &str) -> Option<(Timestamp, Timestamp)> {
    scene.evidence.ring.usable(fingerprint).iter().find_map(|key| Some((key.valid_from?, key.valid_to?)))
}
