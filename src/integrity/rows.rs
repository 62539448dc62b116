//! The report's rows while they are gathered, and the verdict by file beside them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::lake_report::LakeRow;
use crate::integrity::location::Location;
use crate::integrity::location::base_of;
use crate::integrity::location::shift;
use crate::integrity::pace::Pace;
use crate::integrity::pace::sorted;
use crate::integrity::report::DigestCounts;
use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::report::Summary;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::ids::ChainKind;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// Rows gathered so far.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) files: Vec<Option<Judged>>,
    pub(crate) digests: Vec<DigestRow>,
    pub(crate) logs: Vec<LogRow>,
    pub(crate) lake: Vec<LakeRow>,
    /// By recorded bucket: how its files were moved.
    pub(crate) moves: BTreeMap<String, Moves>,
}

/// How the files of one bucket were moved.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pub(crate) same_place: u64,
    pub(crate) moved: u64,
    /// From where to where; two are enough to know that it was not one move.
    pub(crate) ways: BTreeSet<(String, String)>,
}

impl Rows {
    pub(crate) fn new(files: usize) -> Self {
        Self { files: vec![None; files], digests: Vec::new(), logs: Vec::new(), lake: Vec::new(), moves: BTreeMap::new() }
    }

    /// Notes a file's verdict. Of two verdicts on one file (a log's bytes at a digest's place) the worse stands.
    pub(crate) fn say(&mut self, id: FileId, judged: &Judged) {
        if let Some(slot) = self.files.get_mut(id.index())
            && slot.as_ref().is_none_or(|before| before.verdict == Verdict::Valid)
        {
            *slot = Some(judged.clone());
        }
    }

    pub(crate) fn is_judged(&self, id: FileId) -> bool {
        self.files.get(id.index()).is_some_and(Option::is_some)
    }

    /// Notes where a file lies compared with where it was put.
    pub(crate) fn note_move(&mut self, file: &GivenFile, place: &Place, standing: Location) {
        if standing == Location::Unknown {
            return;
        }
        if !self.moves.contains_key(&place.bucket) {
            self.moves.insert(place.bucket.clone(), Moves::default());
        }
        let Some(moves) = self.moves.get_mut(&place.bucket) else { return };
        if !standing.is_moved() {
            moves.same_place = moves.same_place.saturating_add(1);
            return;
        }
        moves.moved = moves.moved.saturating_add(1);
        if moves.ways.len() < 2 {
            moves.ways.insert(shift(file, place));
        }
    }

    /// Digests by the end of their window, logs by the stamp in their key; then by key, then by source.
    pub(crate) async fn sort(&mut self, pace: &Pace) {
        arrange(&mut self.digests, |a, b| (a.end, &a.key, &a.source).cmp(&(b.end, &b.key, &b.source)));
        let mut stamps = Vec::with_capacity(self.logs.len());
        for row in &self.logs {
            pace.spend(STAMPED).await;
            stamps.push(stamp(row.key.as_deref()));
        }
        let at = |number: &u32| usize::try_from(*number).ok();
        let log = |number: &u32| at(number).and_then(|at| self.logs.get(at)).map(|row| (&row.key, &row.source, &row.actual_sha256));
        let time = |number: &u32| at(number).and_then(|at| stamps.get(at));
        let order = sorted(self.logs.len(), pace, &mut |a, b| time(a).cmp(&time(b)).then_with(|| log(a).cmp(&log(b)))).await;
        let mut taken: Vec<Option<LogRow>> = std::mem::take(&mut self.logs).into_iter().map(Some).collect();
        for number in &order {
            pace.spend(MOVED).await;
            self.logs.extend(at(number).and_then(|at| taken.get_mut(at)?.take()));
        }
    }
}

impl Summary {
    /// Counts distinct files. A log that two digests list is one row and counts once, unlike with the AWS CLI; a second copy of a file is
    /// a row of its own (`duplicate-of`), but no more is proven by it than by the first, so it counts once too, and so do its events.
    pub(crate) fn of(digests: &[DigestRow], logs: &[LogRow]) -> Self {
        let mut summary = Self::default();
        for row in digests.iter().filter(|row| !row.is_once_more()) {
            let counts = match row.kind {
                ChainKind::Hourly => &mut summary.digests,
                ChainKind::Backfill => &mut summary.backfill_digests,
            };
            counts.count(row.verdict);
        }
        for row in logs.iter().filter(|row| !row.is_once_more()) {
            let counts = &mut summary.logs;
            let count = match row.verdict {
                Verdict::Valid => &mut counts.valid,
                Verdict::Invalid => &mut counts.invalid,
                Verdict::Missing => &mut counts.missing,
                Verdict::Unproven => &mut counts.unproven,
                Verdict::Unlisted => &mut counts.unlisted,
                Verdict::Pending => continue,
            };
            *count = count.saturating_add(1);
            let events = row.events.unwrap_or_default();
            summary.events.total = summary.events.total.saturating_add(events);
            if row.verdict == Verdict::Valid {
                summary.events.valid = summary.events.valid.saturating_add(events);
            }
        }
        summary
    }
}

