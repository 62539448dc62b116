//! The outsider's night, step by step.

use super::blanks::instance;
use super::people::{OUTSIDE, PROD, access_key, unique_id};
use super::period::at;
use super::story::{
    ADMINISTRATOR, EAST, NEW_USER, SOUTH, Teller, WEST, borrowed, enter_audit, leaked_key, new_user, new_user_at_console, snapshot,
    trail_arn,
};
use super::workday::sign_in;

/// 21:47: the key is tried.
pub(super) fn found_key(teller: &mut Teller<'_>) {
    teller.on(11, [21, 47, 12]);
    let key = leaked_key();
    let act = teller.act(&key, EAST, "sts:GetCallerIdentity");
    teller.tell(act, "The build server's key is used from an address never seen before");
    let act = teller.act(&key, EAST, "s3:ListBuckets");
    teller.tell(act, "It may list the buckets");
}

/// 21:49: what may the key do? Mostly nothing.
pub(super) fn look_around(teller: &mut Teller<'_>) {
    const REFUSED: [&str; 14] = [
        "iam:ListUsers",
        "iam:ListRoles",
        "iam:ListGroups",
        "iam:GetAccountAuthorizationDetails",
        "iam:ListPolicies",
        "iam:GetAccountSummary",
        "secretsmanager:ListSecrets",
        "ssm:DescribeParameters",
        "kms:ListKeys",
        "lambda:ListFunctions20150331",
        "rds:DescribeDBInstances",
        "organizations:DescribeOrganization",
        "guardduty:ListDetectors",
        "dynamodb:ListTables",
    ];
    teller.on(11, [21, 49, 3]);
    let key = leaked_key();
    let act = teller.act(&key, EAST, "iam:GetUser").with("user", "ci-artifacts");
    teller.mumble(act);
    for (n, api) in REFUSED.into_iter().enumerate() {
        let act = teller.act(&key, EAST, api).denied();
        if n == 0 {
            teller.tell(act, "A burst of refused questions begins: the outsider feels for what the key may do");
        } else {
            teller.mumble(act)
        }
    }
    for region in [EAST, WEST, SOUTH] {
        for api in ["ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeSecurityGroups"] {
            let act = teller.act(&key, region, api).denied();
            teller.mumble(act);
        }
    }
    for (api, blank) in [("iam:ListAttachedUserPolicies", ""), ("iam:ListUserPolicies", ""), ("iam:GetUserPolicy", "legacy-bootstrap")] {
        let act = teller.act(&key, EAST, api).with("user", "ci-artifacts").with("policy", blank);
        if blank.is_empty() {
            teller.mumble(act)
        } else {
            teller.tell(act, "An old inline policy allows iam:* on users named svc-*");
        }
    }
    let act = teller.act(&key, EAST, "iam:AttachUserPolicy").with("user", "ci-artifacts").with("policy", ADMINISTRATOR);
    teller.tell(act.denied(), "The key may not make itself an administrator");
}

/// 22:04: a new user, an administrator, with a key and a password.
pub(super) fn new_administrator(teller: &mut Teller<'_>) {
    teller.on(11, [22, 4, 26]);
    let key = leaked_key();
    let act = teller.act(&key, EAST, "iam:CreateUser").with("user", NEW_USER).with("userid", unique_id("AIDA", NEW_USER));
    teller.tell(act, "but it may make a user with a harmless name");
    let act = teller.act(&key, EAST, "iam:AttachUserPolicy").with("user", NEW_USER).with("policy", ADMINISTRATOR);
    teller.tell(act, "and make that user an administrator");
    let act = teller.act(&key, EAST, "iam:CreateAccessKey").with("user", NEW_USER).with("key", access_key("AKIA", NEW_USER));
    teller.tell(act, "with an access key");
    let act = teller.act(&key, EAST, "iam:CreateLoginProfile").with("user", NEW_USER);
    teller.tell(act, "and a password");
    teller.on(11, [22, 19, 41]);
    let console = new_user_at_console(teller.clock);
    let id = sign_in(teller.scribe, &console, teller.clock, "No");
    teller.told(teller.clock, PROD, "signin:ConsoleLogin", id, "The new administrator signs in with a browser, without MFA");
    teller.clock += 8;
    for api in ["iam:ListUsers", "iam:ListRoles", "ec2:DescribeRegions", "ec2:DescribeInstances", "ce:GetCostAndUsage", "s3:ListBuckets"] {
        let act = teller.act(&console, EAST, api);
        teller.mumble(act);
    }
}

