//! What a call acted on: the record's own `resources`, else what its request names.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de;
use serde_json::value::RawValue;

use crate::trail::cursor::Cursor;
use crate::trail::loose::Loose;
use crate::trail::loose::Text;

/// A name and, where the record says so, a type.
#[derive(Debug, Default)]
pub(crate) struct Target<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) kind: Text<'a>,
}

/// The target of a call. `resources` is an array by the book, in the wild also an object, a string or null.
pub(crate) fn of<'a>(resources: Option<&'a RawValue>, request: Option<&'a RawValue>) -> Target<'a> {
    resources.and_then(from_resources).or_else(|| request.and_then(from_request)).unwrap_or_default()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawResource<'a> {
    // `arn` in hand-made records.
    #[serde(borrow, rename = "ARN", alias = "arn")]
    arn: Loose<'a>,
    #[serde(borrow, rename = "ARNPrefix")]
    prefix: Loose<'a>,
    #[serde(borrow, rename = "resourceName")]
    resource_name: Loose<'a>,
    #[serde(borrow, rename = "type", alias = "resourceType")]
    kind: Loose<'a>,
}

fn from_resources<'a>(raw: &'a RawValue) -> Option<Target<'a>> {
    let list: Vec<RawResource<'a>> =
        serde_json::from_str(raw.get()).or_else(|_| serde_json::from_str(raw.get()).map(|one| vec![one])).ok()?;
    let resource =
        |raw: RawResource<'a>| Resource { arn: raw.arn.0, prefix: raw.prefix.0, resource_name: raw.resource_name.0, kind: raw.kind.0 };
    list.into_iter().find_map(|raw| resource(raw).target())
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
    let cut = |arn: &str| arn.splitn(6, ':').nth(5).filter(|rest| !rest.is_empty()).map(str::len);
    match cut(&arn) {
        None => arn,
        Some(length) => match arn {
            Cow::Borrowed(text) => text.get(text.len() - length..).map_or(Cow::Borrowed(text), Cow::Borrowed),
            Cow::Owned(text) => Cow::Owned(text.get(text.len() - length..).unwrap_or_default().to_owned()),
        },
    }
}

fn from_request(raw: &RawValue) -> Option<Target<'_>> {
    serde_json::from_str(raw.get()).ok().map(Request::target)
}

/// What of `requestParameters` may name a target.
#[derive(Default)]
pub(super) struct Request<'a> {
    bucket: Text<'a>,
    object: Text<'a>,
    best: Option<(usize, Cow<'a, str>)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Request<'a> {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RequestVisitor)
    }
}

struct RequestVisitor;

impl<'de> de::Visitor<'de> for RequestVisitor {
    type Value = Request<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("request parameters")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut request = Request::default();
        while let Some(Loose(key)) = map.next_key::<Loose<'de>>()? {
            match Slot::of(key.unwrap_or_default().as_bytes()) {
                Slot::Bucket => request.bucket = named(map.next_value()?),
                Slot::Object => request.object = named(map.next_value()?),
                Slot::Instances => {
                    let items: Option<&'de RawValue> = map.next_value()?;
                    request.offer(INSTANCE_RANK, items.and_then(|items| first_instance(items.get().as_bytes())));
                }
                Slot::Ranked(rank) => request.offer(rank, named(map.next_value()?)),
                Slot::Other => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        Ok(request)
    }
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
            _ => NAMING_FIELDS.iter().position(|field| field.as_bytes() == key).map_or(Self::Other, Self::Ranked),
        }
    }
}

impl<'a> Request<'a> {
    /// The same as the visitor above, for the one pass.
    pub(super) fn field(&mut self, key: &[u8], cursor: &mut Cursor<'a>) -> Option<()> {
        match Slot::of(key) {
            Slot::Bucket => self.bucket = named(Loose(cursor.text()?)),
            Slot::Object => self.object = named(Loose(cursor.text()?)),
            Slot::Instances => self.offer(INSTANCE_RANK, first_instance(cursor.raw()?)),
            Slot::Ranked(rank) => self.offer(rank, named(Loose(cursor.text()?))),
            Slot::Other => cursor.skip()?,
        }
        Some(())
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

fn named(Loose(text): Loose<'_>) -> Text<'_> {
    text.filter(|text| !text.is_empty() && !text.starts_with('('))
}

fn first_instance(json: &[u8]) -> Text<'_> {
    let at = memchr::memmem::find(json, b"\"i-")?;
    let id = json.get(at + 1..)?.split(|byte| *byte == b'"').next()?;
    std::str::from_utf8(id).ok().map(Cow::Borrowed)
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
    use super::*;

    fn target(resources: &str, request: &str) -> String {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).expect("json");
        of(Some(&raw(resources)), Some(&raw(request))).name.unwrap_or_default().into_owned()
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
