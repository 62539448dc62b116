//! What a call acted on: the record's own `resources`, else what its request names.

use std::borrow::Cow;

use serde_json::Value;

use crate::trail::book::first_instance;
use crate::trail::bytes::same;
use crate::trail::cursor::Cursor;
use crate::trail::loose::Text;
use crate::trail::loose::loose;

/// A name and, where the record says so, a type.
#[derive(Debug, Default)]
pub(crate) struct Target<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) kind: Text<'a>,
}

/// One of a record's `resources`.
pub(super) struct Resource<'a> {
    pub(super) arn: Text<'a>,
    pub(super) prefix: Text<'a>,
    pub(super) resource_name: Text<'a>,
    pub(super) kind: Text<'a>,
}

impl<'a> Resource<'a> {
    /// `None` if nothing names it.
    pub(super) fn target(self) -> Option<Target<'a>> {
        let name = self.arn.map(short_arn).or(self.resource_name).or_else(|| self.prefix.map(short_arn))?;
        Some(Target { name: Some(name), kind: self.kind })
    }
}

/// The part of an ARN that names the thing: all after the account.
fn short_arn(arn: Cow<'_, str>) -> Cow<'_, str> {
    let cut = |arn: &str| {
        let fifth = arn.bytes().enumerate().filter(|(_, byte)| *byte == b':').nth(4)?.0;
        Some(arn.len() - fifth - 1).filter(|length| *length > 0)
    };
    match cut(&arn) {
        None => arn,
        Some(length) => match arn {
            Cow::Borrowed(text) => text.get(text.len() - length..).map_or(Cow::Borrowed(text), Cow::Borrowed),
            Cow::Owned(text) => Cow::Owned(text.get(text.len() - length..).unwrap_or_default().to_owned()),
        },
    }
}

/// What of `requestParameters` may name a target.
#[derive(Default)]
pub(super) struct Request<'a> {
    bucket: Text<'a>,
    object: Text<'a>,
    best: Option<(usize, Cow<'a, str>)>,
    /// What has been met, a bit each.
    seen: u64,
}

/// What a field of `requestParameters` is good for.
enum Slot {
    Bucket,
    Object,
    Instances,
    Ranked(usize),
    Other,
}

impl Slot {
    fn of(key: &[u8]) -> Self {
        match key {
            b"bucketName" => Self::Bucket,
            b"key" => Self::Object,
            b"instancesSet" | b"instanceIds" => Self::Instances,
            _ => rank(key).map_or(Self::Other, Self::Ranked),
        }
    }
}

impl Slot {
    fn bit(&self) -> u64 {
        match self {
            Self::Other => 0,
            Self::Bucket => 1 << 62,
            Self::Object => 1 << 63,
            Self::Instances => 1 << INSTANCE_RANK,
            Self::Ranked(rank) => 1 << rank,
        }
    }
}

impl<'a> Request<'a> {
    /// A field that the cursor stands before. The second of its kind is for the book.
    pub(super) fn field(&mut self, key: &[u8], cursor: &mut Cursor<'a>) -> Option<()> {
        let slot = Slot::of(key);
        let bit = slot.bit();
        if self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        match slot {
            Slot::Other => cursor.skip(),
            Slot::Instances => {
                self.instances(&serde_json::from_slice(cursor.raw()?).ok()?);
                Some(())
            }
            slot => {
                self.take(slot, cursor.text()?);
                Some(())
            }
        }
    }

    /// A field out of a tree.
    pub(super) fn note(&mut self, key: &str, value: Value) {
        match Slot::of(key.as_bytes()) {
            Slot::Other => {}
            Slot::Instances => self.instances(&value),
            slot => self.take(slot, loose(value)),
        }
    }

    fn instances(&mut self, value: &Value) {
        self.offer(INSTANCE_RANK, first_instance(value).map(|id| Cow::Owned(id.to_owned())));
    }

    fn take(&mut self, slot: Slot, text: Text<'a>) {
        let name = text.filter(|text| !text.is_empty() && !text.starts_with('('));
        match slot {
            Slot::Bucket => self.bucket = name,
            Slot::Object => self.object = name,
            Slot::Ranked(rank) => self.offer(rank, name),
            Slot::Instances | Slot::Other => {}
        }
    }

    pub(super) fn target(self) -> Target<'a> {
        let name = match (self.bucket, self.object) {
            (Some(bucket), Some(object)) => Some(Cow::Owned(format!("{bucket}/{object}"))),
            (bucket, _) => bucket.or_else(|| self.best.map(|(_, name)| name)),
        };
        Target { name, kind: None }
    }

    fn offer(&mut self, rank: usize, name: Text<'a>) {
        if let Some(name) = name
            && self.best.as_ref().is_none_or(|(best, _)| rank < *best)
        {
            self.best = Some((rank, name));
        }
    }
}