/// 22:31: a machine in a Region that nobody has used.
pub(super) fn miner(teller: &mut Teller<'_>) {
    teller.on(11, [22, 31, 15]);
    let console = new_user_at_console(at(11, [22, 19, 41]));
    let (group, machine) = ("sg-0d41c8a9f2b7e6350", instance(OUTSIDE, SOUTH, 0));
    for api in ["ec2:DescribeInstances", "ec2:DescribeKeyPairs", "servicequotas:ListServiceQuotas"] {
        let act = teller.act(&console, SOUTH, api);
        teller.mumble(act);
    }
    let act = teller.act(&console, SOUTH, "ec2:CreateKeyPair").with("keyname", "backup-key");
    teller.tell(act, "First traces in a Region that nobody of the company uses");
    let act = teller.act(&console, SOUTH, "ec2:CreateSecurityGroup").with("group", "backup-sync").with("groupid", group);
    teller.mumble(act);
    let act = teller.act(&console, SOUTH, "ec2:AuthorizeSecurityGroupIngress").with("groupid", group).with("port", "22");
    teller.tell(act.with("cidr", "0.0.0.0/0"), "SSH is opened to the world");
    let act = teller.act(&console, SOUTH, "ec2:RunInstances").with("type", "p4d.24xlarge").with("count", "8");
    teller.tell(
        act.with("keyname", "backup-key").failing("Client.VcpuLimitExceeded", "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to."),
        "Eight large GPU machines are more than the quota allows",
    );
    let act = teller.act(&console, SOUTH, "ec2:RunInstances").with("type", "g4dn.xlarge").with("count", "1");
    teller.tell(act.with("keyname", "backup-key").with("instance", machine), "One small GPU machine is not");
}

/// 22:48: the backups are copied, opened to another account, a disk image is shared.
pub(super) fn backups(teller: &mut Teller<'_>) {
    teller.on(11, [22, 48, 2]);
    let user = new_user();
    let act = teller.act(&user, EAST, "sts:GetCallerIdentity");
    teller.mumble(act);
    let act = teller.act(&user, EAST, "s3:ListBuckets");
    teller.tell(act, "The new user's key lists the buckets");
    for prefix in ["", "orders/", "orders/2025-03-11/"] {
        let act = teller.act(&user, EAST, "s3:ListObjects").with("bucket", "acme-backups").with("prefix", prefix);
        teller.mumble(act);
    }
    for n in 0..44 {
        let object = format!("orders/2025-03-11/part-{n:03}.parquet");
        let act = teller.act(&user, EAST, "s3:GetObject").with("bucket", "acme-backups").with("object", object);
        if n == 0 {
            teller.tell(act, "and copies last night's backup of all orders, 44 files");
        } else {
            teller.mumble(act)
        }
    }
    teller.on(11, [23, 10, 33]);
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"sync","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{OUTSIDE}:root"}},"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-backups","arn:aws:s3:::acme-backups/*"]}}]}}"#
    );
    let act = teller.act(&user, EAST, "s3:PutBucketPolicy").with("bucket", "acme-backups").with("document", policy);
    teller.tell(act, "The bucket is opened to an outside account, for later");
    teller.on(11, [23, 21, 47]);
    for api in ["ec2:DescribeVolumes", "ec2:DescribeSnapshots", "rds:DescribeDBSnapshots"] {
        let act = teller.act(&user, WEST, api);
        teller.mumble(act);
    }
    let act = teller.act(&user, WEST, "ec2:CreateSnapshot").with("volume", "vol-0a4f7c21d98e3b560").with("snapshot", snapshot());
    teller.tell(act.with("text", "sync"), "A disk of the orders' database is copied");
    teller.clock += 74;
    let act = teller.act(&user, WEST, "ec2:ModifySnapshotAttribute").with("snapshot", snapshot()).with("op", "add").with("other", OUTSIDE);
    teller.tell(act, "and shared with the outside account");
}

/// 23:34: the trail itself. The organisation's policy refuses.
pub(super) fn logs(teller: &mut Teller<'_>) {
    teller.on(11, [23, 34, 5]);
    let user = new_user();
    let act = teller.act(&user, EAST, "cloudtrail:DescribeTrails");
    teller.mumble(act);
    let attempts = [
        ("cloudtrail:StopLogging", "The outsider tries to stop the trail"),
        ("cloudtrail:DeleteTrail", "to delete it"),
        ("cloudtrail:UpdateTrail", "to take away its digests"),
        ("cloudtrail:PutEventSelectors", "and to blind it: all refused by a service control policy"),
    ];
    for (api, what) in attempts {
        let act = teller.act(&user, EAST, api).forbidden(&trail_arn());
        teller.tell(act, what);
    }
}

/// 23:41: into the account that keeps the logs.
pub(super) fn audit_account(teller: &mut Teller<'_>) {
    teller.on(11, [23, 41, 18]);
    enter_audit(teller, &new_user());
    let role = borrowed(teller.clock - 6);
    for api in ["sts:GetCallerIdentity", "s3:ListBuckets", "cloudtrail:DescribeTrails"] {
        let act = teller.act(&role, EAST, api);
        teller.mumble(act);
    }
    let act = teller.act(&role, EAST, "s3:GetBucketPolicy").with("bucket", "acme-audit-logs");
    teller.tell(act, "The policy of the logs' bucket is read");
    let refused = "Access Denied because of an explicit deny in a resource-based policy";
    for (api, what) in [
        ("s3:PutBucketLifecycle", "An expiry of one day for the logs is refused"),
        ("s3:DeleteBucketPolicy", "and so is removing the bucket's policy"),
    ] {
        let act = teller.act(&role, EAST, api).with("bucket", "acme-audit-logs").failing("AccessDenied", refused);
        teller.tell(act, what);
    }
    let act = teller.act(&role, EAST, "s3:DeleteBucketPolicy").with("bucket", "acme-backups-replica");
    teller.tell(act, "but the replica of the backups loses its protection against deletion");
    teller.clock += 140;
    let act = teller.act(&role, EAST, "s3:GetBucketVersioning").with("bucket", "acme-backups-replica");
    teller.mumble(act);
}
