//! What is proven, what is taken on trust, what is not shown; and what would settle what is still open.

use crate::integrity::chain::in_range;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::digests::fingerprint;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Claims;
use crate::integrity::judgement::Lacking;
use crate::integrity::report::FindingCode;
use crate::integrity::report::GapCause;
use crate::integrity::report::VerdictReport;
use crate::integrity::verdict::Reason;
use crate::trail::arrange::arrange;

/// The claims of a report, in plain sentences.
pub(crate) fn claims(report: &VerdictReport) -> Claims {
    let (digests, backfill, logs) = (&report.summary.digests, &report.summary.backfill_digests, &report.summary.logs);
    let mut claims = Claims::default();
    let mut proven = |count: u64, one: &str, many: &str| claims.proven.extend(counted(count, one, many));
    proven(logs.valid, "log file holds exactly what CloudTrail delivered.", "log files hold exactly what CloudTrail delivered.");
    proven(
        digests.valid.saturating_add(backfill.valid),
        "digest is exactly as the owner of the given keys signed it.",
        "digests are exactly as the owner of the given keys signed them.",
    );
    proven(
        logs.invalid,
        "log file does not hold what CloudTrail delivered to its place.",
        "log files do not hold what CloudTrail delivered to their places.",
    );
    proven(
        digests.invalid.saturating_add(backfill.invalid),
        "digest is not as it was signed, or damaged.",
        "digests are not as they were signed, or damaged.",
    );
    proven(
        logs.missing.saturating_add(digests.missing).saturating_add(backfill.missing),
        "file was delivered and is not among those given.",
        "files were delivered and are not among those given.",
    );
    for chain in &report.chains {
        for row in &chain.covered {
            let (account, region, trail) = (&chain.account, &chain.region, &chain.trail);
            claims
                .proven
                .push(format!("From {} to {} the digests of {account}/{region}/{trail} name every log delivered.", row.start, row.end));
        }
    }
    let usable: Vec<_> = report.keys.iter().filter(|key| key.problem.is_none()).map(|key| key.fingerprint.as_str()).collect();
    if !usable.is_empty() {
        claims.assumed.push(format!(
            "The keys given are AWS's own. Compare their fingerprints with `aws cloudtrail list-public-keys`: {}",
            usable.join(", ")
        ));
    }
    claims.assumed.push("SHA-256 and RSA-2048 hold, and AWS has kept its keys to itself.".to_owned());
    let mut not_proven = |count: u64, one: &str, many: &str| claims.not_proven.extend(counted(count, one, many));
    not_proven(
        digests.unproven.saturating_add(backfill.unproven),
        "digest could be neither proven nor disproven.",
        "digests could be neither proven nor disproven.",
    );
    not_proven(
        logs.unproven,
        "log file is listed only by a digest that is not proven.",
        "log files are listed only by digests that are not proven.",
    );
    not_proven(logs.unlisted, "log file is in no digest given.", "log files are in no digest given.");
    let lost = report.chains.iter().flat_map(|chain| &chain.gaps).filter(|gap| gap.cause != GapCause::Restarted).count();
    not_proven(u64::try_from(lost).unwrap_or(u64::MAX), "stretch of time has no digest.", "stretches of time have no digest.");
    if report.findings.iter().any(|finding| finding.code == FindingCode::EndBeforeRange) {
        claims.not_proven.push("What was delivered after the newest digest given.".to_owned());
    }
    if report.findings.iter().any(|finding| finding.code == FindingCode::PackScope) {
        claims.not_proven.push("Anything of log files that are not in the evidence pack: it is a selection.".to_owned());
    }
    claims
        .not_proven
        .push("That everything was logged: events that the trail does not record, and Regions or accounts without files here.".to_owned());
    claims
}

fn counted(count: u64, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
}

/// What each digest without a proof needs.
pub(crate) fn lacking(digests: &Digests<'_>, verdicts: &[DigestVerdict<'_>], asked: &Asked) -> Vec<Lacking> {
    let mut all = Vec::new();
    for (given, verdict) in digests.all.iter().zip(verdicts).filter(|(given, _)| in_range(asked, given.digest.end)) {
        let Some(chain) = given.chain.clone() else { continue };
        all.extend(match verdict.judged.reason {
            Some(Reason::NoSignature) => Some(Lacking::Signature { chain, digest: given.digest.place.clone() }),
            Some(Reason::KeyUnknown | Reason::KeyUnusable) => Some(Lacking::Key { chain, fingerprint: fingerprint(given) }),
            _ => None,
        });
    }
    arrange(&mut all, Ord::cmp);
    all.dedup();
    all
}
