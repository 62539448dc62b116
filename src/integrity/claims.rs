//! What is proven, what is taken on trust, what is not shown; and what would settle what is still open.

use crate::integrity::chain::in_range;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::CandidateSource;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::fingerprint;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Claims;
use crate::integrity::judgement::Lacking;
use crate::integrity::judgement::Stage;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::report::DigestCounts;
use crate::integrity::report::FindingCode;
use crate::integrity::report::GapCause;
use crate::integrity::report::VerdictReport;
use crate::integrity::standing::SAMPLE_KEYS;
use crate::integrity::verdict::Reason;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainKind;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

/// The claims of a report, in plain sentences. Each of the first list holds only if all of the second do.
pub(crate) fn claims(report: &VerdictReport, stage: Stage) -> Claims {
    Claims { proven: proven(report, stage), assumed: assumed(report), not_proven: not_proven(report, stage) }
}

fn proven(report: &VerdictReport, stage: Stage) -> Vec<String> {
    let (digests, backfill, logs) = (&report.summary.digests, &report.summary.backfill_digests, &report.summary.logs);
    let LakeCounts { signs, results, .. } = LakeCounts::of(&report.lake);
    let is_all = |number: u64| if stage == Stage::CutShort { 0 } else { number };
    let mut proven = counted(&[
        (
            digests.valid.saturating_add(backfill.valid),
            "digest is exactly as the owner of the given keys signed it.",
            "digests are exactly as the owner of the given keys signed them.",
        ),
        (
            logs.valid,
            "log file holds exactly the content whose hash such a digest states.",
            "log files hold exactly the content whose hashes such digests state.",
        ),
        (
            logs.invalid,
            "log file does not hold the content that such a digest states for its place.",
            "log files do not hold the content that such digests state for their places.",
        ),
        (
            digests.invalid.saturating_add(backfill.invalid),
            "file at a digest's place is not what was signed for it, or is damaged.",
            "files at digests' places are not what was signed for them, or are damaged.",
        ),
        (
            is_all(not_found(report)),
            "file is named by such a digest and is not among those given.",
            "files are named by such digests and are not among those given.",
        ),
        (
            signs.valid,
            "sign file of CloudTrail Lake lists exactly the hashes that the owner of the given keys signed.",
            "sign files of CloudTrail Lake list exactly the hashes that the owner of the given keys signed.",
        ),
        (
            results.valid,
            "query result file holds exactly the bytes whose hash such a sign file lists.",
            "query result files hold exactly the bytes whose hashes such sign files list.",
        ),
        (
            results.invalid,
            "query result file does not hold the bytes that such a sign file lists under its name.",
            "query result files do not hold the bytes that such sign files list under their names.",
        ),
        (
            signs.invalid,
            "sign file of CloudTrail Lake does not list what was signed for it, or is damaged.",
            "sign files of CloudTrail Lake do not list what was signed for them, or are damaged.",
        ),
        (
            is_all(results.missing),
            "query result file is listed by such a sign file and is not among those given.",
            "query result files are listed by such sign files and are not among those given.",
        ),
    ]);
    for chain in &report.chains {
        for row in &chain.covered {
            let (account, region, trail) = (&chain.account, &chain.region, &chain.trail);
            let speak = if row.digests == 1 { "digest speaks" } else { "digests speak" };
            proven.push(format!(
                "From {} to {} {} {speak} for {account}/{region}/{trail}, with no time between them.",
                row.start, row.end, row.digests
            ));
        }
    }
    proven
}