/// Which of the naming fields a key is. Most are none: of two in three their length and first letter tell.
fn rank(key: &[u8]) -> Option<usize> {
    let bit = likely(key.len(), *key.first()?);
    if LIKELY & bit == 0 {
        return None;
    }
    for (rank, field) in NAMING_FIELDS.iter().enumerate() {
        if same(field.as_bytes(), key) {
            return Some(rank);
        }
    }
    None
}

#[allow(clippy::indexing_slicing)] // While compiling.
const LIKELY: u128 = {
    let (mut bits, mut rank) = (0, 0);
    while rank < NAMING_FIELDS.len() {
        let field = NAMING_FIELDS[rank].as_bytes();
        bits |= likely(field.len(), field[0]);
        rank += 1;
    }
    bits
};

#[allow(clippy::as_conversions)] // `usize::from` is not for constants.
const fn likely(length: usize, first: u8) -> u128 {
    1 << ((length.wrapping_mul(11).wrapping_add(first as usize)) % 128)
}

const INSTANCE_RANK: usize = 3;

/// Fields of `requestParameters` that name what a call is about, most telling first (counted in real records without `resources`).
const NAMING_FIELDS: [&str; 46] = [
    "userName",
    "roleName",
    "groupName",
    "instanceId",
    "functionName",
    "secretId",
    "trailName",
    "tableName",
    "dBInstanceIdentifier",
    "dBSnapshotIdentifier",
    "dBClusterIdentifier",
    "groupId",
    "snapshotId",
    "volumeId",
    "imageId",
    "vpcId",
    "subnetId",
    "routeTableId",
    "networkInterfaceId",
    "allocationId",
    "natGatewayId",
    "internetGatewayId",
    "keyName",
    "instanceProfileName",
    "loadBalancerName",
    "clusterName",
    "logGroupName",
    "stackName",
    "queueUrl",
    "topicArn",
    "repositoryName",
    "certificateArn",
    "detectorId",
    "parameterName",
    "keyId",
    "policyArn",
    "policyName",
    "roleArn",
    "resourceArn",
    "resourceARN",
    "resourceId",
    "documentName",
    "accountId",
    "name",
    "id",
    "arn",
];

#[cfg(test)]
mod tests {
    use crate::trail::event::EventRecord;

    fn target(resources: &str, request: &str) -> String {
        let json = format!(r#"{{"resources":{resources},"requestParameters":{request}}}"#);
        let record = EventRecord::by_the_book(json.as_bytes()).expect("json");
        assert_eq!(EventRecord::parse(json.as_bytes()).as_ref(), Ok(&record));
        record.resource.unwrap_or_default().into_owned()
    }

    #[test]
    fn resources_come_first() {
        assert_eq!(target(r#"[{"ARN":"arn:aws:s3:::bucket/key"},{"ARN":"arn:aws:s3:::bucket"}]"#, "{}"), "bucket/key");
        assert_eq!(target(r#"{"ARN":"arn:aws:iam::1:role/Admin"}"#, "null"), "role/Admin");
    }

    #[test]
    fn the_request_names_the_rest() {
        assert_eq!(target("null", r#"{"bucketName":"b","key":"k/v"}"#), "b/k/v");
        assert_eq!(target("\"\"", r#"{"policyArn":"p","userName":"eve"}"#), "eve");
        assert_eq!(target("[]", r#"{"instancesSet":{"items":[{"instanceId":"i-0abc"}]}}"#), "i-0abc");
        assert_eq!(target("null", r#"{"userName":{"odd":1},"name":"main-trail"}"#), "main-trail");
        assert_eq!(target("null", "\"null\""), "");
    }
}
