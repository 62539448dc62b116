//! Turns "this actor calls that API now" into CloudTrail records: compact JSON with AWS's order of fields.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::dice::{BASE_32, Dice};
use super::forge::{calendar, iso};
use super::people::{AUDIT, Actor, Door, PROD, access_key, unique_id};
use super::template::Template;

/// A record with what is needed to file it.
pub(super) struct Record {
    pub account: String,
    pub region: String,
    pub time: i64,
    pub id: String,
    /// `service:Name`
    pub api: &'static str,
    pub json: String,
}

/// One call to be written down.
#[derive(Clone)]
pub(super) struct Act<'a> {
    pub actor: &'a Actor,
    pub time: i64,
    pub region: &'a str,
    pub api: &'static str,
    blanks: Vec<(&'static str, String)>,
    pub error: Option<(&'static str, String)>,
    shared: Option<String>,
    event_type: &'static str,
    extra: Option<String>,
}

impl<'a> Act<'a> {
    pub(super) fn new(actor: &'a Actor, time: i64, region: &'a str, api: &'static str) -> Self {
        let (blanks, event_type) = (Vec::new(), "AwsApiCall");
        Self { actor, time, region, api, blanks, error: None, shared: None, event_type, extra: None }
    }

    /// Fills in a blank of the call's templates.
    pub(super) fn with(mut self, blank: &'static str, value: impl Into<String>) -> Self {
        self.blanks.push((blank, value.into()));
        self
    }

    pub(super) fn failing(mut self, code: &'static str, message: impl Into<String>) -> Self {
        self.error = Some((code, message.into()));
        self
    }

    /// Refused because no policy of the actor allows it.
    pub(super) fn denied(self) -> Self {
        let action = self.api.replace("20150331v2", "").replace("20150331", "");
        let arn = &self.actor.arn;
        match self.api.split_once(':') {
            Some(("ec2", _)) => {
                let message = format!(
                    "You are not authorized to perform this operation. User: {arn} is not authorized to perform: {action} \
                     because no identity-based policy allows the {action} action"
                );
                self.failing("Client.UnauthorizedOperation", message)
            }
            Some(("s3", _)) => self.failing("AccessDenied", "Access Denied"),
            _ => {
                let message = format!(
                    "User: {arn} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
                );
                self.failing("AccessDenied", message)
            }
        }
    }

    /// Refused by a policy of the organisation.
    pub(super) fn forbidden(self, resource: &str) -> Self {
        let (arn, api) = (&self.actor.arn, self.api);
        let message = format!(
            "User: {arn} is not authorized to perform: {api} on resource: {resource} with an explicit deny in a service control policy"
        );
        self.failing("AccessDenied", message)
    }

    /// The same event as seen by two accounts.
    pub(super) fn shared(mut self, id: &str) -> Self {
        self.shared = Some(id.to_owned());
        self
    }

    /// A sign-in to the console, with its `additionalEventData`.
    pub(super) fn sign_in(mut self, extra: String) -> Self {
        self.event_type = "AwsConsoleSignIn";
        self.extra = Some(extra);
        self
    }
}

/// Writes records and collects them.
pub(super) struct Scribe {
    pub dice: Dice,
    pub records: Vec<Record>,
    calls: Calls,
}

impl Scribe {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), records: Vec::new(), calls: Calls::read() }
    }

    /// Writes one record and returns its `eventID`.
    pub(super) fn write(&mut self, act: Act<'_>) -> String {
        let record = self.calls.record(&act, &mut self.dice);
        let id = record.id.clone();
        self.records.push(record);
        id
    }
}

