//! Who switched logging off, or took its bucket or key away, near a gap: the rows that could be its cause.

use crate::query::scene::Scene;
use crate::query::select::select;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainId;
use crate::trail::ids::RowId;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// A gap, and where its trail keeps its files.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// The chain that has it.
    pub chain: &'a ChainId,
    /// The gap itself.
    pub gap: TimeRange,
    /// The buckets that the chain's digests name.
    pub buckets: &'a [String],
}

/// All rows that could be a gap's cause, found once for all gaps: by their names alone.
#[derive(Debug)]
pub struct Suspects<'a> {
    scene: Scene<'a>,
    rows: Vec<(Timestamp, RowId)>,
}

impl<'a> Suspects<'a> {
    /// The rows of such names that have a time, oldest first.
    #[must_use]
    pub fn of(scene: Scene<'a>) -> Self {
        let named = |name: &&str| Predicate::Cell(ColumnId::EventName, TextMatch::Is((*name).to_owned()));
        let names: Vec<Predicate> = TRAIL_EVENTS.iter().chain(BUCKET_EVENTS).chain(KEY_EVENTS).map(named).collect();
        let set = select(&Predicate::Any(names), scene);
        let mut rows: Vec<(Timestamp, RowId)> = set.iter().filter_map(|row| Some((scene.table.time(row)?, row))).collect();
        arrange(&mut rows, |a, b| a.cmp(b));
        Self { scene, rows }
    }

    /// Those near one gap, oldest first, at most `most`; and how many more there are.
    #[must_use]
    pub fn near(&self, site: &Site<'_>, most: usize) -> (Vec<RowId>, u64) {
        let around = TimeRange::new(site.gap.start.plus(-AROUND), site.gap.end.plus(AROUND));
        let from = self.rows.partition_point(|(time, _)| *time < around.start);
        let inside = self.rows.iter().skip(from).take_while(|(time, _)| *time <= around.end);
        let mut found: Vec<RowId> = inside.map(|(_, row)| *row).filter(|row| self.concerns(site, *row)).collect();
        let more = found.len().saturating_sub(most);
        found.truncate(most);
        (found, u64::try_from(more).unwrap_or(u64::MAX))
    }

    /// Whether a row is of this trail, its bucket or a key beside it, as far as the columns know.
    fn concerns(&self, site: &Site<'_>, row: RowId) -> bool {
        let cell = |column| self.scene.table.cell(row, column);
        let (account, region) = (cell(ColumnId::RecipientAccountId), cell(ColumnId::AwsRegion));
        let is_here = (account.is_empty() || account == site.chain.account)
            && (region.is_empty() || region == site.chain.region || region == site.chain.home_region);
        let resource = cell(ColumnId::ResourceName);
        let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(cell(ColumnId::EventName)));
        match cell(ColumnId::EventSource).split('.').next().unwrap_or_default() {
            "cloudtrail" => is_one_of(TRAIL_EVENTS) && is_here && names_trail(resource, &site.chain.trail),
            // The bucket of an organization's trail lies in another account, and anyone's log may tell of it: its name decides.
            "s3" => is_one_of(BUCKET_EVENTS) && site.buckets.iter().any(|bucket| names_bucket(resource, bucket)),
            "kms" => is_one_of(KEY_EVENTS) && is_here,
            _ => false,
        }
    }
}

/// A trail is named by its name or its ARN; a record that names none may be about any.
fn names_trail(resource: &str, trail: &str) -> bool {
    resource.is_empty() || resource.rsplit('/').next() == Some(trail)
}

