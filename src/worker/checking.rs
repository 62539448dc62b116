//! Signatures checked by the browser, a tenth of the time that it takes here: a year of hourly digests of all Regions is 150,000 of them.
//! Only its yes is taken. Where it says no, or cannot say, `integrity::signature::check` decides, so that one piece of code gives reasons.

use crate::browser::subtle::Key;
use crate::browser::subtle::Subtle;
use crate::integrity::signature::CheckOutcome;
use crate::integrity::signature::CheckResult;
use crate::integrity::signature::SignatureCheck;
use crate::integrity::signature::check;
use crate::integrity::signature::for_another_checker;

/// Checks these signatures; the outcomes are those of `check`.
pub async fn check_all(subtle: Option<&Subtle>, checks: &[SignatureCheck]) -> Vec<CheckOutcome> {
    let mut keys: Vec<(Vec<u8>, Option<Key>)> = Vec::new();
    let mut open = Vec::with_capacity(checks.len());
    for job in checks {
        let mut verification = None;
        if let (Some(subtle), Some((spki, signature))) = (subtle, for_another_checker(job)) {
            // A trail has a handful of keys.
            if !keys.iter().any(|(known, _)| *known == spki) {
                keys.push((spki.clone(), subtle.key(&spki).await));
            }
            let key = keys.iter().find(|(known, _)| *known == spki).and_then(|(_, key)| key.as_ref());
            verification = key.and_then(|key| subtle.verify(key, &signature, job.string_to_sign.as_bytes()));
        }
        open.push((job, verification));
    }
    let mut outcomes = Vec::with_capacity(checks.len());
    for (job, verification) in open {
        let holds = match verification {
            Some(verification) => verification.holds().await,
            None => false,
        };
        outcomes.push(if holds { CheckOutcome { id: job.id, result: CheckResult::Holds } } else { check(job) });
    }
    outcomes
}
