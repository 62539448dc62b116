//! Who does what in a bulk trail: as skewed as real trails are, where one principal makes two fifths of all events
//! and most API names are seldom seen.

use super::dice::Dice;
use super::people::{AUDIT, Actor, PROD, Session};
use super::records::Calls;

/// Actors, names and errors with their weights.
pub(super) struct Crowd {
    actors: Vec<Vec<Actor>>,
    names: Vec<String>,
    by_rank: [Ranking; 2],
}

impl Crowd {
    /// About 335 principals, 170 addresses, 650 user agents and 740 names, as counted over public records.
    pub(super) fn new(calls: &Calls) -> Self {
        let mut dice = Dice::new(0x0063_726f_7764);
        let actors: Vec<Vec<Actor>> = (0..PRINCIPALS).map(|n| principal(n, &mut dice)).collect();
        let mut names = calls.names();
        // The common ones first; behind them the rest in an order that is not the alphabet's.
        names.sort_by_key(|name| (COMMON.iter().position(|common| common == name).unwrap_or(usize::MAX), Dice::of(name).next()));
        // Exponents as fitted to the counts: users' first 39 %, first ten 83 %; names' first 13 %, first ten 35 to 39 %.
        let users = Ranking::new(PRINCIPALS, |x| 1.0 / ((x + 0.5) * (x + 0.5).powi(3).sqrt().sqrt()));
        let api = Ranking::new(names.len(), |x| {
            let x = x + 2.0;
            (if x < 3.5 { 1.5 } else { 1.0 }) / (x * x.powi(3).sqrt().sqrt().sqrt().sqrt())
        });
        Self { actors, names, by_rank: [users, api] }
    }

    /// Somebody of the account, from one of the places they work from.
    pub(super) fn actor(&self, account: &str, dice: &mut Dice) -> &Actor {
        // Half of the ranks belong to each account; a rank of the other one passes to its neighbour.
        let rank = self.by_rank[0].draw(dice);
        let rank = if rank.is_multiple_of(2) == (account == PROD) { rank } else { rank ^ 1 };
        let places = &self.actors[rank.min(PRINCIPALS - 1)];
        &places[dice.below(places.len())]
    }

    /// A name that CloudTrail can record in this Region.
    pub(super) fn api(&self, region: &str, dice: &mut Dice) -> &str {
        loop {
            let name = &self.names[self.by_rank[1].draw(dice)];
            let global = ["iam:", "signin:", "organizations:", "cloudfront:", "route53:", "support:", "ce:"];
            if region == "us-east-1" || !global.iter().any(|service| name.starts_with(service)) {
                return name;
            }
        }
    }
}

/// An error in 8 of 100 events.
pub(super) fn error(dice: &mut Dice) -> Option<(&'static str, &'static str)> {
    dice.chance(8).then(|| ERRORS[dice.below(ERRORS.len()).min(dice.below(ERRORS.len()))])
}

/// Ranks drawn with falling weights.
struct Ranking(Vec<u64>);

impl Ranking {
    /// `weight` of the ranks 1, 2, … It may use no other functions than `+ * /` and roots: only those give the same
    /// bits on every machine.
    fn new(ranks: usize, weight: impl Fn(f64) -> f64) -> Self {
        let mut sum = 0;
        Self(
            (1..=ranks)
                .map(|rank| {
                    sum += (weight(rank as f64) * 1e12) as u64;
                    sum
                })
                .collect(),
        )
    }

    fn draw(&self, dice: &mut Dice) -> usize {
        let total = self.0.last().copied().unwrap_or(1);
        let drawn = dice.next() % total;
        self.0.partition_point(|sum| *sum <= drawn)
    }
}