/// The table of `calls.txt`.
pub(super) struct Calls(BTreeMap<&'static str, Call>);

struct Call {
    reads: bool,
    data: bool,
    parameters: Template,
    response: Template,
    resources: Option<Template>,
}

impl Calls {
    pub(super) fn read() -> Self {
        let lines = include_str!("calls.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.map(Call::parse).collect())
    }

    /// All names, in order.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    pub(super) fn record(&self, act: &Act<'_>, dice: &mut Dice) -> Record {
        let call = self.0.get(act.api).unwrap_or_else(|| panic!("calls.txt has no line for {}", act.api));
        let id = dice.uuid();
        let json = Writing { act, call, dice }.record(&id);
        let (account, region) = (act.actor.account.clone(), act.region.to_owned());
        Record { account, region, time: act.time, id, api: act.api, json }
    }
}

impl Call {
    fn parse(line: &'static str) -> (&'static str, Self) {
        let mut columns = line.split(" | ").map(str::trim);
        let head = columns.next().unwrap_or_default();
        let (api, kind) = head.split_once(' ').unwrap_or((head, "r"));
        let mut column = || columns.next().map(Template::parse);
        let (parameters, response, resources) = (column(), column(), column());
        let null = || Template::parse("null");
        let (parameters, response) = (parameters.unwrap_or_else(null), response.unwrap_or_else(null));
        (api, Self { reads: kind.ends_with('r'), data: kind.starts_with('d'), parameters, response, resources })
    }
}

/// One record while it is written.
struct Writing<'a> {
    act: &'a Act<'a>,
    call: &'a Call,
    dice: &'a mut Dice,
}

