//! Two ordinary days of two accounts: machines on their clocks, people in office hours, builds, backups, audits.

use super::dice::Dice;
use super::people::{
    ADMIN_ROLE, AUDIT, Actor, BOTO, BROWSER, BUILD_SERVER, DUBLIN, PROD, Session, TERRAFORM, VIEW_ROLE, VIRGINIA, unique_id,
};
use super::period::{AUDIT_BEGIN, END, HOUR, PROD_BEGIN, at};
use super::records::{Act, Scribe};

pub(super) const EAST: &str = "us-east-1";
pub(super) const WEST: &str = "eu-west-1";
pub(super) const SOUTH: &str = "ap-southeast-2";
/// Services whose events CloudTrail records in us-east-1 whatever the caller's Region.
const GLOBAL: [&str; 7] = ["iam", "organizations", "cloudfront", "route53", "support", "ce", "signin"];

/// Writes everything that is not the incident.
pub(super) fn write(scribe: &mut Scribe) {
    beginnings(scribe);
    super::machines::fleet(scribe);
    super::machines::services(scribe);
    deploys(scribe);
    builds(scribe);
    backups(scribe);
    people(scribe);
    terraform(scribe);
    audits(scribe);
    root(scribe);
}

/// A call with nothing special about it; global services are moved to their Region.
pub(super) fn plain(scribe: &mut Scribe, actor: &Actor, time: i64, region: &str, api: &str) -> String {
    let service = api.split(':').next().unwrap_or(api);
    let region = if GLOBAL.contains(&service) { EAST } else { region };
    scribe.write(Act::new(actor, time, region, api))
}

/// `AssumeRole` within one account or across two; across, both accounts get a record with one `sharedEventID`.
pub(super) fn assume(scribe: &mut Scribe, actor: &Actor, time: i64, owner: &str, role: &str, session: &str) -> [String; 2] {
    let name = role.rsplit('/').next().unwrap_or(role);
    let (key, shared) = (scribe.dice.hex(8), scribe.dice.uuid());
    let act = |actor| {
        Act::new(actor, time, EAST, "sts:AssumeRole")
            .with("role", format!("arn:aws:iam::{owner}:role/{role}"))
            .with("session", session)
            .with("owner", owner)
            .with("roleid", unique_id("AROA", &format!("{owner}{name}")))
            .with("newkey", super::people::access_key("ASIA", &key))
            .with("sessionarn", format!("arn:aws:sts::{owner}:assumed-role/{name}/{session}"))
    };
    if owner == actor.account {
        let id = scribe.write(act(actor));
        return [id.clone(), id];
    }
    let principal = unique_id("AROA", &actor.arn) + ":" + session;
    let guest = Actor::foreign(owner, &actor.account, &principal, actor);
    let own = scribe.write(act(actor).shared(&shared));
    [own, scribe.write(act(&guest).shared(&shared))]
}

/// A person signs in to the console. `mfa` is CloudTrail's word: "Yes" or "No".
pub(super) fn sign_in(scribe: &mut Scribe, actor: &Actor, time: i64, mfa: &str) -> String {
    let extra = format!(
        r#"{{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_us-east-1_{}","MobileVersion":"No","MFAUsed":"{mfa}"}}"#,
        scribe.dice.hex(16)
    );
    scribe.write(Act::new(&actor.signing_in(), time, EAST, "signin:ConsoleLogin").with("outcome", "Success").sign_in(extra))
}

/// The trails are made: their first digests end at the second logging starts.
fn beginnings(scribe: &mut Scribe) {
    for (account, begin) in [(PROD, PROD_BEGIN), (AUDIT, AUDIT_BEGIN)] {
        let admin = person(account, ADMIN_ROLE, "alder", VIRGINIA, begin - 900).from(VIRGINIA, TERRAFORM);
        for (second, api) in
            [(0, "cloudtrail:StartLogging"), (2, "cloudtrail:PutEventSelectors"), (5, "cloudtrail:GetTrailStatus")]
        {
            plain(scribe, &admin, begin + second, EAST, api);
        }
    }
}

/// Deployments from GitHub Actions: a web identity becomes a role, the role builds and rolls out.
fn deploys(scribe: &mut Scribe) {
    const PROVIDER: &str = "token.actions.githubusercontent.com";
    const STEPS: [&str; 15] = [
        "sts:GetCallerIdentity",
        "ecr:GetAuthorizationToken",
        "ecr:InitiateLayerUpload",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
        "cloudformation:DescribeStacks",
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
        "ecs:DescribeTaskDefinition",
        "ecs:RegisterTaskDefinition",
        "ecs:UpdateService",
        "ecs:DescribeServices",
        "cloudfront:CreateInvalidation",
    ];
    for (n, time) in office_times(scribe, 9, [13, 21]).into_iter().chain(office_times(scribe, 6, [9, 16])).enumerate() {
        let region = if n % 3 == 2 { WEST } else { EAST };
        let address = format!("192.0.2.{}", scribe.dice.between(16, 60));
        let subject = scribe.dice.pick(&["repo:acme-shop/web:ref:refs/heads/main", "repo:acme-shop/worker:ref:refs/heads/main"]);
        let role = format!("arn:aws:iam::{PROD}:role/github-deploy");
        scribe.write(
            Act::new(&Actor::web_identity(PROD, PROVIDER, subject, &address), time, region, "sts:AssumeRoleWithWebIdentity")
                .with("role", role)
                .with("subject", subject)
                .with("roleid", unique_id("AROA", &format!("{PROD}github-deploy")))
                .with("sessionarn", format!("arn:aws:sts::{PROD}:assumed-role/github-deploy/GitHubActions")),
        );
        let actor = Actor::role(PROD, "github-deploy", "GitHubActions", time, Session::Web(PROVIDER))
            .from(&address, super::people::AWS_CLI);
        let mut moment = time;
        for api in STEPS {
            moment += scribe.dice.between(1, 14);
            plain(scribe, &actor, moment, region, api);
        }
        release(scribe, &actor, moment, region);
    }
}

