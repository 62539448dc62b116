//! Turns "this actor calls that API now" into CloudTrail records: compact JSON with AWS's order of fields.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::blanks::usual;
use super::dice::{ALPHANUMERIC, BASE_32, Dice};
use super::forge::iso;
use super::people::{Actor, Door};
use super::template::Template;

/// A record with what is needed to file it.
pub(super) struct Record {
    pub account: String,
    pub region: String,
    pub time: i64,
    pub json: String,
}

/// One call to be written down.
#[derive(Clone)]
pub(super) struct Act<'a> {
    pub actor: &'a Actor,
    pub time: i64,
    pub region: &'a str,
    /// `service:Name`
    pub api: &'a str,
    blanks: Vec<(&'static str, String)>,
    pub error: Option<(&'static str, String)>,
    shared: Option<String>,
    event_type: &'static str,
    extra: Option<String>,
}

impl<'a> Act<'a> {
    pub(super) fn new(actor: &'a Actor, time: i64, region: &'a str, api: &'a str) -> Self {
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
        let (id, mut json) = (self.dice.uuid(), String::with_capacity(1600));
        self.calls.write(&mut json, &act, &id, &mut self.dice);
        let (account, region) = (act.actor.account.clone(), act.region.to_owned());
        self.records.push(Record { account, region, time: act.time, json });
        id
    }
}

/// The table of `calls.txt`.
pub(super) struct Calls(BTreeMap<String, Call>);

struct Call {
    reads: bool,
    data: bool,
    parameters: Template,
    response: Template,
    resources: Option<Template>,
}

impl Calls {
    pub(super) fn read() -> Self {
        Self(lines(include_str!("calls.txt")).map(Call::parse).collect())
    }

    /// With the long tail of `rare.txt`, for bulk trails.
    pub(super) fn with_rare() -> Self {
        let mut calls = Self::read();
        for line in lines(include_str!("rare.txt")) {
            let mut words = line.split(' ');
            let service = words.next().unwrap_or_default();
            for name in words {
                let reads = ["Get", "List", "Describe", "Batch", "Search"].iter().any(|verb| name.starts_with(verb));
                let kind = if reads { r#"r | {"maxResults":50}"# } else { r#"w | {"name":"shop-$hex8"} | {"id":"$uuid"}"# };
                let (api, call) = Call::parse(&format!("{service}:{name} {kind}"));
                calls.0.entry(api).or_insert(call);
            }
        }
        calls
    }

    /// All names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Appends the record's JSON to `out`.
    pub(super) fn write(&self, out: &mut String, act: &Act<'_>, id: &str, dice: &mut Dice) {
        let call = self.0.get(act.api).unwrap_or_else(|| panic!("calls.txt has no line for {}", act.api));
        Writing { act, call, dice }.record(out, id);
    }
}

impl Call {
    fn parse(line: &str) -> (String, Self) {
        let mut columns = line.split(" | ").map(str::trim);
        let head = columns.next().unwrap_or_default();
        let (api, kind) = head.split_once(' ').unwrap_or((head, "r"));
        let mut column = || columns.next().map(Template::parse);
        let (parameters, response, resources) = (column(), column(), column());
        let null = || Template::parse("null");
        let (parameters, response) = (parameters.unwrap_or_else(null), response.unwrap_or_else(null));
        (api.to_owned(), Self { reads: kind.ends_with('r'), data: kind.starts_with('d'), parameters, response, resources })
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// One record while it is written.
struct Writing<'a> {
    act: &'a Act<'a>,
    call: &'a Call,
    dice: &'a mut Dice,
}

impl Writing<'_> {
    fn record(mut self, out: &mut String, id: &str) {
        let Act { actor, time, region, api, .. } = *self.act;
        let (service, name) = api.split_once(':').unwrap_or((api, ""));
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
        self.fill(out, &self.call.parameters);
        out.push_str(r#","responseElements":"#);
        // What failed answers nothing; only a failed sign-in says so in its answer.
        if self.act.error.is_some() && service != "signin" {
            out.push_str("null");
        } else {
            self.fill(out, &self.call.response);
        }
        self.foot(out, service, id);
    }

    fn foot(&mut self, out: &mut String, service: &str, id: &str) {
        let actor = self.act.actor;
        self.additional(out, service);
        if service != "signin" {
            // One request, one id: also where two accounts record it.
            let request = match &self.act.shared {
                Some(shared) => Dice::of(shared).uuid(),
                None if service == "s3" => self.dice.text(BASE_32, 16),
                None => self.dice.uuid(),
            };
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
            let _ = write!(out, r#","tlsDetails":{{"tlsVersion":"{tls}","cipherSuite":"{cipher}","clientProvidedHostHeader":"{host}"}}"#);
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
            let received = match self.act.api {
                "s3:PutObject" => self.dice.between(20_000, 4_000_000),
                "s3:PutBucketPolicy" | "s3:PutBucketLifecycle" => self.dice.between(250, 900),
                _ => 0,
            };
            let sent = if self.call.reads { self.dice.between(200, 90_000) } else { 0 };
            let (_, cipher) = protocol(&self.act.actor.agent);
            let trace = self.dice.text(ALPHANUMERIC, 43);
            let sent = if self.act.error.is_some() { 243 } else { sent };
            let _ = write!(
                out,
                r#","additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"{cipher}","bytesTransferredIn":{received},"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{trace}=","bytesTransferredOut":{sent}}}"#
            );
        }
    }

    fn fill(&mut self, out: &mut String, template: &Template) {
        let act = self.act;
        template.fill(out, self.dice, |out, dice, name| match act.blanks.iter().find(|(blank, _)| *blank == name) {
            Some((_, value)) => out.push_str(value),
            None => usual(out, dice, act, name),
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
