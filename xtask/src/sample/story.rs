//! The incident: a leaked access key, a new administrator, stolen backups, an attempt on the logs, and the response.

use std::fmt::Write as _;

use super::blanks::instance;
use super::dice::Dice;
use super::forge::iso;
use super::people::{
    ADMIN_ROLE, AUDIT, Actor, DUBLIN, OUTSIDE, OUTSIDER, OUTSIDER_BROWSER, OUTSIDER_BROWSER_AGENT, OUTSIDER_CLI, PROD, Session,
    access_key,
};
use super::period::at;
use super::records::{Act, Scribe};
use super::workday::{assume, person, sign_in};

/// A step that the reader is told about.
pub(super) struct Step {
    pub time: i64,
    pub account: &'static str,
    pub region: String,
    pub api: String,
    pub result: String,
    pub id: String,
    pub what: &'static str,
}

/// The steps in order, and by name those that the tampering needs.
pub(super) struct Story {
    pub steps: Vec<Step>,
}

impl Story {
    /// The `eventID` of the first step of this name that succeeded.
    pub(super) fn id_of(&self, api: &str) -> &str {
        let step = self.steps.iter().find(|step| step.api == api && step.result == "done");
        step.map_or_else(|| panic!("the story has no successful {api}"), |step| step.id.as_str())
    }

    /// A table for people.
    pub(super) fn markdown(&self) -> String {
        let mut out = String::from(INTRODUCTION);
        out.push_str(
            "\n| time (UTC) | account | Region | event | result | what happens | eventID |\n|---|---|---|---|---|---|---|\n",
        );
        for Step { time, account, region, api, result, id, what } in &self.steps {
            let _ = writeln!(out, "| {} | {account} | {region} | `{api}` | {result} | {what} | `{id}` |", iso(*time));
        }
        out
    }
}

/// Writes the incident's records.
pub(super) fn write(scribe: &mut Scribe) -> Story {
    let mut teller = Teller { scribe, steps: Vec::new(), clock: 0 };
    super::intrusion::found_key(&mut teller);
    super::intrusion::look_around(&mut teller);
    super::intrusion::new_administrator(&mut teller);
    super::intrusion::miner(&mut teller);
    super::intrusion::backups(&mut teller);
    super::intrusion::logs(&mut teller);
    super::intrusion::audit_account(&mut teller);
    response(&mut teller);
    let mut steps = teller.steps;
    steps.sort_by_key(|step| step.time);
    Story { steps }
}

/// Writes records and keeps the steps worth telling.
pub(super) struct Teller<'a> {
    pub scribe: &'a mut Scribe,
    steps: Vec<Step>,
    pub clock: i64,
}

impl Teller<'_> {
    /// Moves the clock to a time of the night from Tuesday to Wednesday.
    pub(super) fn on(&mut self, day: i64, clock: [i64; 3]) {
        self.clock = at(day, clock);
    }

    /// A call at the clock's time, made by `actor`; the clock moves on by some seconds.
    pub(super) fn act<'b>(&mut self, actor: &'b Actor, region: &'b str, api: &'b str) -> Act<'b> {
        let act = Act::new(actor, self.clock, region, api);
        self.clock += self.scribe.dice.between(2, 9);
        act
    }

    /// Writes a call that is part of the story.
    pub(super) fn tell(&mut self, act: Act<'_>, what: &'static str) -> String {
        let (time, region, api, account) = (act.time, act.region.to_owned(), act.api.to_owned(), account(&act.actor.account));
        let result = act.error.as_ref().map_or("done", |(code, _)| code).to_owned();
        let id = self.scribe.write(act);
        self.steps.push(Step { time, account, region, api, result, id: id.clone(), what });
        id
    }

    /// A step written elsewhere.
    pub(super) fn told(&mut self, time: i64, account: &'static str, api: &str, id: String, what: &'static str) {
        let region = "us-east-1".to_owned();
        self.steps.push(Step { time, account, region, api: api.into(), result: "done".into(), id, what });
    }

    /// Writes a call that is only noise around the story.
    pub(super) fn mumble(&mut self, act: Act<'_>) {
        self.scribe.write(act);
    }
}

