//! What is built, rolled out, planned and backed up.

use super::dice::Dice;
use super::people::{ADMIN_ROLE, AUDIT, AWS_CLI, Actor, BOTO, BUILD_SERVER, DUBLIN, PROD, Session, TERRAFORM, session_key, unique_id};
use super::period::{PROD_BEGIN, at};
use super::records::{Act, Scribe};
use super::workday::{EAST, WEST, assume, office_times, person, plain};

/// Deployments from GitHub Actions: a web identity becomes a role, the role builds and rolls out.
pub(super) fn deploys(scribe: &mut Scribe) {
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
                .with("newkey", session_key("github-deploy", "GitHubActions", time))
                .with("sessionarn", format!("arn:aws:sts::{PROD}:assumed-role/github-deploy/GitHubActions")),
        );
        let actor = Actor::role(PROD, "github-deploy", "GitHubActions", time, Session::Web(PROVIDER)).from(&address, AWS_CLI);
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
pub(super) fn builds(scribe: &mut Scribe) {
    let server = Actor::user(PROD, "ci-artifacts", BUILD_SERVER, BOTO);
    for time in office_times(scribe, 19, [7, 20]) {
        // Builds start on the half hour.
        let time = time - time.rem_euclid(1800) + scribe.dice.between(45, 100);
        if time < PROD_BEGIN {
            continue;
        }
        plain(scribe, &server, time, EAST, "sts:GetCallerIdentity");
        plain(scribe, &server, time + 1, EAST, "ecr:GetAuthorizationToken");
        for n in 0..scribe.dice.between(2, 5) {
            release(scribe, &server, time + 5 + 3 * n, EAST);
        }
        if scribe.dice.chance(12) {
            let act =
                Act::new(&server, time + 30, EAST, "s3:GetObject").with("bucket", "acme-artifacts").with("object", "cache/latest.tar");
            scribe.write(act.failing("NoSuchKey", "The specified key does not exist."));
        }
    }
}

/// At ten past two each night.
pub(super) fn backups(scribe: &mut Scribe) {
    for day in [11, 12] {
        let begin = at(day, [2, 10, 4]);
        let actor = Actor::role(PROD, "acme-backup", "nightly", begin, Session::Plain).from("203.0.113.10", BOTO);
        assume(scribe, &Actor::service(PROD, "backup.amazonaws.com"), begin, PROD, "acme-backup", "nightly");
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

/// Plans in the morning and the afternoon: many reads in a few seconds.
pub(super) fn terraform(scribe: &mut Scribe) {
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
