//! One event record, borrowed from its file: what the table needs of it, whatever types its fields have.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::trail::loose::Loose;
use crate::trail::loose::Text;
use crate::trail::principal::Principal;
use crate::trail::quick;
use crate::trail::target;
use crate::trail::target::Target;
use crate::trail::time::Timestamp;

/// One record. Every field is optional: Insights, aggregated and hand-made records lack what others have.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EventRecord<'a> {
    /// `eventTime`; `None` where absent or unreadable.
    pub event_time: Option<Timestamp>,
    /// `eventName`, `eventSource`, … as written.
    pub event_name: Text<'a>,
    /// The service, `s3.amazonaws.com`.
    pub event_source: Text<'a>,
    /// The Region of the call.
    pub aws_region: Text<'a>,
    /// An address, a service's name or `AWS Internal`.
    pub source_ip_address: Text<'a>,
    /// The caller's program.
    pub user_agent: Text<'a>,
    /// The error, where the call failed.
    pub error_code: Text<'a>,
    /// The event's own id, a UUID as delivered.
    pub event_id: Text<'a>,
    /// Management, Data, Insight, NetworkActivity, Aggregated.
    pub event_category: Text<'a>,
    /// AwsApiCall, AwsConsoleSignIn, AwsServiceEvent, …
    pub event_type: Text<'a>,
    /// Whose log this is.
    pub recipient_account_id: Text<'a>,
    /// `readOnly`, written as a bool or as a string.
    pub read_only: Option<bool>,
    /// Who.
    pub principal: Principal<'a>,
    /// Did it work.
    pub outcome: Outcome,
    /// On what: the first resource, else what the request names.
    pub resource: Text<'a>,
    /// `AWS::S3::Bucket`, where the record says so.
    pub resource_type: Text<'a>,
}

/// What became of the call: one definition, used everywhere. A failed console login has no `errorCode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing says that it failed.
    #[default]
    Success,
    /// Refused for want of permission.
    Denied,
    /// Failed for another reason, or a console login that did not succeed.
    Failure,
}

impl Outcome {
    /// The word on the screen and in filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Denied => "Denied",
            Self::Failure => "Failure",
        }
    }

    fn of(error_code: Option<&str>, error_message: Option<&str>, login_failed: bool) -> Self {
        match error_code.filter(|code| !code.is_empty()) {
            Some(code) if is_denial(code) => Self::Denied,
            Some(_) => Self::Failure,
            None if login_failed || error_message.is_some_and(|message| !message.is_empty()) => Self::Failure,
            None => Self::Success,
        }
    }
}

impl<'a> EventRecord<'a> {
    /// Reads one record.
    ///
    /// # Errors
    /// When the bytes are no JSON object: the half sentence that says what is wrong.
    pub fn parse(json: &'a [u8]) -> Result<Self, String> {
        match Self::beginning(json) {
            Some((record, length)) if length == json.len() => Ok(record),
            _ => Self::by_the_book(json),
        }
    }

    /// Reads the record that begins these bytes, and says how long it is: one pass instead of two where it is not yet known where a record
    /// ends. `None` for a record that is not whole, or odd in any way: [`Self::parse`] will tell.
    #[must_use]
    pub fn beginning(json: &'a [u8]) -> Option<(Self, usize)> {
        quick::read(json).map(|(fields, length)| (fields.into_record(), length))
    }

    /// Reads one record with `serde_json`, which has the last word: what [`Self::parse`] gives, more slowly.
    ///
    /// # Errors
    /// When the bytes are no JSON object: the half sentence that says what is wrong.
    pub fn by_the_book(json: &'a [u8]) -> Result<Self, String> {
        let raw: RawRecord<'a> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Ok(raw.into_fields().into_record())
    }

    /// Whether the record looks like an event at all: something that CloudTrail never leaves out is there.
    #[must_use]
    pub fn is_event(&self) -> bool {
        let named = self.event_name.is_some() && self.event_source.is_some();
        named || (self.event_id.is_some() && (self.event_type.is_some() || self.event_category.is_some()))
    }
}

/// `AccessDenied`, `Client.UnauthorizedOperation`, `VpceAccessDenied`, …: what AWS's services answer for want of permission.
fn is_denial(code: &str) -> bool {
    const DENIALS: [&str; 5] = ["AccessDenied", "Unauthorized", "NotAuthorized", "Forbidden", "AuthorizationError"];
    DENIALS.iter().any(|denial| code.contains(denial))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRecord<'a> {
    #[serde(borrow, default)]
    event_time: Loose<'a>,
    #[serde(borrow, default)]
    event_name: Loose<'a>,
    #[serde(borrow, default)]
    event_source: Loose<'a>,
    #[serde(borrow, default)]
    aws_region: Loose<'a>,
    #[serde(borrow, default, rename = "sourceIPAddress")]
    source_ip_address: Loose<'a>,
    #[serde(borrow, default)]
    user_agent: Loose<'a>,
    #[serde(borrow, default)]
    error_code: Loose<'a>,
    #[serde(borrow, default)]
    error_message: Loose<'a>,
    #[serde(borrow, default, rename = "eventID")]
    event_id: Loose<'a>,
    // Aggregated events write `eventId` and `accountId`.
    #[serde(borrow, default, rename = "eventId")]
    aggregated_event_id: Loose<'a>,
    #[serde(borrow, default)]
    event_category: Loose<'a>,
    #[serde(borrow, default)]
    event_type: Loose<'a>,
    #[serde(borrow, default)]
    recipient_account_id: Loose<'a>,
    #[serde(borrow, default)]
    account_id: Loose<'a>,
    #[serde(borrow, default)]
    read_only: Loose<'a>,
    #[serde(borrow, default)]
    user_identity: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resources: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request_parameters: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response_elements: Option<&'a RawValue>,
}

