//! A record's raw JSON as sections in a fixed order: who, what on, in which context, with what error, asked, answered.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::screen::format;
use crate::screen::json;

/// The sections of one record that have something to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSections {
    /// In the order in which they are shown.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One value with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is, in AWS's words.
    pub label: String,
    /// The text; laid out over many lines where it is an object or a list.
    pub value: String,
    /// The field of a filter for it, where there is one.
    pub field: Option<&'static str>,
}

impl RecordSections {
    /// Reads one record; `None` where it is no JSON object.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let record: Raw = serde_json::from_str(text).ok()?;
        let sections = [
            actor(&record),
            target(&record),
            context(&record),
            error(&record),
            nested("REQUEST", &record, "requestParameters"),
            response(&record),
        ];
        Some(Self { sections: sections.into_iter().filter(|section| !section.lines.is_empty()).collect() })
    }
}

/// A section of what a record may have any number of: as many lines as can be shown, and one that says how many more there are.
fn section(title: &'static str, mut lines: Vec<Line>) -> Section {
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        let label = format!("{} more", format::count(more as u64));
        lines.push(Line { label, value: "Not shown: copy the record to have them all.".to_owned(), field: None });
    }
    Section { title, lines }
}

/// An object's members in the order in which they are written.
struct Raw(Vec<(String, Box<RawValue>)>);

impl Raw {
    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The text at a path of names; `None` where there is nothing or null.
    fn text(&self, path: &str) -> Option<String> {
        match path.split_once('.') {
            None => self.get(path).and_then(shown),
            Some((first, rest)) => serde_json::from_str::<Self>(self.get(first)?.get()).ok()?.text(rest),
        }
    }

    fn lines(&self, wanted: &[(&str, &str, Option<&'static str>)]) -> Vec<Line> {
        let line = |(label, path, field): &(&str, &str, Option<&'static str>)| {
            Some(Line { label: (*label).to_owned(), value: self.text(path)?, field: *field })
        };
        wanted.iter().filter_map(line).collect()
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = Raw;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Raw(members))
            }
        }
        from.deserialize_map(Members)
    }
}

fn actor(record: &Raw) -> Section {
    let lines = record.lines(&[
        ("User identity type", "userIdentity.type", Some("userIdentity.type")),
        ("User name", "userIdentity.userName", Some("userName")),
        ("ARN", "userIdentity.arn", Some("userIdentity.arn")),
        ("Principal ID", "userIdentity.principalId", None),
        ("Account", "userIdentity.accountId", None),
        ("AWS access key", "userIdentity.accessKeyId", Some("accessKeyId")),
        ("Session issuer", "userIdentity.sessionContext.sessionIssuer.arn", None),
        ("Source identity", "userIdentity.sessionContext.sourceIdentity", None),
        ("Session started", "userIdentity.sessionContext.attributes.creationDate", None),
        ("MFA", "userIdentity.sessionContext.attributes.mfaAuthenticated", None),
        ("Invoked by", "userIdentity.invokedBy", None),
        ("Identity provider", "userIdentity.identityProvider", None),
        ("On behalf of", "userIdentity.onBehalfOf", None),
        ("Invoked by delegate", "userIdentity.invokedByDelegate", None),
    ]);
    Section { title: "ACTOR", lines }
}

fn target(record: &Raw) -> Section {
    let mut lines = Vec::new();
    let resources = record.get("resources").and_then(|list| serde_json::from_str::<Vec<Raw>>(list.get()).ok()).unwrap_or_default();
    for resource in &resources {
        let label = resource.text("type").or_else(|| resource.text("resourceType")).unwrap_or_else(|| "Resource".to_owned());
        let value = resource.text("ARN").or_else(|| resource.text("resourceName")).or_else(|| resource.text("ARNPrefix"));
        lines.extend(value.map(|value| Line { label, value, field: Some("resourceName") }));
    }
    lines.extend(record.lines(&[
        ("Recipient account", "recipientAccountId", Some("recipientAccountId")),
        ("AWS Region", "awsRegion", Some("awsRegion")),
        ("VPC endpoint", "vpcEndpointId", None),
    ]));
    section("TARGET", lines)
}