impl Writing<'_> {
    fn record(mut self, id: &str) -> String {
        let Act { actor, time, region, api, .. } = *self.act;
        let (service, name) = api.split_once(':').unwrap_or((api, ""));
        let mut out = String::with_capacity(1600);
        let _ = write!(
            out,
            r#"{{"eventVersion":"{}","userIdentity":{},"eventTime":"{}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{}","userAgent":"{}""#,
            event_version(service),
            actor.identity,
            iso(time),
            actor.address,
            actor.agent
        );
        if let Some((code, message)) = &self.act.error {
            let _ = write!(out, r#","errorCode":"{code}","errorMessage":"{message}""#);
        }
        out.push_str(r#","requestParameters":"#);
        self.fill(&mut out, &self.call.parameters);
        out.push_str(r#","responseElements":"#);
        // What failed answers nothing; only a failed sign-in says so in its answer.
        if self.act.error.is_some() && service != "signin" {
            out.push_str("null");
        } else {
            self.fill(&mut out, &self.call.response);
        }
        self.foot(&mut out, service, id);
        out
    }

    fn foot(&mut self, out: &mut String, service: &str, id: &str) {
        let actor = self.act.actor;
        self.additional(out, service);
        if service != "signin" {
            let request = if service == "s3" { self.dice.text(BASE_32, 16) } else { self.dice.uuid() };
            let _ = write!(out, r#","requestID":"{request}""#);
        }
        let _ = write!(out, r#","eventID":"{id}","readOnly":{}"#, self.call.reads);
        if let (Some(resources), None) = (&self.call.resources, &self.act.error) {
            out.push_str(r#","resources":"#);
            self.fill(out, resources);
        }
        let (management, category) = if self.call.data { ("false", "Data") } else { ("true", "Management") };
        let _ = write!(
            out,
            r#","eventType":"{}","managementEvent":{management},"recipientAccountId":"{}""#,
            self.act.event_type, actor.account
        );
        if let Some(shared) = &self.act.shared {
            let _ = write!(out, r#","sharedEventID":"{shared}""#);
        }
        let _ = write!(out, r#","eventCategory":"{category}""#);
        if actor.door != Door::Service {
            let (tls, cipher) = protocol(&actor.agent);
            let host = self.host(service);
            let _ = write!(
                out,
                r#","tlsDetails":{{"tlsVersion":"{tls}","cipherSuite":"{cipher}","clientProvidedHostHeader":"{host}"}}"#
            );
        }
        if actor.door == Door::Console && service != "signin" {
            out.push_str(r#","sessionCredentialFromConsole":"true""#);
        }
        out.push('}');
    }

    fn additional(&mut self, out: &mut String, service: &str) {
        if let Some(extra) = &self.act.extra {
            let _ = write!(out, r#","additionalEventData":{extra}"#);
        } else if service == "s3" {
            let (received, sent) = if self.call.reads { (0, self.dice.between(200, 90_000)) } else { (self.dice.between(300, 4_000_000), 0) };
            let trace = self.dice.text(super::dice::ALPHANUMERIC, 43);
            let sent = if self.act.error.is_some() { 243 } else { sent };
            let _ = write!(
                out,
                r#","additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":{received},"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{trace}=","bytesTransferredOut":{sent}}}"#
            );
        }
    }

    fn fill(&mut self, out: &mut String, template: &Template) {
        let act = self.act;
        template.fill(out, self.dice, |out, dice, name| {
            match act.blanks.iter().find(|(blank, _)| *blank == name) {
                Some((_, value)) => out.push_str(value),
                None => usual(out, dice, act, name),
            }
        });
    }

    fn host(&self, service: &str) -> String {
        let region = self.act.region;
        let bucket = self.act.blanks.iter().find(|(blank, _)| *blank == "bucket");
        match (service, bucket) {
            ("iam" | "cloudfront" | "organizations" | "support" | "ce" | "route53", _) => format!("{service}.amazonaws.com"),
            ("s3", Some((_, bucket))) => format!("{bucket}.s3.{region}.amazonaws.com"),
            ("signin", _) => format!("{region}.signin.aws.amazon.com"),
            _ => format!("{service}.{region}.amazonaws.com"),
        }
    }
}

/// What a blank stands for when the caller does not say.
fn usual(out: &mut String, dice: &mut Dice, act: &Act<'_>, name: &str) {
    let account = act.actor.account.as_str();
    match name {
        "account" | "owner" => out.push_str(account),
        "region" => out.push_str(act.region),
        "regiona" => out.extend([act.region, "a"]),
        "arn" => out.push_str(&act.actor.arn),
        "day" => out.push_str(&iso(act.time)[8..10]),
        "date" => out.push_str(&american(act.time)),
        "later" => out.push_str(&american(act.time + 3600)),
        "trail" => out.push_str(trail_name(account)),
        "kmskey" => out.push_str(&Dice::of(&format!("key of {account} in {}", act.region)).uuid()),
        "newkey" => out.push_str(&access_key("ASIA", &dice.hex(8))),
        "instance" => out.push_str(&instance(account, act.region, dice.below(5))),
        "private" => { let _ = write!(out, "10.20.{}.{}", dice.below(4), dice.between(10, 250)); }
        "computer" => { let _ = write!(out, "ip-10-20-1-{}.ec2.internal", dice.between(10, 250)); }
        "user" => out.push_str(dice.pick(&["ci-artifacts", "auditor-ext", "mail-relay", "metrics-export"])),
        "roleid" => out.push_str(&unique_id("AROA", &format!("{account}role"))),
        "bucket" => out.push_str(dice.pick(buckets(account))),
        "secret" => out.push_str(dice.pick(&["shop/db", "shop/payments", "shop/session-key", "mail/smtp"])),
        "parameter" => out.push_str(dice.pick(&["/shop/web/config", "/shop/feature-flags", "/shop/search/endpoint"])),
        "context" => out.push_str("arn:aws:s3:::acme-artifacts"),
        "object" => { let _ = write!(out, "releases/{}/bundle.tar.gz", dice.hex(12)); }
        // A blank that nobody fills in is a mistake in calls.txt or in the caller: the tests look for it.
        other => out.extend(["<", other, ">"]),
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

fn event_version(service: &str) -> &'static str {
    match service {
        "ec2" | "iam" | "ecr" | "rds" => "1.10",
        "sts" | "signin" | "lambda" | "logs" => "1.08",
        "ssm" | "ecs" | "elasticloadbalancing" => "1.09",
        _ => "1.11",
    }
}

/// Old clients still talk TLS 1.2.
fn protocol(agent: &str) -> (&'static str, &'static str) {
    if agent.starts_with("aws-sdk-go/1") || agent.contains("Python/3.11.9") {
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256")
    } else {
        ("TLSv1.3", "TLS_AES_128_GCM_SHA256")
    }
}
