//! What is proven, as the page shows it: the banner, the chains, their gaps with what was done near them, the keys and what they prove.

use crate::integrity::bins::coverage_map;
use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Judgement;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::report::ChainRow;
use crate::integrity::report::DigestRow;
use crate::integrity::report::VerdictReport;
use crate::integrity::report_text::Verbosity;
use crate::integrity::standing::Standing;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::protocol::Answer;
use crate::protocol::GapView;
use crate::protocol::KeyUse;
use crate::protocol::NEARBY_CELLS;
use crate::protocol::Proof;
use crate::protocol::ReportForm;
use crate::protocol::RowView;
use crate::query::nearby::Site;
use crate::query::nearby::Suspects;
use crate::trail::ids::ChainId;
use crate::trail::ids::RowId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::TimeRange;

impl Ledger {
    pub(super) fn proof(&mut self) -> Proof {
        let arrival = self.arrival();
        let generation = self.progress.generation;
        let rows = self.held().read();
        let judgement = self.last_judgement();
        let standing = Standing::of(judgement, arrival, rows);
        let report = &judgement.report;
        let lake = LakeCounts::of(&report.lake);
        let (summary, findings, keys) = (report.summary, report.findings.clone(), report.keys.clone());
        let (lacking, claims) = (judgement.lacking.clone(), judgement.claims.clone());
        let chains = judgement.coverage.iter().map(ChainCoverage::summary).collect();
        let key_uses = key_uses(report);
        let gaps = self.gap_views(|_, _| true);
        Proof { generation, standing, summary, lake, chains, gaps, claims, lacking, findings, keys, key_uses }
    }

    pub(super) fn coverage(&mut self, axis: Option<TimeRange>, most: u32) -> Answer {
        Answer::Coverage(coverage_map(&self.last_judgement().coverage, axis, most.min(MOST_CELLS)))
    }

    /// The gaps that `wanted` takes, each with the events near it.
    pub(super) fn gap_views(&self, wanted: impl Fn(&ChainId, TimeRange) -> bool) -> Vec<GapView> {
        let Some(judgement) = &self.judgement else { return Vec::new() };
        let gaps = judgement.report.chains.iter().zip(&judgement.coverage).flat_map(|(row, coverage)| gaps_of(row, &coverage.chain));
        let gaps: Vec<GapView> = gaps.filter(|gap| wanted(&gap.chain, gap.range)).take(MOST_GAPS).collect();
        if gaps.is_empty() {
            return gaps;
        }
        let suspects = Suspects::of(self.scene());
        let told = |gap: GapView| {
            let buckets = buckets(judgement, &gap.chain);
            let (rows, more) = suspects.near(&Site { chain: &gap.chain, gap: gap.range, buckets: &buckets }, MOST_NEARBY);
            GapView { nearby: rows.into_iter().map(|row| self.nearby(row)).collect(), more, ..gap }
        };
        gaps.into_iter().map(told).collect()
    }

    fn nearby(&self, id: RowId) -> RowView {
        let mut row = self.row(id, &NEARBY_CELLS);
        row.cells.push(self.table.ids().text(id.index()));
        row
    }

    pub(super) fn report(&mut self, form: ReportForm) -> String {
        let report = self.full_report();
        self.report_as(&report, form)
    }

    /// The report in one of its forms.
    pub(super) fn report_as(&mut self, report: &VerdictReport, form: ReportForm) -> String {
        match form {
            // A report holds strings, numbers and lists: writing it as JSON cannot fail.
            ReportForm::Json => serde_json::to_string_pretty(report).unwrap_or_default(),
            ReportForm::Text => {
                let caveat = self.last_judgement().stage.caveat().map(|caveat| format!("\nNote: {caveat}\n"));
                let cut = self.not_compared().map(|cut| format!("\nNote: {cut}: {}\n", self.room.first_cut));
                report.told(Verbosity::Verbose).into_iter().map(|(_, text)| text).chain(caveat).chain(cut).collect()
            }
        }
    }
}

fn gaps_of<'r>(row: &'r ChainRow, chain: &'r ChainId) -> impl Iterator<Item = GapView> + 'r {
    row.gaps.iter().map(|gap| GapView {
        chain: chain.clone(),
        range: TimeRange::new(gap.start.0, gap.end.0),
        cause: gap.cause,
        nearby: Vec::new(),
        more: 0,
    })
}

/// The buckets that a chain's digests name: one, unless the trail was moved.
fn buckets(judgement: &Judgement, chain: &ChainId) -> Vec<String> {
    let mut buckets: Vec<String> = Vec::new();
    for row in &judgement.report.digests {
        let (Some(bucket), Some(key)) = (&row.bucket, &row.key) else { continue };
        if !buckets.contains(bucket) && chain_of(key).as_ref() == Some(chain) {
            buckets.push(bucket.clone());
        }
    }
    buckets
}

/// The chain that a digest's key names.
pub(super) fn chain_of(key: &str) -> Option<ChainId> {
    match ObjectKey::parse(key).kind {
        KeyKind::Digest(name) => Some(name.chain),
        _ => None,
    }
}

fn key_uses(report: &VerdictReport) -> Vec<KeyUse> {
    let mut uses: Vec<KeyUse> = Vec::new();
    // By the ends of their windows, then by key: two copies of one digest stand together.
    let mut last: Option<&DigestRow> = None;
    for row in report.digests.iter().filter(|row| row.verdict == Verdict::Valid) {
        let (Some(fingerprint), Some(start), Some(end)) = (row.key_fingerprint.as_deref(), row.start, row.end) else { continue };
        if last.replace(row).is_some_and(|last| last.key == row.key) {
            continue;
        }
        match uses.iter_mut().find(|used| used.fingerprint == fingerprint) {
            Some(used) => {
                used.digests += 1;
                used.span = TimeRange::new(used.span.start.min(start.0), used.span.end.max(end.0));
            }
            None => uses.push(KeyUse { fingerprint: fingerprint.to_owned(), digests: 1, span: TimeRange::new(start.0, end.0) }),
        }
    }
    uses
}

/// A screen has no more columns of pixels that tell anything.
const MOST_CELLS: u32 = 4000;
/// Gaps that are looked into, and events told of each: beyond them the findings and the table go on.
const MOST_GAPS: usize = 60;
const MOST_NEARBY: usize = 12;
