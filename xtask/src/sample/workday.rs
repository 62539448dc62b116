//! Two ordinary days of two accounts: machines on their clocks, people in office hours, builds, backups, audits.

use super::dice::ALPHANUMERIC;
use super::people::{ADMIN_ROLE, AUDIT, Actor, BROWSER, DUBLIN, PROD, Session, TERRAFORM, VIEW_ROLE, VIRGINIA, session_key, unique_id};
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
    super::pipelines::deploys(scribe);
    super::pipelines::builds(scribe);
    super::pipelines::backups(scribe);
    people(scribe);
    super::pipelines::terraform(scribe);
    super::audits::write(scribe);
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
    let (shared, token) = (scribe.dice.uuid(), scribe.dice.text(ALPHANUMERIC, 24));
    let act = |actor| {
        Act::new(actor, time, EAST, "sts:AssumeRole")
            .with("role", format!("arn:aws:iam::{owner}:role/{role}"))
            .with("session", session)
            .with("owner", owner)
            .with("roleid", unique_id("AROA", &format!("{owner}{name}")))
            .with("newkey", session_key(name, session, time))
            .with("token", token.clone())
            .with("sessionarn", format!("arn:aws:sts::{owner}:assumed-role/{name}/{session}"))
    };
    if owner == actor.account {
        let id = scribe.write(act(actor));
        return [id.clone(), id];
    }
    let guest = actor.as_guest_of(owner);
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
        for (second, api) in [(0, "cloudtrail:StartLogging"), (2, "cloudtrail:PutEventSelectors"), (5, "cloudtrail:GetTrailStatus")] {
            plain(scribe, &admin, begin + second, EAST, api);
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
pub(super) fn office_times(scribe: &mut Scribe, n: usize, [from, to]: [i64; 2]) -> Vec<i64> {
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
