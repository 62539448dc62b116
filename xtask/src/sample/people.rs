//! Who acts in the sample: users, roles, sessions and services of two example accounts, each with the
//! `userIdentity`, address and user agent that CloudTrail would record.

use super::dice::{BASE_32, Dice};
use super::forge::iso;

/// The account whose shop is attacked.
pub(super) const PROD: &str = "111122223333";
/// The account that keeps the logs.
pub(super) const AUDIT: &str = "444455556666";
/// An account that belongs to the outsider.
pub(super) const OUTSIDE: &str = "777788889999";

/// Somebody or something that calls an API, ready to be written into records.
#[derive(Clone)]
pub(super) struct Actor {
    pub account: String,
    /// The `userIdentity` object.
    pub identity: String,
    /// The ARN that error messages name.
    pub arn: String,
    pub address: String,
    pub agent: String,
    pub door: Door,
}

/// How the calls come in: it decides about `tlsDetails` and `sessionCredentialFromConsole`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Api,
    Console,
    /// From inside AWS: no TLS details, a service's name as address.
    Service,
}

/// How an assumed role came by its session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Session<'a> {
    Plain,
    /// An EC2 instance's role.
    Instance,
    /// IAM Identity Center: a person, with MFA.
    Portal,
    /// Web identity, with the provider's name.
    Web(&'a str),
}

impl Actor {
    /// An IAM user with a long-lived access key.
    pub(super) fn user(account: &str, name: &str, address: &str, agent: &str) -> Self {
        let (arn, id, key) = (user_arn(account, name), unique_id("AIDA", name), access_key("AKIA", name));
        let identity = format!(
            r#"{{"type":"IAMUser","principalId":"{id}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","userName":"{name}"}}"#
        );
        Self::new(account, identity, arn, address, agent, Door::Api)
    }

    /// An IAM user at the console; `mfa` is CloudTrail's word, "true" or "false".
    pub(super) fn console_user(account: &str, name: &str, address: &str, since: i64, mfa: &str) -> Self {
        let (arn, id) = (user_arn(account, name), unique_id("AIDA", name));
        let key = access_key("ASIA", &format!("{name}{since}"));
        let identity = format!(
            r#"{{"type":"IAMUser","principalId":"{id}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","userName":"{name}","sessionContext":{{"attributes":{{"creationDate":"{}","mfaAuthenticated":"{mfa}"}}}}}}"#,
            iso(since)
        );
        Self::new(account, identity, arn, address, BROWSER, Door::Console)
    }

    /// The account itself, at the console, with MFA.
    pub(super) fn root(account: &str, address: &str, since: i64) -> Self {
        let (arn, key) = (format!("arn:aws:iam::{account}:root"), access_key("ASIA", &format!("root{account}")));
        let identity = format!(
            r#"{{"type":"Root","principalId":"{account}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"attributes":{{"creationDate":"{}","mfaAuthenticated":"true"}}}}}}"#,
            iso(since)
        );
        Self::new(account, identity, arn, address, BROWSER, Door::Console)
    }

