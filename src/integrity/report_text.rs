//! The report as text, in the AWS CLI's sentences where it has one; and the exit code.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt::Write;

use crate::integrity::lake_report::LakeCounts;
use crate::integrity::lake_report::write_lake;
use crate::integrity::report::ChainRow;
use crate::integrity::report::DigestRow;
use crate::integrity::report::FindingCode;
use crate::integrity::report::GapCause;
use crate::integrity::report::GapRow;
use crate::integrity::report::LogRow;
use crate::integrity::report::ReportTime;
use crate::integrity::report::VerdictReport;
use crate::integrity::text_lines::Lines;
pub use crate::integrity::text_lines::Stream;
pub use crate::integrity::text_lines::Verbosity;
use crate::integrity::text_lines::digest_status;
use crate::integrity::text_lines::log_status;
use crate::integrity::text_lines::ratio;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

/// Account, Region, trail, home Region: hourly and backfill digests share a block, as with the AWS CLI.
type BlockId = (String, String, String, String);

impl VerdictReport {
    /// 0 all proven · 1 disproven, missing or planted · 3 something unproven, unlisted or lost · 2 no CloudTrail file at all.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let (digests, backfill, logs) = (&self.summary.digests, &self.summary.backfill_digests, &self.summary.logs);
        let planted = self.logs.iter().any(|row| row.reason == Some(Reason::InCoveredTime));
        let lake = LakeCounts::of(&self.lake);
        let gone = [digests.invalid, digests.missing, backfill.invalid, backfill.missing, logs.invalid, logs.missing, lake.broken()];
        if planted || gone.iter().any(|count| *count > 0) {
            return 1;
        }
        let gaps = self.chains.iter().flat_map(|chain| &chain.gaps).any(|gap| gap.cause != GapCause::Restarted);
        let lacking = self
            .findings
            .iter()
            .any(|finding| matches!(finding.code, FindingCode::EndBeforeRange | FindingCode::ChainAbsent | FindingCode::PackDiffers));
        let open = self.digests.iter().map(|row| row.verdict).chain(self.logs.iter().map(|row| row.verdict));
        if gaps
            || lacking
            || self.lake.iter().any(|row| row.verdict != Verdict::Valid)
            || open.into_iter().any(|verdict| verdict != Verdict::Valid)
        {
            return 3;
        }
        match (
            self.digests.is_empty() && self.logs.is_empty() && self.lake.is_empty(),
            self.range.start.is_some() || self.range.end.is_some(),
        ) {
            (false, _) => 0,
            // Something may be there outside the range; nothing in it is proven.
            (true, true) if !self.chains.is_empty() => 3,
            (true, _) => 2,
        }
    }

    /// What goes to standard output and what to standard error, each as a whole.
    #[must_use]
    pub fn text(&self, verbosity: Verbosity) -> (String, String) {
        let told = self.told(verbosity);
        let of = |wanted| told.iter().filter(|(stream, _)| *stream == wanted).map(|(_, text)| text.as_str()).collect();
        (of(Stream::Out), of(Stream::Error))
    }

    /// The text piece by piece in its order, with the stream of each: what is wrong stands among what it belongs to.
    #[must_use]
    pub fn told(&self, verbosity: Verbosity) -> Vec<(Stream, String)> {
        let mut lines = Lines::new(verbosity);
        let sorted = Sorted::of(self);
        let mut told = vec![false; self.logs.len()];
        for (id, block) in &sorted.blocks {
            self.write_block(id, block, &sorted, &mut told, &mut lines);
        }
        let rest: Vec<_> = self.logs.iter().zip(&told).filter(|(_, is_told)| !**is_told).map(|(row, _)| row).collect();
        if !sorted.stray.is_empty() || !rest.is_empty() {
            lines.header("Files of no chain");
            for row in &sorted.stray {
                lines.status(&digest_status(row), row.verdict);
            }
            for row in rest {
                lines.status(&log_status(row), row.verdict);
            }
        }
        write_lake(&self.lake, &mut lines, verbosity);
        for finding in self.findings.iter().filter(|finding| finding.code != FindingCode::Gap) {
            match finding.code {
                // The scope of what is proven belongs to the proof.
                FindingCode::PackScope => lines.out(&format!("\nNote: {}\n", finding.message)),
                _ => lines.error(&format!("Note: {}", finding.message)),
            }
        }
        lines.end()
    }

    fn write_block(&self, id: &BlockId, block: &Block<'_>, sorted: &Sorted<'_>, told: &mut [bool], lines: &mut Lines) {
        let (account, region, trail, home) = id;
        let Block { chains, digests } = block;
        let mut windows = digests.iter().filter_map(|row| Some((row.start?, row.end?)));
        let span = windows.next().map(|first| windows.fold(first, |(a, b), (c, d)| (a.min(c), b.max(d))));
        let show = |time: Option<ReportTime>| time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let start = show(self.range.start.or_else(|| span.map(|(start, _)| start)));
        let end = show(self.range.end.or_else(|| span.map(|(_, end)| end)));
        lines.header(&format!("{account}/{region}/{trail}"));
        let arn = format!("arn:{}:cloudtrail:{home}:{account}:trail/{trail}", partition(home));
        lines.out(&format!("Validating log files for trail {arn} between {start} and {end}\n\n"));
        for kind in [ChainKind::Hourly, ChainKind::Backfill] {
            let mut gaps: Vec<_> = chains.iter().filter(|chain| chain.kind == kind).flat_map(|chain| &chain.gaps).collect();
            // Newest first, as the AWS CLI walks.
            for row in digests.iter().rev().filter(|row| row.kind == kind) {
                while let Some(gap) = gaps.pop_if(|gap| row.end.is_some_and(|end| end <= gap.start)) {
                    lines.error(&gap_line(gap, kind));
                }
                lines.status(&digest_status(row), row.verdict);
                for index in sorted.logs_of(row) {
                    if let Some(log) = self.logs.get(*index).filter(|_| is_new(*index, told)) {
                        lines.status(&log_status(log), log.verdict);
                    }
                }
            }
            while let Some(gap) = gaps.pop() {
                lines.error(&gap_line(gap, kind));
            }
        }
        for index in sorted.unlisted.get(&(account.as_str(), region.as_str())).into_iter().flatten() {
            if let Some(log) = self.logs.get(*index).filter(|_| is_new(*index, told)) {
                lines.status(&log_status(log), log.verdict);
            }
        }
        lines.out(&format!("Results requested for {start} to {end}\n"));
        lines.out(&self.sums(digests, sorted));
    }

    fn sums(&self, digests: &[&DigestRow], sorted: &Sorted<'_>) -> String {
        if digests.is_empty() {
            return "No digests found\n".to_owned();
        }
        let valid = digests.iter().filter(|row| row.verdict == Verdict::Valid).filter_map(|row| Some((row.start?, row.end?)));
        let found = valid.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
        let mut text = match found {
            Some((from, to)) => {
                let from = self.range.start.map_or(from, |start| start.max(from));
                let to = self.range.end.map_or(to, |end| end.min(to));
                format!("Results found for {from} to {to}:\n")
            }
            None => "No valid digests found in range\n".to_owned(),
        };
        // Distinct files, as the summary counts them.
        let of_kind = |kind| digests.iter().filter(move |row| row.kind == kind && !row.is_once_more()).map(|row| row.verdict);
        let mut indexes: Vec<usize> = digests.iter().flat_map(|row| sorted.logs_of(row)).copied().collect();
        arrange(&mut indexes, Ord::cmp);
        indexes.dedup();
        let logs = indexes.iter().filter_map(|index| self.logs.get(*index)).filter(|row| !row.is_once_more()).map(|row| row.verdict);
        for (name, verdicts) in [
            ("digest files", of_kind(ChainKind::Hourly).collect::<Vec<_>>()),
            ("backfill digest files", of_kind(ChainKind::Backfill).collect()),
            ("log files", logs.collect()),
        ] {
            if !verdicts.is_empty() {
                let _ = write!(text, "\n{}", ratio(name, &verdicts));
            }
        }
        text.push('\n');
        text
    }
}