/// Wednesday morning: the responders close the doors and check the evidence.
fn response(teller: &mut Teller<'_>) {
    teller.on(12, [7, 38, 20]);
    let begin = teller.clock;
    let rowan = person(PROD, ADMIN_ROLE, "rowan", DUBLIN, begin);
    let id = sign_in(teller.scribe, &rowan, begin, "No");
    teller.told(begin, PROD, "signin:ConsoleLogin", id, "An alarm about a new administrator wakes the security team in Dublin");
    teller.clock += 40;
    for what in ["svc-backup-sync", "ci-artifacts", "AssumeRole"] {
        let act = teller.act(&rowan, EAST, "cloudtrail:LookupEvents").with("what", what);
        teller.tell(act, "The responder looks up what the key and the user did");
        teller.clock += 60;
    }
    disable_keys(teller, &rowan);
    let denied = new_user_at_console(at(11, [22, 19, 41]));
    teller.on(12, [8, 12, 9]);
    let act = teller
        .act(&denied, EAST, "s3:GetObject")
        .with("bucket", "acme-backups")
        .with("object", "orders/2025-03-12/part-000.parquet");
    teller.tell(act.denied(), "The outsider comes back for the new backup and is refused");
    undo(teller, &rowan);
    seal_audit(teller);
    remove(teller, &rowan);
}

fn disable_keys(teller: &mut Teller<'_>, rowan: &Actor) {
    teller.on(12, [7, 52, 3]);
    for user in ["ci-artifacts", "svc-backup-sync"] {
        let act = teller.act(rowan, EAST, "iam:UpdateAccessKey").with("user", user).with("key", access_key("AKIA", user));
        teller.tell(act, "Both keys are made inactive");
    }
    let act = teller.act(rowan, EAST, "iam:DeleteLoginProfile").with("user", NEW_USER);
    teller.tell(act, "The new administrator's password is taken away");
    let act = teller.act(rowan, EAST, "iam:PutUserPolicy").with("user", NEW_USER).with("policy", "AWSRevokeOlderSessions");
    teller.tell(act.with("document", DENY_ALL), "Its running sessions are cut off");
    let act = teller.act(rowan, EAST, "iam:DetachUserPolicy").with("user", NEW_USER).with("policy", ADMINISTRATOR);
    teller.tell(act, "AdministratorAccess is taken away");
}