fn assumed(report: &VerdictReport) -> Vec<String> {
    let mut assumed = Vec::new();
    // What is disproven rests on the keys as well; a key that nothing names bears nothing.
    let named = || report.digests.iter().map(|row| &row.key_fingerprint).chain(report.lake.iter().map(|row| &row.key_fingerprint));
    let bears = |fingerprint: &str| named().any(|named| named.as_deref() == Some(fingerprint));
    let mut usable: Vec<_> = report.keys.iter().filter(|key| key.problem.is_none()).map(|key| key.fingerprint.as_str()).collect();
    usable.dedup();
    let (sample, others): (Vec<&str>, Vec<&str>) = usable.into_iter().filter(|key| bears(key)).partition(|key| SAMPLE_KEYS.contains(key));
    if !sample.is_empty() {
        assumed
            .push(format!("Nothing of AWS's: these are the sample's own keys, and prove nothing of a real account: {}", sample.join(", ")));
    }
    if !others.is_empty() {
        assumed.push(format!(
            "These keys are AWS's own: nothing in the files can show that. Compare their fingerprints with what `aws cloudtrail list-public-keys` prints for you: {}",
            others.join(", ")
        ));
    }
    let has_digests = report.summary.digests != DigestCounts::default() || report.summary.backfill_digests != DigestCounts::default();
    let has_lake = !report.lake.is_empty();
    let always: [(bool, &str); 4] = [
        (has_digests || has_lake, "SHA-256 and RSA-2048 hold, and AWS has kept its private keys to itself."),
        (has_digests, "CloudTrail lists in its digests every log file that it delivers, and signs nothing else."),
        (has_lake, "CloudTrail Lake lists in a sign file every file that its query wrote, and nothing else."),
        (has_digests || has_lake, "This program, and the machine that it runs on, compute what they should."),
    ];
    assumed.extend(that_hold(&always));
    assumed
}

/// Files that proven digests name and that were not found.
fn not_found(report: &VerdictReport) -> u64 {
    let summary = &report.summary;
    summary.logs.missing.saturating_add(summary.digests.missing).saturating_add(summary.backfill_digests.missing)
}

fn not_proven(report: &VerdictReport, stage: Stage) -> Vec<String> {
    let (digests, backfill, logs) = (&report.summary.digests, &report.summary.backfill_digests, &report.summary.logs);
    let LakeCounts { signs, results, .. } = LakeCounts::of(&report.lake);
    let gaps = || report.chains.iter().flat_map(|chain| &chain.gaps);
    let is_crooked = |code: FindingCode| {
        matches!(code, FindingCode::LinkMismatch | FindingCode::Fork | FindingCode::Orphan | FindingCode::Cycle | FindingCode::Overlap)
    };
    let not_found = if stage == Stage::CutShort { not_found(report).saturating_add(results.missing) } else { 0 };
    let mut not_proven = counted(&[
        (
            not_found,
            "file that a digest or sign file names was not found: that it is gone. Reading was ended early, and it may be among what was not read.",
            "files that digests or sign files name were not found: that they are gone. Reading was ended early, and they may be among what was not read.",
        ),
        (
            digests.unproven.saturating_add(backfill.unproven),
            "digest could be neither proven nor disproven.",
            "digests could be neither proven nor disproven.",
        ),
        (
            logs.unproven,
            "log file is neither proven nor disproven: only a digest that is not proven lists it, or it could not be read.",
            "log files are neither proven nor disproven: only digests that are not proven list them, or they could not be read.",
        ),
        (logs.unlisted, "log file is in no digest given.", "log files are in no digest given."),
        (
            signs.unproven,
            "sign file of CloudTrail Lake could be neither proven nor disproven.",
            "sign files of CloudTrail Lake could be neither proven nor disproven.",
        ),
        (
            results.unproven,
            "query result file is neither proven nor disproven: its sign file is not proven, or it was unpacked or could not be read.",
            "query result files are neither proven nor disproven: their sign files are not proven, or they were unpacked or could not be read.",
        ),
        (results.unlisted, "query result file is in no sign file given.", "query result files are in no sign file given."),
        (
            number(gaps().filter(|gap| gap.cause != GapCause::Restarted).count()),
            "stretch of time between digests has none: what was delivered or logged in it.",
            "stretches of time between digests have none: what was delivered or logged in them.",
        ),
        (
            number(gaps().filter(|gap| gap.cause == GapCause::Restarted).count()),
            "chain starts anew without a link to what was before: whether a digest was there that is now gone.",
            "chains start anew without a link to what was before: whether digests were there that are now gone.",
        ),
        (
            number(report.findings.iter().filter(|finding| is_crooked(finding.code)).count()),
            "finding says that a chain is not linked as CloudTrail links it: which of its digests are CloudTrail's own.",
            "findings say that chains are not linked as CloudTrail links them: which of their digests are CloudTrail's own.",
        ),
        (
            number(report.ignored.iter().filter(|row| row.why == NOT_DELIVERED).count()),
            "file with events is no log file as CloudTrail delivers it: nothing of it.",
            "files with events are no log files as CloudTrail delivers them: nothing of them.",
        ),
    ]);
    let is_pack = report.findings.iter().any(|finding| finding.code == FindingCode::PackScope);
    let always: [(bool, &str); 5] = [
        (!report.chains.is_empty(), "What was delivered before the oldest digest of each chain, and after its newest."),
        (is_pack, "Anything of log files that are not in the evidence pack: it is a selection."),
        (
            results.total > 0,
            "From which account and event data store a query result comes, of which Region and time it is, and that its query asked for everything: Lake signs the content alone.",
        ),
        (true, "That everything was logged: calls that the trail's selectors leave out, and accounts or Regions of which no file is here."),
        (
            true,
            "That what callers say of themselves is true: user agent, session name and request are theirs; CloudTrail only wrote them down.",
        ),
    ];
    not_proven.extend(that_hold(&always));
    not_proven
}

