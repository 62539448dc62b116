//! What the blanks of `calls.txt` stand for when the caller does not say: the account's own trail, buckets, instances.

use std::fmt::Write as _;

use super::dice::{ALPHANUMERIC, Dice};
use super::forge::{calendar, day_folder};
use super::people::{AUDIT, PROD, access_key, unique_id};
use super::records::Act;

/// What a blank stands for when the caller does not say.
pub(super) fn usual(out: &mut String, dice: &mut Dice, act: &Act<'_>, name: &str) {
    let account = act.actor.account.as_str();
    match name {
        "account" | "owner" => out.push_str(account),
        "region" => out.push_str(act.region),
        "regiona" => out.extend([act.region, "a"]),
        "arn" => out.push_str(&act.actor.arn),
        "folder" => out.push_str(&day_folder(act.time)),
        "token" => out.push_str(&dice.text(ALPHANUMERIC, 24)),
        "date" => out.push_str(&american(act.time)),
        "later" => out.push_str(&american(act.time + 3600)),
        "trail" => out.push_str(trail_name(account)),
        "kmskey" => out.push_str(&Dice::of(&format!("key of {account} in {}", act.region)).uuid()),
        "newkey" => out.push_str(&access_key("ASIA", &dice.hex(8))),
        "instance" => out.push_str(&instance(account, act.region, dice.below(5))),
        "private" => {
            let _ = write!(out, "10.20.{}.{}", dice.below(4), dice.between(10, 250));
        }
        "computer" => {
            let _ = write!(out, "ip-10-20-1-{}.ec2.internal", dice.between(10, 250));
        }
        "user" => out.push_str(dice.pick(&["ci-artifacts", "auditor-ext", "mail-relay", "metrics-export"])),
        "roleid" => out.push_str(&unique_id("AROA", &format!("{account}role"))),
        "bucket" => out.push_str(dice.pick(buckets(account))),
        "secret" => out.push_str(dice.pick(&["shop/db", "shop/payments", "shop/session-key", "mail/smtp"])),
        "parameter" => out.push_str(dice.pick(&["/shop/web/config", "/shop/feature-flags", "/shop/search/endpoint"])),
        "context" => out.push_str("arn:aws:s3:::acme-artifacts"),
        "object" => {
            let _ = write!(out, "releases/{}/bundle.tar.gz", dice.hex(12));
        }
        other => out.push_str(stand_in(other)),
    }
}

/// What a blank of a call stands for in bulk trails, where nobody tells a story.
fn stand_in(blank: &str) -> &'static str {
    match blank {
        "role" => "arn:aws:iam::111122223333:role/shop-runtime",
        "sessionarn" => "arn:aws:sts::111122223333:assumed-role/shop-runtime/shop",
        "session" | "group" | "keyname" | "prefix" | "text" | "what" => "shop",
        "subject" => "repo:acme-shop/web:ref:refs/heads/main",
        "outcome" => "Success",
        "policy" => "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "document" => "{}",
        "type" => "m7g.large",
        "groupid" => "sg-0d41c8a9f2b7e6351",
        "cidr" => "10.20.0.0/16",
        "port" => "443",
        "count" => "1",
        "volume" => "vol-0a4f7c21d98e3b561",
        "snapshot" => "snap-0a4f7c21d98e3b562",
        "op" => "add",
        "other" => AUDIT,
        "userid" => "AIDAQ4R6T2Y7U3I5O2P6A",
        "key" => "AKIAQ4R6T2Y7UEXAMPLE",
        _ => panic!("calls.txt has the blank ${blank}, which nothing fills in"),
    }
}

/// The trail of an account.
pub(super) fn trail_name(account: &str) -> &'static str {
    if account == AUDIT { "acme-audit-trail" } else { "acme-prod-trail" }
}

/// The buckets of an account.
pub(super) fn buckets(account: &str) -> &'static [&'static str] {
    if account == PROD {
        &["acme-artifacts", "acme-backups", "acme-shop-images", "acme-shop-invoices"]
    } else {
        &["acme-audit-logs", "acme-backups-replica", "acme-athena-results"]
    }
}

/// The `n`th instance of the fleet in a Region.
pub(super) fn instance(account: &str, region: &str, n: usize) -> String {
    format!("i-0{}", Dice::of(&format!("instance {n} of {account} in {region}")).hex(16))
}

/// `Mar 11, 2025, 9:04:05 PM`: how IAM and STS write times in their answers.
fn american(time: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let ([year, month, day], [hour, minute, second]) = calendar(time);
    let half = if hour < 12 { "AM" } else { "PM" };
    let month = MONTHS[(month - 1) as usize];
    format!("{month} {day}, {year}, {}:{minute:02}:{second:02} {half}", (hour + 11) % 12 + 1)
}