    /// A session of a role. `role` may begin with a path, as service-linked and Identity Center roles do.
    pub(super) fn role(account: &str, role: &str, session: &str, since: i64, kind: Session<'_>) -> Self {
        let name = role.rsplit('/').next().unwrap_or(role);
        let id = unique_id("AROA", &format!("{account}{name}"));
        let key = session_key(name, session, since);
        let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
        let web = match kind {
            Session::Web(provider) => format!(
                r#""webIdFederationData":{{"federatedProvider":"arn:aws:iam::{account}:oidc-provider/{provider}","attributes":{{}}}},"#
            ),
            _ => String::new(),
        };
        let mfa = "false"; // Identity Center does its MFA before the role is assumed, so even there it says "false".
        let delivery = if kind == Session::Instance { r#","ec2RoleDelivery":"2.0""# } else { "" };
        let identity = format!(
            r#"{{"type":"AssumedRole","principalId":"{id}:{session}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{id}","arn":"arn:aws:iam::{account}:role/{role}","accountId":"{account}","userName":"{name}"}},{web}"attributes":{{"creationDate":"{}","mfaAuthenticated":"{mfa}"}}{delivery}}}}}"#,
            iso(since)
        );
        let door = if kind == Session::Portal { Door::Console } else { Door::Api };
        Self::new(account, identity, arn, "203.0.113.10", AWS_CLI, door)
    }

    /// An AWS service that acts for itself.
    pub(super) fn service(account: &str, host: &str) -> Self {
        let identity = format!(r#"{{"type":"AWSService","invokedBy":"{host}"}}"#);
        Self::new(account, identity, host.to_owned(), host, host, Door::Service)
    }

    /// How the records of the account that is entered show somebody of another one.
    pub(super) fn as_guest_of(&self, account: &str) -> Self {
        let principal = self.identity.split(r#""principalId":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let identity = format!(r#"{{"type":"AWSAccount","principalId":"{principal}","accountId":"{}"}}"#, self.account);
        Self::new(account, identity, self.arn.clone(), &self.address, &self.agent, Door::Api)
    }

    /// A workflow that shows its web identity to STS.
    pub(super) fn web_identity(account: &str, provider: &str, subject: &str, address: &str) -> Self {
        let arn = format!("arn:aws:iam::{account}:oidc-provider/{provider}");
        let identity = format!(
            r#"{{"type":"WebIdentityUser","principalId":"{arn}:sts.amazonaws.com:{subject}","userName":"{subject}","identityProvider":"{arn}"}}"#
        );
        Self::new(account, identity, arn, address, "configure-aws-credentials-for-github-actions", Door::Api)
    }

    /// The same actor from another address with another program.
    pub(super) fn from(mut self, address: &str, agent: &str) -> Self {
        self.address = address.to_owned();
        self.agent = agent.to_owned();
        if self.door == Door::Console && !agent.starts_with("Mozilla/") {
            self.door = Door::Api;
        }
        self
    }

    /// The same actor with its call made by a service on its behalf.
    pub(super) fn through(mut self, host: &str) -> Self {
        self.identity.pop();
        self.identity.push_str(&format!(r#","invokedBy":"{host}"}}"#));
        self.address = host.to_owned();
        self.agent = host.to_owned();
        self.door = Door::Service;
        self
    }

    /// How a sign-in shows a user or root: there is no session yet, so no key and no context.
    pub(super) fn signing_in(&self) -> Self {
        let mut own = self.clone();
        if self.arn.starts_with("arn:aws:iam:") {
            let key = r#","accessKeyId":""#;
            if let Some(begin) = own.identity.find(key) {
                own.identity.replace_range(begin..begin + key.len() + 21, "");
            }
            if let Some(begin) = own.identity.find(r#","sessionContext""#) {
                own.identity.replace_range(begin..own.identity.len() - 1, "");
            }
        }
        own
    }

    fn new(account: &str, identity: String, arn: String, address: &str, agent: &str, door: Door) -> Self {
        let (address, agent) = (address.to_owned(), agent.to_owned());
        Self { account: account.to_owned(), identity, arn, address, agent, door }
    }
}

pub(super) fn user_arn(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user/{name}")
}

/// `AIDA…`, `AROA…`: always the same for a name.
pub(super) fn unique_id(prefix: &str, name: &str) -> String {
    prefix.to_owned() + &Dice::of(name).text(BASE_32, 17)
}

/// The key that `AssumeRole` hands out and the session then uses: who follows it finds where a session came from.
pub(super) fn session_key(role: &str, session: &str, since: i64) -> String {
    access_key("ASIA", &format!("{role}{session}{since}"))
}

/// `AKIA…EXAMPLE`: ends like the keys of AWS's documentation, so that nobody takes it for a secret.
pub(super) fn access_key(prefix: &str, name: &str) -> String {
    format!("{prefix}{}EXAMPLE", Dice::of(&format!("key of {name}")).text(BASE_32, 9))
}

/// Identity Center's role for an administrator, with its path.
pub(super) const ADMIN_ROLE: &str = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_4c1d0f6e8b2a7395";
/// Identity Center's role for somebody who only looks.
pub(super) const VIEW_ROLE: &str = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_ViewOnlyAccess_9e07b3c5d1f24a68";

/// Dublin's office, and Virginia's.
pub(super) const DUBLIN: &str = "198.51.100.23";
pub(super) const VIRGINIA: &str = "198.51.100.140";
/// The build server that owns the access key of `ci-artifacts`.
pub(super) const BUILD_SERVER: &str = "203.0.113.17";
/// Where the outsider comes from: with a key, and later with a browser.
pub(super) const OUTSIDER: &str = "203.0.113.77";
pub(super) const OUTSIDER_BROWSER: &str = "192.0.2.203";

pub(super) const BROWSER: &str =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36";
pub(super) const OUTSIDER_BROWSER_AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
pub(super) const AWS_CLI: &str =
    "aws-cli/2.24.20 md/awscrt#0.23.8 ua/2.0 os/linux#6.1.128 md/arch#x86_64 lang/python#3.12.9 cfg/retry-mode#standard md/prompt#off";
pub(super) const OUTSIDER_CLI: &str = "aws-cli/2.15.36 Python/3.11.9 Linux/6.6.9-kali1-amd64 source/x86_64.kali.2024 prompt/off";
pub(super) const BOTO: &str =
    "Boto3/1.37.8 md/Botocore#1.37.8 ua/2.0 os/linux#6.1.128 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython Botocore/1.37.8";
pub(super) const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.11.1 (+https://www.terraform.io) terraform-provider-aws/5.90.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64";
pub(super) const SSM_AGENT: &str = "aws-sdk-go/1.55.5 (go1.23.4; linux; amd64) amazon-ssm-agent/";
