//! Which columns exist, and what they are called: CloudTrail's own spelling, in filters as on the screen.

use serde::Deserialize;
use serde::Serialize;

use crate::trail::event::EventRecord;
use crate::trail::loose::Text;

/// A column whose cells are codes into a dictionary of its own. `Verdict` alone is not stored: it is its file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnId {
    /// `eventName`
    EventName,
    /// `eventSource`
    EventSource,
    /// One name for the caller, out of every userIdentity type.
    UserName,
    /// `userIdentity.type`
    UserIdentityType,
    /// `userIdentity.arn`, else the principal id, else the calling service.
    UserIdentityArn,
    /// `userIdentity.accessKeyId`
    AccessKeyId,
    /// `awsRegion`
    AwsRegion,
    /// `recipientAccountId`
    RecipientAccountId,
    /// `sourceIPAddress`
    SourceIpAddress,
    /// `userAgent`
    UserAgent,
    /// `errorCode`
    ErrorCode,
    /// Success, Denied or Failure.
    Outcome,
    /// `readOnly`
    ReadOnly,
    /// `eventCategory`
    EventCategory,
    /// `eventType`
    EventType,
    /// The resource acted on.
    ResourceName,
    /// `resources[].type`
    ResourceType,
    /// What is proven of the row's file.
    Verdict,
}

impl ColumnId {
    /// The columns that are stored, in the order of their places in a batch.
    pub const STORED: [Self; 17] = [
        Self::EventName,
        Self::EventSource,
        Self::UserName,
        Self::UserIdentityType,
        Self::UserIdentityArn,
        Self::AccessKeyId,
        Self::AwsRegion,
        Self::RecipientAccountId,
        Self::SourceIpAddress,
        Self::UserAgent,
        Self::ErrorCode,
        Self::Outcome,
        Self::ReadOnly,
        Self::EventCategory,
        Self::EventType,
        Self::ResourceName,
        Self::ResourceType,
    ];

    /// Its place among the stored columns; `None` for the verdict.
    #[must_use]
    pub fn slot(self) -> Option<usize> {
        Self::STORED.iter().position(|column| *column == self)
    }

    /// Its name in a filter.
    #[must_use]
    pub fn field(self) -> &'static str {
        self.names().0
    }

    /// Its name on the screen, as Event history spells it.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::EventName => ("eventName", "Event name"),
            Self::EventSource => ("eventSource", "Event source"),
            Self::UserName => ("userName", "User name"),
            Self::UserIdentityType => ("userIdentity.type", "User identity type"),
            Self::UserIdentityArn => ("userIdentity.arn", "User identity ARN"),
            Self::AccessKeyId => ("accessKeyId", "AWS access key"),
            Self::AwsRegion => ("awsRegion", "AWS Region"),
            Self::RecipientAccountId => ("recipientAccountId", "Recipient account"),
            Self::SourceIpAddress => ("sourceIPAddress", "Source IP address"),
            Self::UserAgent => ("userAgent", "User agent"),
            Self::ErrorCode => ("errorCode", "Error code"),
            Self::Outcome => ("outcome", "Outcome"),
            Self::ReadOnly => ("readOnly", "Read-only"),
            Self::EventCategory => ("eventCategory", "Event category"),
            Self::EventType => ("eventType", "Event type"),
            Self::ResourceName => ("resourceName", "Resource name"),
            Self::ResourceType => ("resourceType", "Resource type"),
            Self::Verdict => ("verdict", "Verdict"),
        }
    }

    /// The column of that name in a filter, in any case; a few short names that people type are taken too.
    #[must_use]
    pub fn by_field(name: &str) -> Option<Self> {
        let all = || Self::STORED.into_iter().chain([Self::Verdict]);
        all().find(|column| column.field().eq_ignore_ascii_case(name)).or_else(|| {
            Some(match name.to_ascii_lowercase().as_str() {
                "user" | "useridentity.username" | "identity" => Self::UserName,
                "event" | "name" => Self::EventName,
                "source" | "service" => Self::EventSource,
                "region" => Self::AwsRegion,
                "account" | "accountid" => Self::RecipientAccountId,
                "ip" | "address" | "sourceip" => Self::SourceIpAddress,
                "agent" => Self::UserAgent,
                "error" => Self::ErrorCode,
                "type" | "useridentitytype" => Self::UserIdentityType,
                "key" | "accesskey" | "useridentity.accesskeyid" => Self::AccessKeyId,
                "resource" => Self::ResourceName,
                "category" => Self::EventCategory,
                _ => return None,
            })
        })
    }

    /// A record's cells in the stored columns, in their order; empty where the record says nothing.
    #[must_use]
    pub fn cells<'r>(record: &'r EventRecord<'_>) -> [&'r str; Self::STORED.len()] {
        fn text<'r>(text: &'r Text<'_>) -> &'r str {
            match text {
                Some(text) => text,
                None => "",
            }
        }
        [
            text(&record.event_name),
            text(&record.event_source),
            text(&record.principal.name),
            text(&record.principal.kind),
            text(&record.principal.arn),
            text(&record.principal.access_key),
            text(&record.aws_region),
            text(&record.recipient_account_id),
            text(&record.source_ip_address),
            text(&record.user_agent),
            text(&record.error_code),
            record.outcome.word(),
            match record.read_only {
                None => "",
                Some(true) => "true",
                Some(false) => "false",
            },
            text(&record.event_category),
            text(&record.event_type),
            text(&record.resource),
            text(&record.resource_type),
        ]
    }
}