/// Whether a row is told for the first time.
fn is_new(index: usize, told: &mut [bool]) -> bool {
    told.get_mut(index).is_some_and(|is_told| !std::mem::replace(is_told, true))
}

/// What is told together: the chains of one trail in one account and Region, and their digests.
#[derive(Default)]
struct Block<'r> {
    chains: Vec<&'r ChainRow>,
    digests: Vec<&'r DigestRow>,
}

/// The report's rows by the block in which they are told.
struct Sorted<'r> {
    blocks: BTreeMap<BlockId, Block<'r>>,
    stray: Vec<&'r DigestRow>,
    by_digest: HashMap<&'r str, Vec<usize>>,
    unlisted: HashMap<(&'r str, &'r str), Vec<usize>>,
}

impl<'r> Sorted<'r> {
    fn of(report: &'r VerdictReport) -> Self {
        let mut sorted = Self { blocks: BTreeMap::new(), stray: Vec::new(), by_digest: HashMap::new(), unlisted: HashMap::new() };
        for chain in &report.chains {
            let id = (chain.account.clone(), chain.region.clone(), chain.trail.clone(), chain.home_region.clone());
            sorted.blocks.entry(id).or_default().chains.push(chain);
        }
        for row in &report.digests {
            match block_of(row).and_then(|id| sorted.blocks.get_mut(&id)) {
                Some(block) => block.digests.push(row),
                None => sorted.stray.push(row),
            }
        }
        for (index, row) in report.logs.iter().enumerate() {
            match row.listed_by.first() {
                Some(digest) => sorted.by_digest.entry(digest).or_default().push(index),
                None => sorted.add_unlisted(report, index, row),
            }
        }
        for logs in sorted.by_digest.values_mut() {
            let position = |index: &usize| report.logs.get(*index).map(|row| row.position);
            arrange(logs, |a, b| position(a).cmp(&position(b)));
        }
        sorted
    }

