//! The incident: a leaked access key, a new administrator, stolen backups, an attempt on the logs, and the response.

use std::fmt::Write as _;

use super::dice::Dice;
use super::forge::iso;
use super::people::{AUDIT, Actor, OUTSIDER, OUTSIDER_BROWSER, OUTSIDER_BROWSER_AGENT, OUTSIDER_CLI, PROD, Session};
use super::period::at;
use super::records::{Act, Scribe};
use super::workday::assume;

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
        out.push_str("\n| time (UTC) | account | Region | event | result | what happens | eventID |\n|---|---|---|---|---|---|---|\n");
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
    super::response::write(&mut teller);
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
const INTRODUCTION: &str = "# What happens in the sample trail

Two accounts of an invented company: 111122223333 runs a shop, 444455556666 keeps the logs. Nobody and nothing in it is real:
account numbers and access keys are those of documentation, addresses are of the ranges kept for documentation.

On Tuesday night somebody finds the access key of the IAM user `ci-artifacts`, which until then only the build server
(203.0.113.17) has used, and uses it from 203.0.113.77. The key may do little, but an old policy lets it make users whose name
begins with `svc-`. From there it goes to an administrator, to a machine in a Region never used before, to the backups, to the
trail itself (refused by the organisation's policy) and into the audit account. On Wednesday morning the security team closes it.
";
