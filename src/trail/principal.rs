//! Who made the call: one identity out of every userIdentity type.

use std::borrow::Cow;

use crate::trail::loose::Text;

/// The caller, as far as the record says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Principal<'a> {
    /// What people call this identity: `alice`, `AdminAccess / alice@example.com`, `root`, `ec2.amazonaws.com`.
    pub name: Text<'a>,
    /// `userIdentity.type`.
    pub kind: Text<'a>,
    /// The ARN; where there is none, the principal id; where there is none, the service that called.
    pub arn: Text<'a>,
    /// `userIdentity.accountId`.
    pub account: Text<'a>,
    /// `userIdentity.accessKeyId`.
    pub access_key: Text<'a>,
}

impl<'a> Principal<'a> {
    /// One identity out of what `userIdentity` says.
    pub(super) fn of(identity: &Identity<'a>) -> Self {
        Self {
            name: identity.name(),
            kind: identity.kind.clone(),
            arn: present(&identity.arn).or_else(|| present(&identity.principal_id)).or_else(|| present(&identity.invoked_by)),
            account: identity.account_id.clone(),
            access_key: present(&identity.access_key_id),
        }
    }
}

/// What `userIdentity` says.
pub(super) struct Identity<'a> {
    pub(super) kind: Text<'a>,
    pub(super) arn: Text<'a>,
    pub(super) account_id: Text<'a>,
    pub(super) principal_id: Text<'a>,
    pub(super) user_name: Text<'a>,
    pub(super) access_key_id: Text<'a>,
    pub(super) invoked_by: Text<'a>,
    /// `sessionContext.sessionIssuer.userName`, the role behind a session. `sessionIssuer` is `{}` in half of the real sessions.
    pub(super) issuer: Text<'a>,
    /// `onBehalfOf.userId`.
    pub(super) behalf: Text<'a>,
}

impl<'a> Identity<'a> {
    fn name(&self) -> Text<'a> {
        let named = present(&self.user_name);
        match self.kind.as_deref() {
            Some("Root") => Some("root".into()),
            Some("AssumedRole" | "Role") => self.session_name().or(named).or_else(|| self.fallback()),
            Some("IdentityCenterUser") => named.or_else(|| self.behalf.clone()).or_else(|| self.fallback()),
            Some("AWSService") => present(&self.invoked_by).or_else(|| self.fallback()),
            Some("AWSAccount") => self.account_name().or_else(|| self.fallback()),
            _ => named.or_else(|| self.fallback()),
        }
    }

    /// `role / session`; a session name that a machine made up says nothing, so the role stands alone.
    fn session_name(&self) -> Text<'a> {
        let arn = self.arn.as_deref().unwrap_or_default();
        let path = arn.splitn(6, ':').nth(5).and_then(|tail| tail.strip_prefix("assumed-role/"));
        let role = self.issuer.as_deref().or_else(|| path.and_then(|path| path.split('/').next()))?;
        let from_principal = || self.principal_id.as_deref().and_then(|id| id.split_once(':')).map(|(_, session)| session);
        let session = path.and_then(|path| path.split_once('/')).map(|(_, session)| session).or_else(from_principal);
        match session.filter(|session| !is_made_up(session)) {
            Some(session) => Some(Cow::Owned(format!("{role} / {session}"))),
            None => Some(Cow::Owned(role.to_owned())),
        }
    }

    /// A call from another account names no person: the account and what it shows of the caller.
    fn account_name(&self) -> Text<'a> {
        let account = present(&self.account_id);
        match (account, present(&self.principal_id)) {
            (Some(account), Some(id)) if id != account => Some(Cow::Owned(format!("{account} / {id}"))),
            (Some(account), _) => Some(Cow::Owned(format!("account {account}"))),
            (None, id) => id,
        }
    }

    fn fallback(&self) -> Text<'a> {
        let tail = |arn: Cow<'a, str>| Cow::Owned(arn.rsplit([':', '/']).next().unwrap_or(&arn).to_owned());
        present(&self.arn)
            .map(tail)
            .or_else(|| present(&self.invoked_by))
            .or_else(|| present(&self.principal_id))
            .or_else(|| present(&self.account_id).map(|account| Cow::Owned(format!("account {account}"))))
    }
}

/// `botocore-session-1699…`, `1699…`, a UUID: names that SDKs give when nobody chose one.
fn is_made_up(session: &str) -> bool {
    // `strip_prefix` and not `trim_start_matches`, which builds a searcher each time: this runs once a record.
    let bare = SDK_PREFIXES.iter().find_map(|prefix| session.strip_prefix(prefix)).unwrap_or(session);
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let hex_or_dash = bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b'_');
    bare.is_empty() || (bare.len() >= 10 && hex_or_dash && digits * 3 >= bare.len())
}

const SDK_PREFIXES: [&str; 4] = ["botocore-session-", "aws-sdk-js-session-", "aws-sdk-java-", "aws-go-sdk-"];

fn present<'a>(text: &Text<'a>) -> Text<'a> {
    text.clone().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::trail::event::EventRecord;

    fn name(identity: &str) -> String {
        let json = format!(r#"{{"userIdentity":{identity}}}"#);
        let record = EventRecord::by_the_book(json.as_bytes()).expect("json");
        assert_eq!(EventRecord::parse(json.as_bytes()).as_ref(), Ok(&record));
        record.principal.name.unwrap_or_default().into_owned()
    }

    #[test]
    fn one_identity_from_every_type() {
        assert_eq!(name(r#"{"type":"Root","arn":"arn:aws:iam::1:root"}"#), "root");
        assert_eq!(name(r#"{"type":"IAMUser","userName":"alice"}"#), "alice");
        assert_eq!(name(r#"{"type":"IAMUser","arn":"arn:aws:iam::1:user/x/bob"}"#), "bob");
        let role = r#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Admin/alice@example.com","sessionContext":{"sessionIssuer":{"userName":"Admin"}}}"#;
        assert_eq!(name(role), "Admin / alice@example.com");
        assert_eq!(
            name(
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/ci/botocore-session-1699999999","sessionContext":{"sessionIssuer":{}}}"#
            ),
            "ci"
        );
        assert_eq!(name(r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#), "ec2.amazonaws.com");
        assert_eq!(name(r#"{"type":"AWSAccount","accountId":"111122223333","principalId":"AROAX:s"}"#), "111122223333 / AROAX:s");
        assert_eq!(name(r#"{"invokedBy":"secretsmanager.amazonaws.com"}"#), "secretsmanager.amazonaws.com");
        assert_eq!(name(r#"{"type":"WebIdentityUser","principalId":"p","userName":"repo:acme/app"}"#), "repo:acme/app");
    }
}
