//! From evidence to judgement: digests first, then the logs they list, then what is left, then what is odd about the whole.

use std::collections::HashSet;

use crate::integrity::chain::ChainBuilder;
use crate::integrity::chain::DigestChain;
use crate::integrity::claims::claims;
use crate::integrity::claims::lacking;
use crate::integrity::coverage::Amiss;
use crate::integrity::coverage::coverage;
use crate::integrity::coverage::covered;
use crate::integrity::damaged::find_damaged;
use crate::integrity::damaged::find_displaced;
use crate::integrity::digest_rows::add_digests;
use crate::integrity::digest_verdict::judge_digests;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::findings::find_all;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Stage;
use crate::integrity::key_findings::find_keys;
use crate::integrity::key_findings::find_keys_of;
use crate::integrity::lake_verdict::judge_lake;
use crate::integrity::listing::Listings;
use crate::integrity::log_rows::LogRows;
use crate::integrity::pace::Pace;
use crate::integrity::pack::Scope;
use crate::integrity::pack::find_packs;
use crate::integrity::report::ChainRow;
use crate::integrity::report::FindingCode;
use crate::integrity::report::Generator;
use crate::integrity::report::IgnoredRow;
use crate::integrity::report::KeyRow;
use crate::integrity::report::ReportRange;
use crate::integrity::report::ReportTime;
use crate::integrity::report::Summary;
use crate::integrity::report::VerdictReport;
use crate::integrity::rows::Rows;
use crate::integrity::scene::Scene;
use crate::integrity::unlisted::Calendar;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;

impl Evidence {
    /// What follows from all this: a pure function of the evidence, whatever the order it came in.
    #[must_use]
    pub fn judge(&self, asked: &Asked) -> Judgement {
        let pace = Pace::default();
        pace.all(judge(self, asked, &pace))
    }
}