/// What there is none of needs no sentence.
fn counted(rows: &[(u64, &str, &str)]) -> Vec<String> {
    let some = rows.iter().filter(|(count, ..)| *count > 0);
    some.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect()
}

fn that_hold(sentences: &[(bool, &str)]) -> impl Iterator<Item = String> {
    sentences.iter().filter(|(holds, _)| *holds).map(|(_, sentence)| (*sentence).to_owned())
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// What each digest without a proof needs.
pub(crate) fn lacking(digests: &Digests<'_>, verdicts: &[DigestVerdict<'_>], asked: &Asked) -> Vec<Lacking> {
    let mut all = Vec::new();
    for (given, verdict) in digests.all.iter().zip(verdicts).filter(|(given, _)| in_range(asked, given.digest.end)) {
        let Some(chain) = given.chain.clone() else { continue };
        all.extend(match verdict.judged.reason {
            Some(Reason::NoSignature) => Some(Lacking::Signature { chain, digest: given.digest.place.clone() }),
            Some(Reason::KeyUnknown | Reason::KeyUnusable) => {
                let (from, until) = signing_time(digests, given);
                Some(Lacking::Key { chain, fingerprint: fingerprint(given), from, until })
            }
            _ => None,
        });
    }
    arrange(&mut all, Ord::cmp);
    // By chain and fingerprint, oldest first: one key is wanted once, for all of its time.
    all.dedup_by(|later, first| match (later, first) {
        (
            Lacking::Key { chain, fingerprint, until, .. },
            Lacking::Key { chain: same_chain, fingerprint: same_fingerprint, until: last, .. },
        ) if chain == same_chain && fingerprint == same_fingerprint => {
            *last = last.zip(*until).map(|(one, other)| one.max(other));
            true
        }
        (later, first) => later == first,
    });
    all
}

/// When a digest was signed, and so of which time its key has to be. The AWS CLI asks for the keys of two hours more than the windows,
/// and of one hour around the making of a backfill digest.
fn signing_time(digests: &Digests<'_>, given: &GivenDigest<'_>) -> (Timestamp, Option<Timestamp>) {
    let is_backfill = given.chain.as_ref().is_some_and(|chain| chain.kind == ChainKind::Backfill);
    let end = given.digest.end;
    match generated(digests, given) {
        _ if !is_backfill => (end, Some(end.plus(2 * HOUR))),
        Some(made) => (made.plus(-HOUR), Some(made.plus(HOUR))),
        None => (end, None),
    }
}

fn generated(digests: &Digests<'_>, given: &GivenDigest<'_>) -> Option<Timestamp> {
    digests.candidates(given).into_iter().find_map(|candidate| match candidate.source {
        CandidateSource::Stated(signature) => signature.generated,
        _ => None,
    })
}

/// Why a file with events is ignored, as the report has it.
const NOT_DELIVERED: &str = "not a delivered log file";
