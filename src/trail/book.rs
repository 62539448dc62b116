//! One record read by `serde_json`, into a tree and from there: for the few records that are odd in some way.
//!
//! A field that stands twice counts as it stands last; a part of an unexpected type costs nothing but itself.

use serde_json::Map;
use serde_json::Value;

use crate::trail::event::Fields;
use crate::trail::loose::Text;
use crate::trail::loose::loose;
use crate::trail::principal::Identity;
use crate::trail::principal::Principal;
use crate::trail::target::Request;
use crate::trail::target::Resource;
use crate::trail::target::Target;

/// The fields of a record, and its caller; the half sentence that says what is wrong if it is no JSON object.
pub(super) fn read(json: &[u8]) -> Result<(Fields<'static>, Principal<'static>), String> {
    let mut record = Object(serde_json::from_slice::<Map<String, Value>>(json).map_err(|error| told(&error))?);
    let target = record.target();
    let event_name = record.text("eventName");
    let principal = record.object("userIdentity").map(Object::principal).unwrap_or_default();
    let fields = Fields {
        login_failed: event_name.as_deref() == Some("ConsoleLogin") && record.0.get("responseElements").is_some_and(login_failed),
        event_time: record.text("eventTime"),
        event_name,
        event_source: record.text("eventSource"),
        aws_region: record.text("awsRegion"),
        source_ip_address: record.text("sourceIPAddress"),
        user_agent: record.text("userAgent"),
        error_code: record.text("errorCode"),
        error_message: record.text("errorMessage"),
        // Aggregated events write `eventId` and `accountId`.
        event_id: record.text("eventID").or_else(|| record.text("eventId")),
        event_category: record.text("eventCategory"),
        event_type: record.text("eventType"),
        recipient_account_id: record.text("recipientAccountId").or_else(|| record.text("accountId")),
        read_only: record.text("readOnly"),
        target,
    };
    Ok((fields, principal))
}

/// `serde_json` says where it stopped; of depth it says so in its own terms.
fn told(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if said.starts_with("recursion limit") { "its values lie in one another deeper than can be read".to_owned() } else { said }
}

/// The console answers a refused login in `responseElements`, without any error code.
pub(super) fn login_failed(response: &Value) -> bool {
    response.get("ConsoleLogin").and_then(Value::as_str) == Some("Failure")
}

/// The first text that looks like an instance's id, wherever it lies.
pub(super) fn first_instance(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| text.starts_with("i-")),
        Value::Array(items) => items.iter().find_map(first_instance),
        Value::Object(fields) => fields.values().find_map(first_instance),
        _ => None,
    }
}

struct Object(Map<String, Value>);

impl Object {
    fn text(&mut self, name: &str) -> Text<'static> {
        self.0.remove(name).and_then(loose)
    }

    fn object(&mut self, name: &str) -> Option<Self> {
        Self::of(self.0.remove(name)?)
    }

    fn of(value: Value) -> Option<Self> {
        if let Value::Object(fields) = value { Some(Self(fields)) } else { None }
    }

    fn principal(mut self) -> Principal<'static> {
        let issuer = self.object("sessionContext").and_then(|mut session| session.object("sessionIssuer"));
        Principal::of(&Identity {
            issuer: issuer.and_then(|mut issuer| issuer.text("userName")),
            behalf: self.object("onBehalfOf").and_then(|mut behalf| behalf.text("userId")),
            kind: self.text("type"),
            arn: self.text("arn"),
            account_id: self.text("accountId"),
            principal_id: self.text("principalId"),
            user_name: self.text("userName"),
            access_key_id: self.text("accessKeyId"),
            invoked_by: self.text("invokedBy"),
        })
    }

    /// `resources` is an array by the book, in the wild also an object, a string or null; what it does not name, the request may.
    fn target(&mut self) -> Target<'static> {
        let resources = match self.0.remove("resources") {
            Some(Value::Array(list)) => list,
            Some(other) => vec![other],
            None => Vec::new(),
        };
        let named = resources.into_iter().filter_map(Self::of).find_map(|resource| resource.resource().target());
        named.or_else(|| self.object("requestParameters").map(|fields| fields.request().target())).unwrap_or_default()
    }

    fn resource(mut self) -> Resource<'static> {
        Resource {
            // `arn` and `resourceType` in hand-made records.
            arn: self.text("ARN").or_else(|| self.text("arn")),
            prefix: self.text("ARNPrefix"),
            resource_name: self.text("resourceName"),
            kind: self.text("type").or_else(|| self.text("resourceType")),
        }
    }

    fn request(self) -> Request<'static> {
        let mut request = Request::default();
        self.0.into_iter().for_each(|(key, value)| request.note(&key, value));
        request
    }
}
