//! The report's rows of digests: given, damaged, missing.

use std::collections::HashSet;

use crate::integrity::chain::ChainBuilder;
use crate::integrity::chain::DigestChain;
use crate::integrity::chain::MissingDigest;
use crate::integrity::chain::in_range;
use crate::integrity::damaged::Damaged;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::fingerprint;
use crate::integrity::evidence::GivenFile;
use crate::integrity::flaw_verdict::container_remarks;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::judgement::Stage;
use crate::integrity::judgement::Strictness;
use crate::integrity::location::standing;
use crate::integrity::pace::Pace;
use crate::integrity::report::DigestRow;
use crate::integrity::report::ReportTime;
use crate::integrity::rows::Homes;
use crate::integrity::rows::Rows;
use crate::integrity::rows::own_place;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::trail::ids::ChainKind;
use crate::trail::ids::FileId;

/// Adds all digests: those given first, then files that should be digests, then those that are missing.
pub(crate) async fn add_digests(rows: &mut Rows, builder: &ChainBuilder<'_, '_>, chains: &[DigestChain], pace: &Pace) {
    let misplaced: HashSet<FileId> = builder.damaged.iter().map(|damaged| damaged.file.facts.id).collect();
    for (index, (given, verdict)) in builder.digests.all.iter().zip(builder.verdicts).enumerate() {
        if builder.displaced.contains(&index) {
            continue;
        }
        pace.spend(DEAR).await;
        for (place, file) in given.files.iter().enumerate().filter(|(_, file)| !misplaced.contains(&file.facts.id)) {
            // The verdict is that of the first file, also where that lies at another's place: what is left then may be damaged.
            let judged = if place == 0 { verdict.judged.clone() } else { copy_verdict(given, verdict, file, builder.asked.strictness) };
            rows.say(file.facts.id, &judged);
            rows.note_move(file, &given.digest.place, standing(file, &given.digest.place));
            if in_range(builder.asked, given.digest.end) {
                rows.digests.push(given_row(given, verdict, file, judged));
            }
        }
    }
    let homes = Homes::of_digests(builder.digests);
    for damaged in builder.damaged {
        rows.say(damaged.file.facts.id, &damaged.judged);
        if damaged.name.as_ref().is_none_or(|name| in_range(builder.asked, name.end)) {
            rows.digests.push(damaged_row(damaged, &homes));
        }
    }
    for chain in chains {
        rows.digests.extend(chain.missing.iter().map(|missing| missing_row(missing, chain.id.kind, builder.asked.stage)));
    }
}

/// The same digest once more: as good as the first, with its own container and place.
fn copy_verdict(given: &GivenDigest<'_>, verdict: &DigestVerdict<'_>, file: &GivenFile, strictness: Strictness) -> Judged {
    let content = &file.facts.content;
    if let Some(mut judged) = judge_flaw(content, "digest") {
        if judged.reason == Some(Reason::TrailingData) && verdict.proof.is_some() {
            judged.message.to_mut().push_str(" Without them its signature holds.");
        }
        return judged.with_remarks(container_remarks(content));
    }
    let of_content = |remark: &&Remark| matches!(remark, Remark::SignatureMetadataDiffers | Remark::AlgorithmLabel | Remark::KeyValidity);
    let mut remarks: Vec<_> = verdict.judged.remarks.iter().filter(of_content).cloned().collect();
    remarks.extend(container_remarks(content));
    remarks.push(Remark::DuplicateOf(given.digest.place.key.clone()));
    if standing(file, &given.digest.place).is_moved() {
        remarks.push(Remark::Moved);
    }
    let judged = verdict.judged.clone().with_remarks(remarks);
    if strictness == Strictness::Strict { judged.when_strict() } else { judged }
}

fn given_row(given: &GivenDigest<'_>, verdict: &DigestVerdict<'_>, file: &GivenFile, judged: Judged) -> DigestRow {
    let digest = given.digest;
    DigestRow {
        bucket: Some(digest.place.bucket.clone()),
        key: Some(digest.place.key.clone()),
        source: Some(file.facts.source.clone()),
        kind: given.chain.as_ref().map_or(ChainKind::Hourly, |chain| chain.kind),
        start: Some(ReportTime(digest.start)),
        end: Some(ReportTime(digest.end)),
        verdict: judged.verdict,
        reason: judged.reason,
        message: judged.message,
        remarks: judged.remarks,
        signature_from: verdict.origin,
        key_fingerprint: Some(fingerprint(given)),
    }
}

fn damaged_row(damaged: &Damaged<'_>, homes: &Homes<'_>) -> DigestRow {
    let (bucket, key) = match damaged.place {
        Some(place) => (Some(place.bucket.clone()), place.key.clone()),
        None => own_place(damaged.file, homes),
    };
    DigestRow {
        bucket,
        key: Some(key),
        source: Some(damaged.file.facts.source.clone()),
        kind: damaged.name.as_ref().map_or(ChainKind::Hourly, |name| name.chain.kind),
        start: None,
        end: damaged.name.as_ref().map(|name| ReportTime(name.end)),
        verdict: damaged.judged.verdict,
        reason: damaged.judged.reason,
        message: damaged.judged.message.clone(),
        remarks: damaged.judged.remarks.clone(),
        signature_from: None,
        key_fingerprint: None,
    }
}

fn missing_row(missing: &MissingDigest, kind: ChainKind, stage: Stage) -> DigestRow {
    let judged = stage.missing(Reason::NotFound.sentence().to_owned());
    DigestRow {
        bucket: Some(missing.place.bucket.clone()),
        key: Some(missing.place.key.clone()),
        source: None,
        kind,
        start: Some(ReportTime(missing.start)),
        end: Some(ReportTime(missing.end)),
        verdict: judged.verdict,
        reason: judged.reason,
        message: judged.message,
        remarks: judged.remarks,
        signature_from: None,
        key_fingerprint: None,
    }
}

/// A row is made in the time of so many numbers.
const DEAR: usize = 600;