fn release(scribe: &mut Scribe, actor: &Actor, time: i64, region: &str) {
    let object = format!("releases/{}/bundle.tar.gz", scribe.dice.hex(12));
    let context = format!("arn:aws:s3:::acme-artifacts/{object}");
    scribe.write(Act::new(actor, time, region, "s3:PutObject").with("bucket", "acme-artifacts").with("object", object));
    scribe.write(Act::new(&actor.clone().through("AWS Internal"), time, region, "kms:GenerateDataKey").with("context", context));
}

/// The build server with its old access key: the one that leaks.
fn builds(scribe: &mut Scribe) {
    let server = Actor::user(PROD, "ci-artifacts", BUILD_SERVER, BOTO);
    for time in office_times(scribe, 19, [7, 20]) {
        // Builds start on the half hour.
        let time = time - time.rem_euclid(1800) + scribe.dice.between(45, 100);
        plain(scribe, &server, time, EAST, "sts:GetCallerIdentity");
        plain(scribe, &server, time + 1, EAST, "ecr:GetAuthorizationToken");
        for n in 0..scribe.dice.between(2, 5) {
            release(scribe, &server, time + 5 + 3 * n, EAST);
        }
        if scribe.dice.chance(12) {
            let act = Act::new(&server, time + 30, EAST, "s3:GetObject")
                .with("bucket", "acme-artifacts")
                .with("object", "cache/latest.tar");
            scribe.write(act.failing("NoSuchKey", "The specified key does not exist."));
        }
    }
}

/// At ten past two each night.
fn backups(scribe: &mut Scribe) {
    for day in [11, 12] {
        let begin = at(day, [2, 10, 4]);
        let actor = Actor::role(PROD, "acme-backup", "nightly", begin, Session::Plain).from("203.0.113.10", BOTO);
        assume(scribe, &Actor::service(PROD, "backup.amazonaws.com"), begin - 2, PROD, "acme-backup", "nightly");
        for n in 0..44 {
            let object = format!("orders/2025-03-{day}/part-{n:03}.parquet");
            let act = Act::new(&actor, begin + n * 7, EAST, "s3:PutObject").with("bucket", "acme-backups");
            scribe.write(act.with("object", object));
        }
        for n in 0..4 {
            let volume = format!("vol-0{}", Dice::of(&format!("volume {n}")).hex(16));
            let snapshot = format!("snap-0{}", Dice::of(&format!("snapshot {n} of {day}")).hex(16));
            let act = Act::new(&actor, begin + 320 + n, WEST, "ec2:CreateSnapshot").with("volume", volume);
            scribe.write(act.with("snapshot", snapshot).with("text", "nightly"));
        }
    }
}

/// People at the console, by way of the portal, and now and then somebody who may not do what they try.
fn people(scribe: &mut Scribe) {
    let names = [
        ("alder", VIRGINIA, ADMIN_ROLE, EAST),
        ("birch", DUBLIN, ADMIN_ROLE, WEST),
        ("hazel", DUBLIN, VIEW_ROLE, WEST),
        ("maple", VIRGINIA, VIEW_ROLE, EAST),
        ("cedar", VIRGINIA, VIEW_ROLE, EAST),
    ];
    for (n, (name, office, role, region)) in names.into_iter().enumerate() {
        let hours = if office == DUBLIN { [9, 17] } else { [13, 21] };
        for time in office_times(scribe, if n < 2 { 3 } else { 2 }, hours) {
            let actor = person(PROD, role, name, office, time);
            // Identity Center asks for the second factor itself, so CloudTrail says "No" here.
            sign_in(scribe, &actor, time, "No");
            browse(scribe, &actor, time + 3, region, 20);
        }
    }
}