/// `bucket`, `bucket/key` or `arn:aws:s3:::bucket…`.
fn names_bucket(resource: &str, bucket: &str) -> bool {
    let name = resource.rsplit(":::").next().unwrap_or_default();
    name.strip_prefix(bucket).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An hour on either side: a digest comes once an hour, and what stopped it may lie anywhere in that.
const AROUND: i64 = HOUR;

/// What stops, starts or narrows a trail (`cloudtrail.amazonaws.com`).
const TRAIL_EVENTS: &[&str] =
    &["StopLogging", "StartLogging", "DeleteTrail", "CreateTrail", "UpdateTrail", "PutEventSelectors", "PutInsightSelectors"];

/// What can keep a bucket from taking or keeping files (`s3.amazonaws.com`).
const BUCKET_EVENTS: &[&str] = &[
    "CreateBucket",
    "DeleteBucket",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutBucketEncryption",
    "PutBucketAcl",
    "PutBucketVersioning",
    "PutBucketOwnershipControls",
    "DeleteObject",
    "DeleteObjects",
];

/// What can keep a trail from using its key (`kms.amazonaws.com`).
const KEY_EVENTS: &[&str] = &["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DeleteImportedKeyMaterial"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::scene::FileClasses;
    use crate::table::batch::BatchBuilder;
    use crate::table::event_table::EventTable;
    use crate::trail::event::EventRecord;
    use crate::trail::ids::ChainKind;
    use crate::trail::ids::FileId;

    fn event(minute: i64, source: &str, name: &str, more: &str) -> String {
        let time = Timestamp(1_741_600_800_000).plus(minute * 60_000);
        format!(
            r#"{{"eventTime":"{time}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","recipientAccountId":"111122223333",{more}}}"#
        )
    }

    fn found(events: &[String]) -> Vec<String> {
        let mut builder = BatchBuilder::default();
        for json in events {
            builder.push(FileId(0), 0, &EventRecord::parse(json.as_bytes()).expect("a record"));
        }
        let mut table = EventTable::default();
        table.append(&builder.finish());
        let classes = FileClasses { of_file: vec![0], names: vec!["pending".to_owned()], ..FileClasses::default() };
        let name = |text: &str| text.to_owned();
        let chain = ChainId {
            account: name("111122223333"),
            region: name("eu-west-1"),
            trail: name("main"),
            home_region: name("us-east-1"),
            kind: ChainKind::Hourly,
        };
        let start = Timestamp(1_741_600_800_000);
        let buckets = [name("logs")];
        let site = Site { chain: &chain, gap: TimeRange::new(start, start.plus(HOUR)), buckets: &buckets };
        let (near, more) = Suspects::of(Scene { table: &table, classes: &classes }).near(&site, 10);
        assert_eq!(more, 0);
        near.into_iter().map(|row| table.cell(row, ColumnId::EventName).to_owned()).collect()
    }

    #[test]
    fn what_was_done_to_the_trail_its_bucket_or_a_key_near_it_is_found_in_order() {
        let events = [
            event(70, "s3", "DeleteBucketPolicy", r#""requestParameters":{"bucketName":"logs"}"#),
            event(
                -3,
                "cloudtrail",
                "StopLogging",
                r#""requestParameters":{"name":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"}"#,
            ),
            event(5, "kms", "DisableKey", r#""requestParameters":{"keyId":"1234"}"#),
            event(-2, "cloudtrail", "UpdateTrail", r#""requestParameters":{"name":"main"}"#),
        ];
        assert_eq!(found(&events), ["StopLogging", "UpdateTrail", "DisableKey", "DeleteBucketPolicy"]);
    }

    #[test]
    fn what_is_far_away_or_of_others_is_not() {
        let events = [
            event(-61, "cloudtrail", "StopLogging", r#""requestParameters":{"name":"main"}"#),
            event(121, "cloudtrail", "StopLogging", r#""requestParameters":{"name":"main"}"#),
            event(5, "cloudtrail", "StopLogging", r#""requestParameters":{"name":"other"}"#),
            event(5, "cloudtrail", "LookupEvents", r#""requestParameters":{"name":"main"}"#),
            event(5, "s3", "DeleteObject", r#""requestParameters":{"bucketName":"logs-of-others","key":"a"}"#),
            event(5, "elsewhere", "StopLogging", r#""requestParameters":{"name":"main"}"#),
        ];
        assert!(found(&events).is_empty());
    }
}
