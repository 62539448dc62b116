//! How CloudTrail Lake prints an event in a line of CSV, turned into JSON of CloudTrail's own field names.
//!
//! Structures are printed without quotes: `{type=IAMUser, principalid=AIDA…, sessioncontext=null}`, lists as `[a, b]`, names in lower case.
//! A text with `, name=` in it can therefore be cut in the wrong place; nobody could tell. What does not read as a structure stays text.

use std::borrow::Cow;

/// The name that CloudTrail gives a column of this name, if it is one of the record's own; the case does not matter.
#[must_use]
pub fn known_name(column: &str) -> Option<&'static str> {
    RECORD_NAMES.iter().find(|name| name.eq_ignore_ascii_case(column)).copied()
}

/// The columns of a result by the names that their members shall have: CloudTrail's own where it is one of the record's, each once.
#[must_use]
pub fn columns<'f>(header: impl Iterator<Item = Cow<'f, str>>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, name) in header.enumerate() {
        let name = name.trim();
        let name = known_name(name).unwrap_or(name).to_owned();
        let is_free = !name.is_empty() && !names.contains(&name);
        names.push(if is_free { name } else { format!("{name} (column {})", at.saturating_add(1)).trim().to_owned() });
    }
    names
}

/// One line as a JSON object: a member for each column, in their order.
#[must_use]
pub fn line_to_json<'f>(columns: &[String], fields: impl Iterator<Item = Cow<'f, str>>) -> String {
    let mut out = String::from("{");
    for (at, field) in fields.enumerate() {
        // More fields than columns: nothing is lost.
        let name = columns.get(at).map_or_else(|| Cow::Owned(format!("(column {})", at.saturating_add(1))), |name| name.as_str().into());
        member(&mut out, &name);
        match field.as_ref() {
            // A field without a value: CSV has no other way to say null.
            "" => out.push_str("null"),
            text => value(&mut out, text, names_within(&name), 0),
        }
    }
    out.push('}');
    out
}

/// One field as JSON, by the name of its column; `None` where there is no value.
#[must_use]
pub fn field_to_json(column: &str, text: &str) -> Option<String> {
    let mut out = String::new();
    value(&mut out, text, names_within(column), 0);
    (!text.is_empty() && text != "null").then_some(out)
}

/// Whether names inside a structure are CloudTrail's, printed in lower case, or those of the call, printed as they were.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    CloudTrails,
    TheCalls,
}

fn names_within(name: &str) -> Names {
    if OF_THE_CALL.contains(&name) { Names::TheCalls } else { Names::CloudTrails }
}

fn member(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    quote(out, name);
    out.push(':');
}

/// Writes a text as the JSON that it stands for; as a string where it stands for none.
fn value(out: &mut String, text: &str, names: Names, depth: u32) {
    if text == "null" {
        return out.push_str("null");
    }
    let inside = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if depth < DEEPEST {
        if (text.starts_with("{\"") || text.starts_with("[{\"") || text.starts_with("[\"")) && is_json(text) {
            return out.push_str(text);
        }
        if let Some(members) = inside('{', '}').and_then(members) {
            out.push('{');
            for (name, text) in members {
                let name = match names {
                    Names::CloudTrails => known_within(name),
                    Names::TheCalls => name,
                };
                member(out, name);
                let names = if names == Names::TheCalls { names } else { names_within(name) };
                value(out, text, names, depth.saturating_add(1));
            }
            return out.push('}');
        }
        if let Some(items) = inside('[', ']').and_then(|list| parts(list, |_| true)) {
            out.push('[');
            for (at, item) in items.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                value(out, item, names, depth.saturating_add(1));
            }
            return out.push(']');
        }
    }
    quote(out, text);
}

/// `name=text, name=text`; `None` where it does not read so.
fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    parts(text, |rest| name_and_text(rest).is_some())?.into_iter().map(name_and_text).collect()
}

fn name_and_text(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/@".contains(&byte));
    is_name.then_some((name, value))
}

/// What stands between `, ` outside of brackets, where `begins` takes what follows for the beginning of the next part. A bracket in the
/// midst of a text is text: it opens something only where a value begins, and closes only what is open. `None` where something stays open.
fn parts(text: &str, begins: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let (mut start, mut before) = (0, b'=');
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if opens(before) => open.push(b'}'),
            b'[' if opens(before) => open.push(b']'),
            b'}' | b']' if open.last() == Some(&byte) => drop(open.pop()),
            b',' if open.is_empty() && text.get(at..).and_then(|rest| rest.strip_prefix(", ")).is_some_and(&begins) => {
                parts.push(text.get(start..at)?);
                start = at.saturating_add(2);
            }
            _ => {}
        }
        // After the `, ` of a list too a value begins.
        before = if before == b',' && byte == b' ' { b',' } else { byte };
    }
    if !text.is_empty() {
        parts.push(text.get(start..)?);
    }
    open.is_empty().then_some(parts)
}

