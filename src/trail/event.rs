//! One event record, borrowed from its file: what the table needs of it, whatever types its fields have.

use crate::trail::book;
use crate::trail::loose::Text;
use crate::trail::principal::Principal;
use crate::trail::quick;
use crate::trail::quick::Habits;
use crate::trail::quick::Who;
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
        match quick::read(json, &mut Habits::default()) {
            Some((fields, Who::Read(principal), length)) if length == json.len() => Ok(fields.into_record(principal)),
            Some((fields, Who::Nobody, length)) if length == json.len() => Ok(fields.into_record(Principal::default())),
            _ => Self::by_the_book(json),
        }
    }

    /// Reads the record that begins these bytes, and says how long it is: one pass instead of two where it is not yet known where a record
    /// ends. `None` for a record that is not whole, or odd in any way: [`Self::parse`] will tell.
    #[must_use]
    pub fn beginning(json: &'a [u8], habits: &'a mut Habits) -> Option<(Self, usize)> {
        let (fields, who, length) = quick::read(json, habits)?;
        Some((fields.into_record(habits.principal(who)), length))
    }

    /// Reads one record with `serde_json`: what [`Self::parse`] gives, more slowly. Fewer records can be read so: nesting deeper than 128
    /// and numbers out of range are refused even where nobody looks at them.
    ///
    /// # Errors
    /// When the bytes are no JSON object: the half sentence that says what is wrong.
    pub fn by_the_book(json: &[u8]) -> Result<Self, String> {
        book::read(json).map(|(fields, principal)| fields.into_record(principal))
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
    pub(super) target: Target<'a>,
    pub(super) login_failed: bool,
}

impl<'a> Fields<'a> {
    fn into_record(self, principal: Principal<'a>) -> EventRecord<'a> {
        EventRecord {
            event_time: self.event_time.as_deref().and_then(Timestamp::parse),
            outcome: Outcome::of(self.error_code.as_deref(), self.error_message.as_deref(), self.login_failed),
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
            principal,
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
