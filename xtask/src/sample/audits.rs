//! The ordinary work of the audit account.

use super::people::{AUDIT, Actor, BOTO, DUBLIN, PROD, Session, VIEW_ROLE};
use super::period::{AUDIT_BEGIN, END, HOUR, at};
use super::records::Scribe;
use super::workday::{EAST, WEST, assume, person, plain, sign_in};

/// A scanner that enters both accounts, analysts with Athena, an outside auditor.
pub(super) fn write(scribe: &mut Scribe) {
    for hour in (AUDIT_BEGIN / HOUR + 1)..(END / HOUR) {
        let time = hour * HOUR + 910 + scribe.dice.between(0, 60);
        let scanner = Actor::role(AUDIT, "posture-scanner", "scan", hour * HOUR, Session::Plain).from("203.0.113.40", BOTO);
        for api in ["guardduty:ListFindings", "securityhub:GetFindings", "access-analyzer:ListFindings", "iam:GetAccountSummary"] {
            plain(scribe, &scanner, time, EAST, api);
        }
        if hour % 4 == 2 {
            assume(scribe, &scanner, time + 5, PROD, "security-audit", "scan");
            let inside = Actor::role(PROD, "security-audit", "scan", time + 5, Session::Plain).from("203.0.113.40", BOTO);
            for (n, api) in [
                "iam:GenerateCredentialReport",
                "iam:ListUsers",
                "s3:ListBuckets",
                "s3:GetBucketPublicAccessBlock",
                "kms:GetKeyRotationStatus",
                "cloudtrail:DescribeTrails",
            ]
            .into_iter()
            .enumerate()
            {
                plain(scribe, &inside, time + 6 + n as i64, EAST, api);
            }
            plain(scribe, &scanner, time + 20, EAST, "securityhub:BatchImportFindings");
        }
    }
    for (day, hour) in [(11, 9), (11, 13), (12, 9), (12, 15)] {
        let begin = at(day, [hour, 41, 8]);
        let analyst = person(AUDIT, VIEW_ROLE, "rowan", DUBLIN, begin);
        sign_in(scribe, &analyst, begin, "No");
        for n in 0..6 {
            for (second, api) in
                [(0, "athena:StartQueryExecution"), (0, "glue:GetTable"), (1, "athena:GetQueryExecution"), (9, "athena:GetQueryResults")]
            {
                plain(scribe, &analyst, begin + 30 + n * 24 + second, WEST, api);
            }
        }
    }
    let begin = at(11, [14, 3, 37]);
    let auditor = Actor::console_user(AUDIT, "auditor-ext", "198.51.100.201", begin, "true");
    sign_in(scribe, &auditor, begin, "Yes");
    for (n, api) in
        ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "s3:GetBucketPolicy", "iam:GetAccountPasswordPolicy", "iam:ListUsers"]
            .into_iter()
            .enumerate()
    {
        plain(scribe, &auditor, begin + 40 + 15 * n as i64, EAST, api);
    }
}