fn browse(scribe: &mut Scribe, actor: &Actor, begin: i64, region: &str, pages: i64) {
    const EC2: &[&str] = &[
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeVolumes",
        "ec2:DescribeAddresses",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeTags",
        "health:DescribeEventAggregates",
        "ec2:DescribeRegions",
    ];
    const S3: &[&str] = &[
        "s3:ListBuckets",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketPolicy",
        "s3:GetBucketTagging",
        "s3:GetBucketEncryption",
    ];
    const CODE: &[&str] = &[
        "lambda:ListFunctions20150331",
        "lambda:GetFunction20150331v2",
        "lambda:GetPolicy20150331v2",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:DescribeLogGroups",
        "monitoring:DescribeAlarms",
        "monitoring:GetMetricData",
    ];
    const STORE: &[&str] = &[
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSnapshots",
        "rds:ListTagsForResource",
        "rds:DescribePendingMaintenanceActions",
        "dynamodb:ListTables",
        "dynamodb:DescribeTable",
        "ce:GetCostAndUsage",
    ];
    let mut time = begin;
    for _ in 0..pages / 5 {
        let topic = [EC2, S3, CODE, STORE][scribe.dice.below(4)];
        time += scribe.dice.between(3, 50);
        for n in 0..scribe.dice.between(3, 7) {
            let api = scribe.dice.pick(topic);
            let act = Act::new(actor, time + n / 3, region, api);
            let act = if actor.arn.contains("ViewOnly") && scribe.dice.chance(9) { act.denied() } else { act };
            if api.starts_with("ce:") {
                plain(scribe, actor, time, EAST, api)
            } else {
                scribe.write(act)
            };
        }
    }
}

/// Plans in the morning and the afternoon: many reads in a few seconds.
fn terraform(scribe: &mut Scribe) {
    const READS: [&str; 12] = [
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeRouteTables",
        "ec2:DescribeNatGateways",
        "s3:GetBucketPolicy",
        "s3:GetBucketVersioning",
        "s3:GetBucketAcl",
        "kms:DescribeKey",
        "iam:GetPolicyVersion",
    ];
    for (day, hour, account) in [(11, 10, PROD), (11, 15, PROD), (12, 9, PROD), (12, 14, AUDIT)] {
        let begin = at(day, [hour, 22, 10]);
        let actor = person(account, ADMIN_ROLE, "birch", DUBLIN, begin - 600).from(DUBLIN, TERRAFORM);
        for n in 0..36 {
            let api = READS[n % READS.len()];
            let act = Act::new(&actor, begin + n as i64 / 6, EAST, api);
            let missing = api == "s3:GetBucketPolicy" && n > 24;
            scribe.write(if missing { act.failing("NoSuchBucketPolicy", "The bucket policy does not exist") } else { act });
        }
    }
}

/// The audit account: a scanner that enters both accounts, analysts with Athena, an outside auditor.
fn audits(scribe: &mut Scribe) {
    for hour in (AUDIT_BEGIN / HOUR + 1)..(END / HOUR) {
        let time = hour * HOUR + 910 + scribe.dice.between(0, 60);
        let scanner = Actor::role(AUDIT, "posture-scanner", "scan", hour * HOUR, Session::Plain).from("203.0.113.40", BOTO);
        for api in ["guardduty:ListFindings", "securityhub:GetFindings", "access-analyzer:ListFindings", "iam:GetAccountSummary"]
        {
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
            for (second, api) in [
                (0, "athena:StartQueryExecution"),
                (0, "glue:GetTable"),
                (1, "athena:GetQueryExecution"),
                (9, "athena:GetQueryResults"),
            ] {
                plain(scribe, &analyst, begin + 30 + n * 24 + second, WEST, api);
            }
        }
    }
    let begin = at(11, [14, 3, 37]);
    let auditor = Actor::console_user(AUDIT, "auditor-ext", "198.51.100.201", begin, "true");
    sign_in(scribe, &auditor, begin, "Yes");
    for (n, api) in [
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "s3:GetBucketPolicy",
        "iam:GetAccountPasswordPolicy",
        "iam:ListUsers",
    ]
    .into_iter()
    .enumerate()
    {
        plain(scribe, &auditor, begin + 40 + 15 * n as i64, EAST, api);
    }
}

/// Root is used once, for the bill, with MFA.
fn root(scribe: &mut Scribe) {
    let begin = at(11, [15, 52, 11]);
    let root = Actor::root(PROD, VIRGINIA, begin);
    sign_in(scribe, &root, begin, "Yes");
    plain(scribe, &root, begin + 22, EAST, "ce:GetCostAndUsage");
    plain(scribe, &root, begin + 95, EAST, "iam:GetAccountSummary");
}

/// Somebody of the company, by way of Identity Center.
pub(super) fn person(account: &str, role: &str, name: &str, office: &str, since: i64) -> Actor {
    Actor::role(account, role, &format!("{name}@acme.example"), since, Session::Portal).from(office, BROWSER)
}

/// `n` times a day at chance between two hours, on all days of the sample that reach that far.
fn office_times(scribe: &mut Scribe, n: usize, [from, to]: [i64; 2]) -> Vec<i64> {
    let mut times = Vec::new();
    for day in [10, 11, 12] {
        for _ in 0..n {
            let time = at(day, [from, 0, 0]) + scribe.dice.between(0, (to - from) * HOUR - 1);
            if time > AUDIT_BEGIN + 60 && time < END - 1200 {
                times.push(time);
            }
        }
    }
    times
}