impl DigestCounts {
    fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Valid => &mut self.valid,
            Verdict::Invalid => &mut self.invalid,
            Verdict::Missing => &mut self.missing,
            Verdict::Unproven => &mut self.unproven,
            Verdict::Unlisted | Verdict::Pending => return,
        };
        *count = count.saturating_add(1);
    }
}

/// Bucket and key as the path or URL says them, for a file that no digest names.
pub(crate) fn own_place(file: &GivenFile, homes: &Homes<'_>) -> (Option<String>, String) {
    if let Some(place) = &file.facts.place {
        return (Some(place.bucket.clone()), place.key.clone());
    }
    let Some((before, tail)) = file.name.from_aws_logs() else { return (None, file.name.base().to_owned()) };
    let (bucket, prefix) = homes.of(before);
    (bucket.map(str::to_owned), format!("{prefix}{tail}"))
}

/// The buckets and prefixes that digests record. What stands before `AWSLogs/` in a path may be a bucket, a prefix or a folder of
/// one's own: it is believed only where a digest says the same.
#[derive(Debug, Default)]
pub(crate) struct Homes<'a>(BTreeSet<(&'a str, &'a str)>);

impl<'a> Homes<'a> {
    pub(crate) fn of_digests(digests: &Digests<'a>) -> Self {
        let place = |given: &GivenDigest<'a>| {
            let place = &given.digest.place;
            let at = if place.key.starts_with("AWSLogs/") { 0 } else { place.key.rfind("/AWSLogs/")?.saturating_add(1) };
            Some((place.bucket.as_str(), place.key.get(..at)?))
        };
        Self(digests.all.iter().filter_map(place).collect())
    }

    /// The bucket, if the path shows it, and the prefix.
    fn of(&self, before: &str) -> (Option<&'a str>, &'a str) {
        let ends_in = |whole: &str, part: &str| whole.strip_suffix(part).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let in_bucket = |(bucket, prefix): &&(&str, &str)| {
            before.strip_suffix(prefix).and_then(|rest| rest.strip_suffix('/')).is_some_and(|rest| ends_in(rest, bucket))
        };
        let known = self.0.iter().find(in_bucket).map(|(bucket, prefix)| (Some(*bucket), *prefix));
        let with_prefix =
            || self.0.iter().map(|(_, prefix)| *prefix).filter(|prefix| ends_in(before, prefix)).max_by_key(|prefix| prefix.len());
        known.unwrap_or_else(|| (None, with_prefix().unwrap_or_default()))
    }
}

impl DigestRow {
    /// Whether it is a further copy of a file that is counted already.
    pub(crate) fn is_once_more(&self) -> bool {
        is_once_more(&self.remarks, self.verdict, self.key.as_deref())
    }
}

impl LogRow {
    /// Whether it is a further copy of a file that is counted already.
    pub(crate) fn is_once_more(&self) -> bool {
        is_once_more(&self.remarks, self.verdict, self.key.as_deref())
    }
}

/// Whether a row is that of a further copy. One that is disproven counts: it is another file under a true one's name. So does one that
/// lies unlisted under a name of its own.
fn is_once_more(remarks: &[Remark], verdict: Verdict, key: Option<&str>) -> bool {
    let first = remarks.iter().find_map(|remark| if let Remark::DuplicateOf(first) = remark { Some(first) } else { None });
    first.is_some_and(|first| match verdict {
        Verdict::Invalid => false,
        Verdict::Unlisted => key.is_some_and(|key| unpacked(base_of(key)) == unpacked(base_of(first))),
        _ => true,
    })
}

/// The stamp in a log's name. Not the whole parser: this is asked once for each of very many rows.
fn stamp(key: Option<&str>) -> Option<Timestamp> {
    let after_region = base_of(key?).splitn(4, '_').nth(3)?;
    let (stamp, _) = after_region.split_at_checked(after_region.find('Z')?.saturating_add(1))?;
    Timestamp::parse_stamp(stamp)
}

/// The stamp of a row is read in the time of so many numbers, a row put in its place in that of so many.
const STAMPED: usize = 60;
const MOVED: usize = 20;
