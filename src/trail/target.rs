//! What a call acted on: the record's own `resources`, else what its request names.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de;
use serde_json::value::RawValue;

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

fn from_resources(raw: &RawValue) -> Option<Target<'_>> {
    let list: Vec<RawResource<'_>> =
        serde_json::from_str(raw.get()).or_else(|_| serde_json::from_str(raw.get()).map(|one| vec![one])).ok()?;
    let first =
        list.into_iter().find(|resource| resource.arn.0.is_some() || resource.resource_name.0.is_some() || resource.prefix.0.is_some())?;
    let name = first.arn.0.map(short_arn).or(first.resource_name.0).or_else(|| first.prefix.0.map(short_arn));
    Some(Target { name, kind: first.kind.0 })
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
    let Request { bucket, object, best } = serde_json::from_str(raw.get()).ok()?;
    let name = match (bucket, object) {
        (Some(bucket), Some(object)) => Some(Cow::Owned(format!("{bucket}/{object}"))),
        (bucket, _) => bucket.or_else(|| best.map(|(_, name)| name)),
    };
    Some(Target { name, kind: None })
}

#[derive(Default)]
struct Request<'a> {
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
            let key = key.unwrap_or_default();
            let rank = NAMING_FIELDS.iter().position(|field| *field == key.as_ref());
            match (key.as_ref(), rank) {
                ("bucketName", _) => request.bucket = named(map.next_value()?),
                ("key", _) => request.object = named(map.next_value()?),
                ("instancesSet" | "instanceIds", _) => {
                    let items: Option<&'de RawValue> = map.next_value()?;
                    offer(&mut request, INSTANCE_RANK, items.and_then(first_instance));
                }
                (_, Some(rank)) => {
                    let name = named(map.next_value()?);
                    offer(&mut request, rank, name);
                }
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        Ok(request)
    }
}

fn offer<'a>(request: &mut Request<'a>, rank: usize, name: Text<'a>) {
    if let Some(name) = name
        && request.best.as_ref().is_none_or(|(best, _)| rank < *best)
    {
        request.best = Some((rank, name));
    }
}

fn named(Loose(text): Loose<'_>) -> Text<'_> {
    text.filter(|text| !text.is_empty() && !text.starts_with('('))
}

fn first_instance(raw: &RawValue) -> Text<'_> {
    let text = raw.get();
    let at = text.find("\"i-")?;
    let id = text.get(at + 1..)?.split('"').next()?;
    Some(Cow::Borrowed(id))
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