fn undo(teller: &mut Teller<'_>, rowan: &Actor) {
    teller.on(12, [8, 20, 31]);
    let miner = instance(OUTSIDE, SOUTH, 0);
    let act = teller.act(rowan, SOUTH, "ec2:TerminateInstances").with("instance", miner);
    teller.tell(act, "The miner's machine is shut down");
    let act = teller.act(rowan, SOUTH, "ec2:DeleteKeyPair").with("keyname", "backup-key");
    teller.tell(act, "and its key pair deleted");
    let act = teller
        .act(rowan, WEST, "ec2:ModifySnapshotAttribute")
        .with("snapshot", snapshot())
        .with("op", "remove")
        .with("other", OUTSIDE);
    teller.tell(act, "The snapshot is no longer shared");
    let act = teller.act(rowan, EAST, "s3:PutBucketPolicy").with("bucket", "acme-backups");
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-backups/*","Condition":{{"StringNotEquals":{{"aws:PrincipalAccount":"{PROD}"}}}}}}]}}"#
    );
    teller.tell(act.with("document", policy), "The backups' bucket policy is set right");
}

fn seal_audit(teller: &mut Teller<'_>) {
    teller.on(12, [8, 41, 55]);
    let rowan = person(AUDIT, ADMIN_ROLE, "rowan", DUBLIN, teller.clock);
    let id = sign_in(teller.scribe, &rowan, teller.clock, "No");
    teller.told(teller.clock, AUDIT, "signin:ConsoleLogin", id, "The responder enters the audit account");
    teller.clock += 50;
    let act =
        teller.act(&rowan, EAST, "iam:PutRolePolicy").with("user", "log-archive-admin").with("policy", "AWSRevokeOlderSessions");
    teller.tell(act.with("document", DENY_ALL), "The borrowed role's sessions are cut off");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"KeepReplicas","Effect":"Deny","Principal":"*","Action":["s3:DeleteObject","s3:DeleteObjectVersion"],"Resource":"arn:aws:s3:::acme-backups-replica/*"}]}"#;
    let act = teller.act(&rowan, EAST, "s3:PutBucketPolicy").with("bucket", "acme-backups-replica").with("document", policy);
    teller.tell(act, "The replica's protection is put back");
    let act = teller.act(&rowan, EAST, "cloudtrail:GetTrailStatus");
    teller.mumble(act);
    let act = teller.act(&rowan, EAST, "cloudtrail:ListPublicKeys");
    teller.tell(act, "The public keys are fetched, to prove that the logs are whole");
}

fn remove(teller: &mut Teller<'_>, rowan: &Actor) {
    teller.on(12, [10, 5, 44]);
    for user in ["ci-artifacts", NEW_USER] {
        let act = teller.act(rowan, EAST, "iam:DeleteAccessKey").with("user", user).with("key", access_key("AKIA", user));
        teller.tell(act, "Both keys are deleted");
    }
    let act = teller.act(rowan, EAST, "iam:DeleteUserPolicy").with("user", NEW_USER).with("policy", "AWSRevokeOlderSessions");
    teller.mumble(act);
    let act = teller.act(rowan, EAST, "iam:DeleteUser").with("user", NEW_USER);
    teller.tell(act, "The outsider's user is gone");
}

fn account(account: &str) -> &'static str {
    if account == AUDIT { AUDIT } else { PROD }
}

/// The snapshot of the orders' volume that is shared with the outsider.
pub(super) fn snapshot() -> String {
    format!("snap-0{}", Dice::of("snapshot of the night").hex(16))
}

/// The session that the outsider borrows in the audit account.
pub(super) fn borrowed(since: i64) -> Actor {
    Actor::role(AUDIT, "log-archive-admin", "sync", since, Session::Plain).from(OUTSIDER, OUTSIDER_CLI)
}

/// The leaked key in the outsider's hands.
pub(super) fn leaked_key() -> Actor {
    Actor::user(PROD, "ci-artifacts", OUTSIDER, OUTSIDER_CLI)
}

/// The new user with its access key.
pub(super) fn new_user() -> Actor {
    Actor::user(PROD, NEW_USER, OUTSIDER, OUTSIDER_CLI)
}

/// The new user at the console, without MFA.
pub(super) fn new_user_at_console(since: i64) -> Actor {
    Actor::console_user(PROD, NEW_USER, OUTSIDER_BROWSER, since, "false").from(OUTSIDER_BROWSER, OUTSIDER_BROWSER_AGENT)
}

/// Enters the audit account; both accounts record it.
pub(super) fn enter_audit(teller: &mut Teller<'_>, actor: &Actor) {
    let time = teller.clock;
    let [own, theirs] = assume(teller.scribe, actor, time, AUDIT, "log-archive-admin", "sync");
    teller.told(time, PROD, "sts:AssumeRole", own, "A role in the audit account trusts the whole shop account: it is assumed");
    teller.told(time, AUDIT, "sts:AssumeRole", theirs, "The same event as the audit account records it (equal sharedEventID)");
    teller.clock += 6;
}

/// The trail's ARN, as a policy's refusal names it.
pub(super) fn trail_arn() -> String {
    format!("arn:aws:cloudtrail:us-east-1:{PROD}:trail/acme-prod-trail")
}

pub(super) const EAST: &str = "us-east-1";
pub(super) const WEST: &str = "eu-west-1";
pub(super) const SOUTH: &str = "ap-southeast-2";
/// A name that looks as if it belonged there.
pub(super) const NEW_USER: &str = "svc-backup-sync";
pub(super) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const DENY_ALL: &str =
    r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"#;

const INTRODUCTION: &str = "# What happens in the sample trail

Two accounts of an invented company: 111122223333 runs a shop, 444455556666 keeps the logs. Nobody and nothing in it is real:
account numbers and access keys are those of documentation, addresses are of the ranges kept for documentation.

On Tuesday night somebody finds the access key of the IAM user `ci-artifacts`, which until then only the build server
(203.0.113.17) has used, and uses it from 203.0.113.77. The key may do little, but an old policy lets it make users whose name
begins with `svc-`. From there it goes to an administrator, to a machine in a Region never used before, to the backups, to the
trail itself (refused by the organisation's policy) and into the audit account. On Wednesday morning the security team closes it.
";