fn opens(before: u8) -> bool {
    matches!(before, b'=' | b',' | b'{' | b'[')
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// CloudTrail's name for one that Lake has printed in lower case.
fn known_within(name: &str) -> &str {
    known_name(name).or_else(|| NESTED_NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()).unwrap_or(name)
}

fn quote(out: &mut String, text: &str) {
    // A string always can be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// No structure of Lake's schema is deeper than five.
const DEEPEST: u32 = 16;

/// Structures whose names are the caller's own.
const OF_THE_CALL: [&str; 4] = ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"];

/// The fields of a record, as CloudTrail writes them.
const RECORD_NAMES: &[&str] = &[
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "sharedEventID",
    "annotation",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "serviceEventDetails",
    "addendum",
    "edgeDeviceDetails",
    "insightDetails",
    "eventCategory",
    "tlsDetails",
    "sessionCredentialFromConsole",
    "eventData",
    "eventDataChecksum",
];

/// The fields inside `userIdentity` and `tlsDetails`, as CloudTrail writes them. Resources have `accountId`, `type` and `arn`.
const NESTED_NAMES: &[&str] = &[
    "principalId",
    "accountId",
    "accessKeyId",
    "userName",
    "sessionContext",
    "sessionIssuer",
    "webIdFederationData",
    "federatedProvider",
    "creationDate",
    "mfaAuthenticated",
    "ec2RoleDelivery",
    "sourceIdentity",
    "invokedBy",
    "identityProvider",
    "credentialId",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(column: &str, text: &str) -> serde_json::Value {
        let columns = columns(std::iter::once(column.into()));
        let line = line_to_json(&columns, std::iter::once(Cow::Borrowed(text)));
        let object: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        object.as_object().and_then(|object| object.values().next().cloned()).expect("one member")
    }

    #[test]
    fn an_identity_reads_as_in_a_log() {
        let text = "{type=AssumedRole, principalid=AROA:me, arn=arn:aws:sts::1:assumed-role/r/me, sessioncontext={sessionissuer={type=Role, username=r}, attributes={creationdate=2023-01-01 00:00:00.000, mfaauthenticated=false}}, invokedby=null}";
        let expected = serde_json::json!({"type": "AssumedRole", "principalId": "AROA:me", "arn": "arn:aws:sts::1:assumed-role/r/me",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "r"},
            "attributes": {"creationDate": "2023-01-01 00:00:00.000", "mfaAuthenticated": "false"}}, "invokedBy": null});
        assert_eq!(json("USERIDENTITY", text), expected);
    }

    #[test]
    fn a_call_keeps_its_own_names_and_texts_their_commas() {
        assert_eq!(json("requestparameters", "{username=a, b, bucketName=x}"), serde_json::json!({"username": "a, b", "bucketName": "x"}));
        assert_eq!(json("requestParameters", r#"{policy={"a": [1]}, n=1}"#), serde_json::json!({"policy": {"a": [1]}, "n": "1"}));
        assert_eq!(json("resources", "[{accountid=1, type=AWS::S3::Bucket}, {type=x}]")[0]["accountId"], "1");
    }

    #[test]
    fn brackets_in_a_text_are_text() {
        let text = "{uid=97(Nb>}, agent=x {y, next={a=1}, last=[z}";
        assert_eq!(json("eventData", text), text, "a list that is not closed");
        let expected = serde_json::json!({"uid": "97(Nb>}", "agent": "x {y", "next": {"a": "1"}, "last": "z]"});
        assert_eq!(json("eventData", "{uid=97(Nb>}, agent=x {y, next={a=1}, last=z]}"), expected);
    }

    #[test]
    fn what_is_no_structure_stays_text() {
        for text in ["{a", "{a}", "}{", "[x", "{a=[}", "{ =}", "Mozilla/5.0 (X11; {Linux})"] {
            assert_eq!(json("userAgent", text), text, "{text}");
        }
        assert_eq!(
            (json("x", "{}"), json("x", "[]"), json("x", "null"), json("x", "")),
            (serde_json::json!({}), serde_json::json!([]), serde_json::Value::Null, serde_json::Value::Null)
        );
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let header = ["eventname", "EventName", "", "_col3"].into_iter().map(Cow::Borrowed);
        assert_eq!(columns(header), ["eventName", "eventName (column 2)", "(column 3)", "_col3"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_json(text in "[a=,{}\\[\\]\" \\\\é\n]{0,40}") {
            json("userIdentity", &text);
        }
    }
}