fn context(record: &Raw) -> Section {
    let lines = record.lines(&[
        ("Source IP address", "sourceIPAddress", Some("sourceIPAddress")),
        ("User agent", "userAgent", Some("userAgent")),
        ("Event type", "eventType", Some("eventType")),
        ("Event category", "eventCategory", Some("eventCategory")),
        ("Read-only", "readOnly", Some("readOnly")),
        ("Event ID", "eventID", Some("eventID")),
        ("Request ID", "requestID", None),
        ("Shared event ID", "sharedEventID", None),
        ("API version", "apiVersion", None),
        ("TLS", "tlsDetails.tlsVersion", None),
        ("Host", "tlsDetails.clientProvidedHostHeader", None),
        ("Session from console", "sessionCredentialFromConsole", None),
        ("Additional event data", "additionalEventData", None),
        ("Service event details", "serviceEventDetails", None),
        ("Edge device", "edgeDeviceDetails", None),
        ("Insight details", "insightDetails", None),
        ("Addendum", "addendum", None),
    ]);
    Section { title: "CONTEXT", lines }
}

fn error(record: &Raw) -> Section {
    Section {
        title: "ERROR",
        lines: record.lines(&[("Error code", "errorCode", Some("errorCode")), ("Error message", "errorMessage", None)]),
    }
}

fn response(record: &Raw) -> Section {
    nested("RESPONSE", record, "responseElements")
}

/// Each member of an object as a line; a value that is no object as one line.
fn nested(title: &'static str, record: &Raw, name: &str) -> Section {
    let Some(value) = record.get(name) else { return Section { title, lines: Vec::new() } };
    let lines = match serde_json::from_str::<Raw>(value.get()) {
        Ok(members) => {
            members.0.iter().filter_map(|(label, value)| Some(Line { label: label.clone(), value: shown(value)?, field: None })).collect()
        }
        Err(_) => shown(value).map(|value| Line { label: name.to_owned(), value, field: None }).into_iter().collect(),
    };
    section(title, lines)
}

/// A string without its quotes, anything else as it is written; `None` for null and for nothing.
fn shown(value: &RawValue) -> Option<String> {
    let text = value.get().trim();
    match text.bytes().next()? {
        b'"' => serde_json::from_str::<String>(text).ok().filter(|text| !text.is_empty()),
        b'n' => None,
        b'{' | b'[' => Some(json::pretty(text)).filter(|text| text.len() > 2),
        _ => Some(text.to_owned()),
    }
}

/// Lines of a section that are shown. Real records stay far below; a hundred thousand held the page for five seconds.
const MOST_LINES: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORD: &str = r#"{"userIdentity":{"type":"IAMUser","userName":"ann","accessKeyId":"AKIA","sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},
        "errorCode":"AccessDenied","requestParameters":{"z":"1","a":{"b":[true]},"n":null},"responseElements":null,
        "resources":[{"type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}],"sourceIPAddress":"1.2.3.4","apiVersion":""}"#;

    #[test]
    fn sections_come_in_their_order_and_empty_ones_not_at_all() {
        let record = RecordSections::read(RECORD).expect("a record");
        let titles: Vec<_> = record.sections.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["ACTOR", "TARGET", "CONTEXT", "ERROR", "REQUEST"]);
        let request: Vec<_> = record
            .sections
            .iter()
            .filter(|s| s.title == "REQUEST")
            .flat_map(|s| &s.lines)
            .map(|l| (l.label.as_str(), l.value.as_str()))
            .collect();
        assert_eq!(request, [("z", "1"), ("a", "{\n  \"b\": [\n    true\n  ]\n}")]);
    }

    #[test]
    fn of_very_many_members_some_are_shown_and_the_rest_is_counted() {
        let members: Vec<String> = (0..100_000).map(|at| format!("\"key{at}\":{at}")).collect();
        let record = RecordSections::read(&format!("{{\"requestParameters\":{{{}}}}}", members.join(","))).expect("a record");
        let lines = &record.sections[0].lines;
        assert_eq!((lines.len(), lines[299].label.as_str(), lines[300].label.as_str()), (301, "key299", "99,700 more"));
        let few = RecordSections::read(&format!("{{\"requestParameters\":{{{}}}}}", members[..300].join(","))).expect("a record");
        assert_eq!(few.sections[0].lines, lines[..300]);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[\\[\\]{}\",:a-z0-9 ]{0,60}") {
            let _ = RecordSections::read(&text);
        }
    }
}