    fn add_unlisted(&mut self, report: &'r VerdictReport, index: usize, row: &LogRow) {
        let KeyKind::Log(name) = ObjectKey::parse(row.key.as_deref().unwrap_or_default()).kind else { return };
        let chain = report.chains.iter().find(|chain| chain.account == name.account && chain.region == name.region);
        if let Some(chain) = chain {
            self.unlisted.entry((&chain.account, &chain.region)).or_default().push(index);
        }
    }

    fn logs_of(&self, row: &DigestRow) -> &[usize] {
        row.key.as_deref().and_then(|key| self.by_digest.get(key)).map_or(&[], Vec::as_slice)
    }
}

fn block_of(row: &DigestRow) -> Option<BlockId> {
    match ObjectKey::parse(row.key.as_deref()?).kind {
        KeyKind::Digest(name) => Some((name.chain.account, name.chain.region, name.chain.trail, name.chain.home_region)),
        _ => None,
    }
}

/// The AWS CLI's sentence is true where the trail stood still; where digests are lost it would be a guess.
fn gap_line(gap: &GapRow, kind: ChainKind) -> String {
    let backfill = if kind == ChainKind::Backfill { "(backfill) " } else { "" };
    let (start, end) = (gap.start, gap.end);
    match gap.cause {
        GapCause::Stopped | GapCause::Restarted => format!("{backfill}No log files were delivered by CloudTrail between {start} and {end}"),
        GapCause::Missing => format!("{backfill}No digest files were found between {start} and {end} (missing: {})", gap.missing_digests),
        GapCause::TimeHole => format!("{backfill}Linked digest files leave the time between {start} and {end} open"),
    }
}

fn partition(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(regions, _)| region.starts_with(regions)).map_or("aws", |(_, partition)| partition)
}

/// How the Regions of the partitions besides `aws` begin.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];
