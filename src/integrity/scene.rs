//! All that findings are taken from, and how one is written down.

use crate::integrity::chain::DigestChain;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::Evidence;
use crate::integrity::judgement::Asked;
use crate::integrity::listing::Listings;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::ReportTime;
use crate::trail::time::Timestamp;

/// All that findings are taken from.
pub(crate) struct Scene<'j, 'a> {
    pub(crate) evidence: &'j Evidence,
    pub(crate) digests: &'j Digests<'a>,
    pub(crate) verdicts: &'j [DigestVerdict<'a>],
    pub(crate) chains: &'j [DigestChain],
    pub(crate) listings: &'j Listings<'a>,
    pub(crate) asked: &'j Asked,
}

/// A finding, with the time that it is about.
pub(crate) fn finding(code: FindingCode, subject: String, message: String, time: Option<(Timestamp, Timestamp)>) -> Finding {
    Finding { code, subject, message, start: time.map(|(start, _)| ReportTime(start)), end: time.map(|(_, end)| ReportTime(end)) }
}
