//! What runs on clocks: the fleet, its functions, the metrics collector, AWS's own services.

use super::blanks::instance;
use super::people::{AUDIT, Actor, BOTO, PROD, SSM_AGENT, Session, session_key, unique_id};
use super::period::{END, HOUR, PROD_BEGIN};
use super::records::{Act, Scribe};
use super::workday::{EAST, SOUTH, WEST, assume, plain};

/// Every half hour: the fleet's agents, the metrics collector, functions that wake up; less while the shop is quiet.
pub(super) fn fleet(scribe: &mut Scribe) {
    for tick in (PROD_BEGIN / 1800 + 1)..(END / 1800) {
        let busy = busy(tick * 1800);
        for (region, instances, asks) in [(EAST, 3, 20), (WEST, 2, 10)] {
            if !busy && tick % 2 == 1 {
                continue;
            }
            let time = tick * 1800 + scribe.dice.between(4, 60);
            fleet_agents(scribe, time, region, instances);
            collector(scribe, time + 20, region, if busy { asks } else { asks / 2 });
            for n in 0..scribe.dice.between(1, if busy { 2 } else { 1 }) {
                functions(scribe, time + 35 + 11 * n, region);
            }
        }
    }
}

fn fleet_agents(scribe: &mut Scribe, time: i64, region: &str, fleet: usize) {
    for n in 0..fleet {
        let id = instance(PROD, region, n);
        let since = time - time.rem_euclid(6 * HOUR) - 600 * n as i64;
        let nat = if region == EAST { "203.0.113.10" } else { "203.0.113.11" };
        let agent = Actor::role(PROD, "shop-web-instance", &id, since, Session::Instance).from(nat, SSM_AGENT);
        if scribe.dice.chance(80) {
            let act = Act::new(&agent, time + n as i64, region, "ssm:UpdateInstanceInformation").with("instance", id.clone());
            scribe
                .write(act.with("private", format!("10.20.1.{}", 31 + n)).with("computer", format!("ip-10-20-1-{}.ec2.internal", 31 + n)));
        }
        let runtime = agent.from(nat, BOTO);
        match scribe.dice.below(4) {
            0 => plain(scribe, &runtime, time + 40, region, "ssm:GetParameter"),
            1 => secret(scribe, &runtime, time + 41, region),
            _ => continue,
        };
    }
}

/// A secret is read: Secrets Manager decrypts it in the caller's name.
fn secret(scribe: &mut Scribe, actor: &Actor, time: i64, region: &str) -> String {
    let name = scribe.dice.pick(&["shop/db", "shop/payments"]).to_owned();
    let arn = format!("arn:aws:secretsmanager:{region}:{PROD}:secret:{name}-a1b2c3");
    scribe.write(Act::new(actor, time, region, "secretsmanager:GetSecretValue").with("secret", name));
    let service = actor.clone().through("secretsmanager.amazonaws.com");
    scribe.write(Act::new(&service, time, region, "kms:Decrypt").with("context", arn))
}

/// The metrics collector asks the same questions all day and is slowed down now and then.
fn collector(scribe: &mut Scribe, time: i64, region: &str, asks: i64) {
    const ASKS: [&str; 12] = [
        "monitoring:GetMetricData",
        "ec2:DescribeInstances",
        "elasticloadbalancing:DescribeTargetHealth",
        "rds:DescribeDBInstances",
        "autoscaling:DescribeAutoScalingGroups",
        "sqs:GetQueueAttributes",
        "ecs:DescribeServices",
        "ec2:DescribeInstanceStatus",
        "monitoring:ListMetrics",
        "ec2:DescribeVolumes",
        "tagging:GetResources",
        "monitoring:DescribeAlarms",
    ];
    let since = time - time.rem_euclid(HOUR) + 3;
    let actor = Actor::role(PROD, "metrics-collector", "collector", since, Session::Plain).from("198.51.100.77", BOTO);
    if region == EAST && time.rem_euclid(HOUR) < 900 {
        assume(scribe, &Actor::user(PROD, "metrics-export", "198.51.100.77", BOTO), since, PROD, "metrics-collector", "collector");
    }
    for n in 0..scribe.dice.between(asks - 2, asks + 2) {
        let api = if n == 0 { ASKS[0] } else { scribe.dice.pick(&ASKS) };
        let act = Act::new(&actor, time + n / 3, region, api);
        let act = if scribe.dice.chance(4) { act.failing("ThrottlingException", "Rate exceeded") } else { act };
        scribe.write(act);
    }
}

