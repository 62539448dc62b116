//! The verdict on content that cannot be had whole, and what is remarked of its container: of digests, logs and query results alike.

use crate::integrity::content::Container;
use crate::integrity::content::Content;
use crate::integrity::content::ContentFlaw;
use crate::integrity::gzip::Trailer;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;

/// A verdict on content that cannot be had whole, or is more than it should be.
pub(crate) fn judge_flaw(content: &Content, what: &str) -> Option<Judged> {
    let (reason, more) = match content.flaw.as_ref()? {
        ContentFlaw::Empty => (Reason::Truncated, " It is empty.".to_owned()),
        ContentFlaw::NotGzip => (Reason::NotGzip, String::new()),
        ContentFlaw::Truncated => (Reason::Truncated, String::new()),
        ContentFlaw::Corrupt => (Reason::Corrupt, String::new()),
        ContentFlaw::TooLarge { limit } => (Reason::TooLarge, format!(" The limit was {limit} bytes.")),
        ContentFlaw::TrailingData { bytes, .. } => (Reason::TrailingData, format!(" Bytes after the end: {bytes}.")),
        ContentFlaw::Unread(why) => {
            let message =
                format!("This {what} could not be read ({why}), so nothing can be said of it. Make it readable and add it again.");
            return Some(Judged::not_valid(NotValid::Unproven, Reason::NotReadable, message));
        }
        ContentFlaw::NotRead => {
            let message =
                format!("This {what} was not read: reading was ended before its turn, so nothing can be said of it. Open it again.");
            return Some(Judged::not_valid(NotValid::Unproven, Reason::NotReadable, message));
        }
    };
    Some(Judged::not_valid(NotValid::Invalid, reason, format!("{}{more}", reason.sentence())))
}

/// What the container has that CloudTrail's has not.
pub(crate) fn container_remarks(content: &Content) -> Vec<Remark> {
    // Where the content cannot be had, the container is the least of it.
    if !matches!(content.flaw, None | Some(ContentFlaw::TrailingData { .. })) {
        return Vec::new();
    }
    match &content.container {
        Container::Plain => vec![Remark::StoredUncompressed],
        Container::Gzip(facts) => {
            let trailer = match facts.trailer {
                Trailer::Whole => None,
                Trailer::Cut => Some(Remark::ContainerTruncated),
                Trailer::BadChecksum | Trailer::BadLength => Some(Remark::ContainerChecksum),
            };
            facts.header_checksum_differs.then_some(Remark::ContainerChecksum).into_iter().chain(trailer).collect()
        }
    }
}