/// What follows from the evidence, whatever the order it came in. Of a hundred thousand files it takes half a second, so that every list that
/// grows with them is gone through in steps.
pub(crate) async fn judge(evidence: &Evidence, asked: &Asked, pace: &Pace) -> Judgement {
    // In the order of arrival, which is that of memory; wherever order counts, it is made there.
    let files: Vec<&GivenFile> = evidence.files().collect();
    pace.rest().await;
    let mut digests = Digests::listed(evidence);
    pace.rest().await;
    digests.index(evidence);
    let mut verdicts = judge_digests(evidence, &digests, asked.strictness, pace).await;
    let mut damaged = Vec::new();
    let displaced = find_displaced(&digests, &mut verdicts, &mut damaged);
    let mut listings = Listings::of(&digests, &verdicts, pace).await;
    find_damaged(&files, &digests, &verdicts, &listings, &mut damaged);
    let damaged_names: HashSet<&str> = damaged.iter().map(|damaged| damaged.file.base.as_str()).collect();
    listings.match_files(&files, pace).await;

    let mut findings = Vec::new();
    let builder = ChainBuilder {
        evidence,
        digests: &digests,
        verdicts: &verdicts,
        damaged: &damaged,
        damaged_names: &damaged_names,
        displaced: &displaced,
        asked,
    };
    let mut chains = Vec::new();
    for (id, (members, disproven)) in builder.grouped() {
        pace.rest().await;
        chains.push(builder.build(id, members, &disproven, &mut findings));
    }
    let calendar = Calendar::of(&chains, &digests, &listings.unlisted);

    let mut rows = Rows::new(evidence.past());
    add_digests(&mut rows, &builder, &chains, pace).await;
    let pack_scope = Scope::of(evidence, asked);
    let logs = LogRows { digests: &digests, verdicts: &verdicts, listings: &listings, calendar: &calendar, scope: &pack_scope, asked };
    let bad = logs.add(&mut rows, pace).await;
    pace.rest().await;
    let amiss = Amiss { bad: &bad, left_out: &pack_scope.left_out_of(&listings) };
    let lacking_of_lake = judge_lake(evidence, asked, &mut rows, &mut findings);
    let ignored = ignore_rest(&files, &mut rows);
    let scene = Scene { evidence, digests: &digests, verdicts: &verdicts, chains: &chains, listings: &listings, asked };
    let mut hours = Vec::with_capacity(chains.len());
    for chain in &chains {
        pace.rest().await;
        hours.push(coverage(chain, &digests, &verdicts, &amiss));
        find_keys_of(chain, &scene, &mut findings);
    }
    pace.rest().await;
    find_keys(&scene, &mut findings);
    find_all(&scene, &files, &rows, &mut findings);
    find_packs(evidence, &listings, &pack_scope, &mut findings);
    pace.rest().await;
    if asked.stage == Stage::Arriving {
        // Whatever is lacking may still be on its way: only what more evidence cannot mend is told.
        findings.retain(|finding| matches!(finding.code, FindingCode::MisleadingName | FindingCode::KeyMismatch | FindingCode::KeySuspect));
        rows.wait();
        chains.iter_mut().for_each(|chain| chain.gaps.clear());
        hours.iter_mut().for_each(ChainCoverage::wait);
    }
    arrange(&mut findings, Ord::cmp);
    findings.dedup();
    rows.sort(pace).await;
    pace.rest().await;
    let mut lacking = lacking(&digests, &verdicts, asked);
    lacking.extend(lacking_of_lake);
    arrange(&mut lacking, Ord::cmp);
    lacking.dedup();
    let report = VerdictReport {
        format: "trailseal-verdicts/1".to_owned(),
        generator: Generator { name: "trailseal".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        range: ReportRange { start: asked.start.map(ReportTime), end: asked.end.map(ReportTime) },
        summary: Summary::of(&rows.digests, &rows.logs),
        keys: key_rows(evidence),
        chains: chains.iter().zip(&hours).map(|(chain, hours)| chain_row(chain, hours)).collect(),
        digests: rows.digests,
        logs: rows.logs,
        lake: rows.lake,
        findings,
        ignored,
    };
    let claims = claims(&report, asked.stage);
    // Half a million pieces of memory take their time to be freed too.
    for entry in listings.entries.drain(..) {
        pace.spend(FREED).await;
        drop(entry);
    }
    Judgement { files: rows.files, report, coverage: hours, claims, lacking, stage: asked.stage }
}

/// Files that are neither digest nor delivered log. Those with events get a verdict for their rows all the same.
fn ignore_rest(files: &[&GivenFile], rows: &mut Rows) -> Vec<IgnoredRow> {
    let mut ignored = Vec::new();
    for file in files {
        let id = file.facts.id;
        let why = match &file.facts.kind {
            _ if rows.is_judged(id) => continue,
            FileKind::EventSource => "not a delivered log file",
            FileKind::Other { why } => why,
            FileKind::Log => "a log file that stands for nothing",
            FileKind::Digest(_) | FileKind::KeyList | FileKind::Signatures | FileKind::LakeSign(_) | FileKind::LakeResult => continue,
        };
        ignored.push(IgnoredRow { source: file.facts.source.clone(), why: why.to_owned() });
        if matches!(file.facts.kind, FileKind::EventSource) {
            let message = "Not a file as CloudTrail delivers it, so no digest can list it; its events cannot be proven.";
            rows.say(id, &Judged::not_valid(NotValid::Unlisted, Reason::NoChain, message));
        }
    }
    arrange(&mut ignored, Ord::cmp);
    ignored.dedup();
    ignored
}

fn key_rows(evidence: &Evidence) -> Vec<KeyRow> {
    let mut rows: Vec<_> = evidence
        .ring
        .iter()
        .map(|key| KeyRow {
            fingerprint: key.fingerprint.clone(),
            valid_from: key.valid_from.map(ReportTime),
            valid_to: key.valid_to.map(ReportTime),
            problem: key.problem().map(|problem| problem.slug().to_owned()),
        })
        .collect();
    rows.dedup();
    rows
}

fn chain_row(chain: &DigestChain, coverage: &ChainCoverage) -> ChainRow {
    ChainRow {
        account: chain.id.account.clone(),
        region: chain.id.region.clone(),
        trail: chain.id.trail.clone(),
        home_region: chain.id.home_region.clone(),
        organization: chain.organization.clone(),
        kind: chain.id.kind,
        covered: covered(coverage),
        gaps: chain.gaps.clone(),
    }
}

impl Rows {
    /// While evidence arrives, only proofs and what no further evidence can mend are told.
    fn wait(&mut self) {
        let waits = |verdict: Verdict, reason: Option<Reason>| match verdict {
            Verdict::Valid | Verdict::Pending => false,
            Verdict::Invalid => reason == Some(Reason::SignatureMismatch) || reason == Some(Reason::SignatureMalformed),
            Verdict::Unproven => reason != Some(Reason::NotReadable),
            Verdict::Missing | Verdict::Unlisted => true,
        };
        let waiting = "Proofs are still arriving.";
        for judged in self.files.iter_mut().flatten().filter(|judged| waits(judged.verdict, judged.reason)) {
            *judged = Judged::pending(waiting);
        }
        self.digests.retain(|row| row.verdict != Verdict::Missing);
        self.logs.retain(|row| row.verdict != Verdict::Missing);
        self.lake.retain(|row| row.verdict != Verdict::Missing);
        for row in self.digests.iter_mut().filter(|row| waits(row.verdict, row.reason)) {
            (row.verdict, row.reason, row.message) = (Verdict::Pending, None, waiting.into());
        }
        for row in self.logs.iter_mut().filter(|row| waits(row.verdict, row.reason)) {
            (row.verdict, row.reason, row.message) = (Verdict::Pending, None, waiting.into());
        }
        for row in self.lake.iter_mut().filter(|row| waits(row.verdict, row.reason)) {
            (row.verdict, row.reason, row.message) = (Verdict::Pending, None, waiting.into());
        }
    }
}

/// An entry is freed in the time of so many numbers.
const FREED: usize = 20;