/// Lambda takes its role, opens a log stream, decrypts its environment.
fn functions(scribe: &mut Scribe, time: i64, region: &str) {
    let function = scribe.dice.pick(&["order-events", "invoice-pdf", "image-resize"]).to_owned();
    let role = format!("{function}-fn");
    let lambda = Actor::service(PROD, "lambda.amazonaws.com");
    scribe.write(
        Act::new(&lambda, time, region, "sts:AssumeRole")
            .with("role", format!("arn:aws:iam::{PROD}:role/{role}"))
            .with("session", function.clone())
            .with("roleid", unique_id("AROA", &format!("{PROD}{role}")))
            .with("newkey", session_key(&role, &function, time))
            .with("sessionarn", format!("arn:aws:sts::{PROD}:assumed-role/{role}/{function}")),
    );
    let session = Actor::role(PROD, &role, &function, time, Session::Plain);
    let arn = format!("arn:aws:lambda:{region}:{PROD}:function:{function}");
    scribe.write(Act::new(&session.clone().through("lambda.amazonaws.com"), time + 1, region, "kms:Decrypt").with("context", arn));
    plain(
        scribe,
        &session.from("203.0.113.10", "awslambda-worker/1.0 rusoto/0.48.0 rust/1.83.0 linux"),
        time + 1,
        region,
        "logs:CreateLogStream",
    );
}

/// AWS's own services look around, in every Region.
pub(super) fn services(scribe: &mut Scribe) {
    for hour in (PROD_BEGIN / HOUR + 1)..(END / HOUR) {
        let time = hour * HOUR + 20 + scribe.dice.between(0, 120);
        let scaling = linked(PROD, "autoscaling.amazonaws.com", "AutoScaling", hour * HOUR);
        for api in ["autoscaling:DescribeAutoScalingGroups", "elasticloadbalancing:DescribeTargetHealth", "ec2:DescribeInstanceStatus"] {
            plain(scribe, &scaling, time, EAST, api);
        }
        let delivery = Actor::service(AUDIT, "cloudtrail.amazonaws.com");
        let shared = scribe.dice.uuid();
        scribe.write(Act::new(&delivery, time, EAST, "s3:GetBucketAcl").with("bucket", "acme-audit-logs").shared(&shared));
        if hour % 6 == 1 {
            for (account, region) in [(PROD, EAST), (PROD, WEST), (PROD, SOUTH), (AUDIT, EAST), (AUDIT, WEST), (AUDIT, SOUTH)] {
                recorder(scribe, account, region, time + 30);
            }
        }
    }
}

fn recorder(scribe: &mut Scribe, account: &str, region: &str, time: i64) {
    let config = linked(account, "config.amazonaws.com", "Config", time - 5);
    let looks = [
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeRouteTables",
        "rds:DescribeDBInstances",
        "kms:ListKeys",
        "sns:ListTopics",
        "dynamodb:ListTables",
        "acm:ListCertificates",
        "ec2:DescribeNetworkAcls",
    ];
    for (n, api) in looks.into_iter().enumerate() {
        plain(scribe, &config, time + n as i64 / 4, region, api);
    }
    plain(scribe, &config, time + 4, region, "config:PutEvaluations");
}

/// A service-linked role's session.
fn linked(account: &str, host: &str, name: &str, since: i64) -> Actor {
    let role = format!("aws-service-role/{host}/AWSServiceRoleFor{name}");
    Actor::role(account, &role, name, since, Session::Plain).through(host)
}

/// 07:00 to 22:00: somebody is at work in Dublin or Virginia, and the shop has customers.
fn busy(time: i64) -> bool {
    (7..22).contains(&(time.rem_euclid(24 * HOUR) / HOUR))
}