/// The `n`th principal, at one to four places.
fn principal(n: usize, dice: &mut Dice) -> Vec<Actor> {
    let account = if n.is_multiple_of(2) { PROD } else { AUDIT };
    let since = 1_735_689_600 + dice.between(0, 86_400);
    let team = dice.pick(&["shop", "search", "billing", "data", "platform", "mail", "media", "audit"]).to_owned();
    let actor = match n % 12 {
        2 | 5 => Actor::user(account, &format!("{team}-user-{n}"), "", ""),
        7 => Actor::service(
            account,
            dice.pick(&["lambda.amazonaws.com", "autoscaling.amazonaws.com", "config.amazonaws.com", "ecs-tasks.amazonaws.com"]),
        ),
        3 | 8 => Actor::role(account, &format!("{team}-portal"), &format!("person{n}@acme.example"), since, Session::Portal),
        4 => {
            Actor::role(account, &format!("{team}-deploy-{n}"), "GitHubActions", since, Session::Web("token.actions.githubusercontent.com"))
        }
        1 | 6 => {
            Actor::role(account, &format!("{team}-instance"), &super::blanks::instance(account, "us-east-1", n), since, Session::Instance)
        }
        _ => Actor::role(account, &format!("{team}-task-{n}"), "task", since, Session::Plain),
    };
    if n % 12 == 7 {
        return vec![actor];
    }
    (0..dice.between(1, 4)).map(|_| actor.clone().from(&address(dice), &agent(dice))).collect()
}

fn address(dice: &mut Dice) -> String {
    let net = dice.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{net}.{}", dice.between(10, 66))
}

fn agent(dice: &mut Dice) -> String {
    let (minor, patch) = (dice.between(1, 40), dice.between(0, 20));
    match dice.below(6) {
        0 => format!(
            "aws-cli/2.{minor}.{patch} md/awscrt#0.23.8 ua/2.0 os/linux#6.1.128 md/arch#x86_64 lang/python#3.12.9 cfg/retry-mode#standard"
        ),
        1 => {
            format!("Boto3/1.{minor}.{patch} md/Botocore#1.{minor}.{patch} ua/2.0 os/linux#5.10.{patch} md/arch#aarch64 lang/python#3.12.9")
        }
        2 => format!(
            "aws-sdk-java/2.{minor}.{patch} Linux/5.10.234 OpenJDK_64-Bit_Server_VM/21.0.{patch}+7 Java/21.0.{patch} vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy"
        ),
        3 => format!("aws-sdk-go-v2/1.{minor}.{patch} ua/2.1 os/linux lang/go#1.23.{patch} md/GOOS#linux md/GOARCH#amd64"),
        4 => format!("aws-sdk-js/3.{minor}{patch}.0 ua/2.1 os/linux#6.1.128 lang/js md/nodejs#22.{minor}.0"),
        _ => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
            90 + minor
        ),
    }
}

const PRINCIPALS: usize = 336;

/// The names that lead in real trails.
const COMMON: [&str; 24] = [
    "kms:Decrypt",
    "sts:AssumeRole",
    "s3:GetObject",
    "ec2:DescribeInstances",
    "s3:PutObject",
    "kms:GenerateDataKey",
    "secretsmanager:GetSecretValue",
    "logs:CreateLogStream",
    "ssm:UpdateInstanceInformation",
    "ssm:GetParameter",
    "s3:GetBucketAcl",
    "sts:GetCallerIdentity",
    "ec2:DescribeInstanceStatus",
    "monitoring:GetMetricData",
    "elasticloadbalancing:DescribeTargetHealth",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "autoscaling:DescribeAutoScalingGroups",
    "rds:DescribeDBInstances",
    "sqs:GetQueueAttributes",
    "ecs:DescribeServices",
    "dynamodb:DescribeTable",
    "iam:GetRole",
    "s3:ListBuckets",
];

/// The frequent ones first.
const ERRORS: [(&str, &str); 20] = [
    ("AccessDenied", "Access Denied"),
    ("Client.UnauthorizedOperation", "You are not authorized to perform this operation."),
    ("ThrottlingException", "Rate exceeded"),
    ("NoSuchKey", "The specified key does not exist."),
    ("ResourceNotFoundException", "The specified resource does not exist."),
    ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("NoSuchEntityException", "The role cannot be found."),
    ("ValidationException", "1 validation error detected"),
    ("Client.RequestLimitExceeded", "Request limit exceeded."),
    ("NoSuchBucket", "The specified bucket does not exist"),
    ("ParameterNotFound", "Parameter was not found."),
    ("ExpiredTokenException", "The security token included in the request is expired"),
    ("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
    ("NoSuchTagSet", "The TagSet does not exist"),
    ("Client.InvalidInstanceID.NotFound", "The instance ID does not exist"),
    ("ConflictException", "The request conflicts"),
    ("ServiceUnavailableException", "Try again later"),
    ("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
    ("InvalidParameterException", "A parameter is not valid"),
    ("LimitExceededException", "A quota was exceeded"),
];