impl<'a> RawRecord<'a> {
    fn into_fields(self) -> Fields<'a> {
        Fields {
            event_time: self.event_time.0,
            event_name: self.event_name.0,
            event_source: self.event_source.0,
            aws_region: self.aws_region.0,
            source_ip_address: self.source_ip_address.0,
            user_agent: self.user_agent.0,
            error_code: self.error_code.0,
            error_message: self.error_message.0,
            event_id: self.event_id.0.or(self.aggregated_event_id.0),
            event_category: self.event_category.0,
            event_type: self.event_type.0,
            recipient_account_id: self.recipient_account_id.0.or(self.account_id.0),
            read_only: self.read_only.0,
            principal: Principal::parse(self.user_identity),
            target: target::of(self.resources, self.request_parameters),
            response: self.response_elements.map(|raw| raw.get().as_bytes()),
        }
    }
}

/// What a record says, as read and not yet understood: by the book or in one pass.
pub(super) struct Fields<'a> {
    pub(super) event_time: Text<'a>,
    pub(super) event_name: Text<'a>,
    pub(super) event_source: Text<'a>,
    pub(super) aws_region: Text<'a>,
    pub(super) source_ip_address: Text<'a>,
    pub(super) user_agent: Text<'a>,
    pub(super) error_code: Text<'a>,
    pub(super) error_message: Text<'a>,
    pub(super) event_id: Text<'a>,
    pub(super) event_category: Text<'a>,
    pub(super) event_type: Text<'a>,
    pub(super) recipient_account_id: Text<'a>,
    pub(super) read_only: Text<'a>,
    pub(super) principal: Principal<'a>,
    pub(super) target: Target<'a>,
    pub(super) response: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn into_record(self) -> EventRecord<'a> {
        // The console answers a refused login in `responseElements`, without any error code.
        let is_login = self.event_name.as_deref() == Some("ConsoleLogin");
        let login_failed = is_login && self.response.is_some_and(|raw| memchr::memmem::find(raw, b"\"Failure\"").is_some());
        EventRecord {
            event_time: self.event_time.as_deref().and_then(Timestamp::parse),
            outcome: Outcome::of(self.error_code.as_deref(), self.error_message.as_deref(), login_failed),
            event_name: self.event_name,
            event_source: self.event_source,
            aws_region: self.aws_region,
            source_ip_address: self.source_ip_address,
            user_agent: self.user_agent,
            error_code: self.error_code.filter(|code| !code.is_empty()),
            event_id: self.event_id,
            event_category: self.event_category,
            event_type: self.event_type,
            recipient_account_id: self.recipient_account_id,
            read_only: self.read_only.as_deref().and_then(|text| text.parse().ok()),
            principal: self.principal,
            resource: self.target.name,
            resource_type: self.target.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_types_cost_nothing_but_themselves() {
        let json = br#"{"eventName":"GetObject","eventSource":"s3.amazonaws.com","sourceIPAddress":{"asn":{"number":1}},"userAgent":["a"],
            "readOnly":"false","resources":"","userIdentity":null,"requestParameters":"null","errorCode":null,"eventTime":17,"eventID":5}"#;
        let record = EventRecord::parse(json).expect("a record");
        assert_eq!(record.event_name.as_deref(), Some("GetObject"));
        assert_eq!(record.source_ip_address.as_deref(), Some("(object)"));
        assert_eq!(record.user_agent.as_deref(), Some("(array)"));
        assert_eq!(record.read_only, Some(false));
        assert_eq!((record.event_time, record.outcome), (None, Outcome::Success));
    }

    #[test]
    fn every_failure_is_one() {
        let outcome = |json: &str| EventRecord::parse(json.as_bytes()).map(|record| record.outcome);
        assert_eq!(outcome(r#"{"errorCode":"AccessDenied"}"#), Ok(Outcome::Denied));
        assert_eq!(outcome(r#"{"errorCode":"Client.UnauthorizedOperation"}"#), Ok(Outcome::Denied));
        assert_eq!(outcome(r#"{"errorCode":"NoSuchBucket"}"#), Ok(Outcome::Failure));
        assert_eq!(outcome(r#"{"errorMessage":"Failed authentication"}"#), Ok(Outcome::Failure));
        assert_eq!(outcome(r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Failure"}}"#), Ok(Outcome::Failure));
        assert_eq!(outcome(r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Success"}}"#), Ok(Outcome::Success));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = EventRecord::parse(&bytes);
        }
    }
}
