//! The morning after: doors are closed, changes undone, evidence checked.

use super::blanks::instance;
use super::people::{ADMIN_ROLE, AUDIT, Actor, DUBLIN, OUTSIDE, PROD, access_key};
use super::period::at;
use super::story::{ADMINISTRATOR, EAST, NEW_USER, SOUTH, Teller, WEST, new_user_at_console, snapshot};
use super::workday::{person, sign_in};

/// Wednesday morning: the responders close the doors and check the evidence.
pub(super) fn write(teller: &mut Teller<'_>) {
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
    let act = teller.act(&denied, EAST, "s3:GetObject").with("bucket", "acme-backups").with("object", "orders/2025-03-12/part-000.parquet");
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
    let act =
        teller.act(rowan, WEST, "ec2:ModifySnapshotAttribute").with("snapshot", snapshot()).with("op", "remove").with("other", OUTSIDE);
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
    let act = teller.act(&rowan, EAST, "iam:PutRolePolicy").with("user", "log-archive-admin").with("policy", "AWSRevokeOlderSessions");
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

const DENY_ALL: &str = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"#;
