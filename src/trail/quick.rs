//! One record in one pass over its bytes, without building what nobody asks for.
//!
//! Only for records as CloudTrail writes them. Whatever is odd (a field twice, an unexpected type, broken JSON) gives `None`, and the record
//! is read by the book. Where the book can read a record, the two say the same: a property test and a fuzz target hold them to it. The book
//! refuses a little more: nesting beyond 128, numbers out of range and lone surrogates also in fields that are only stepped over here.

use crate::trail::book::login_failed;
use crate::trail::cursor::Cursor;
use crate::trail::event::Fields;
use crate::trail::loose::Text;
use crate::trail::principal::Identity;
use crate::trail::principal::Principal;
use crate::trail::target::Request;
use crate::trail::target::Resource;
use crate::trail::target::Target;

/// The fields of the record that begins here, and its length; `None` for one that is to be read by the book, or is not yet whole.
pub(super) fn read(json: &[u8]) -> Option<(Fields<'_>, usize)> {
    let mut cursor = Cursor::over(json);
    let mut texts = Texts::<15>::default();
    let mut parts = Once::default();
    let (mut principal, mut resources, mut request, mut response) = (Principal::default(), None, None, None);
    cursor.object(&mut |cursor, key| match key {
        b"userIdentity" => parts.first(0).and_then(|()| identity(cursor)).map(|read| principal = read),
        b"requestParameters" => parts.first(1).and_then(|()| unless_null(cursor, parameters)).map(|read| request = read),
        b"responseElements" => parts.first(2).and_then(|()| unless_null(cursor, Cursor::raw)).map(|read| response = read),
        b"resources" => parts.first(3).and_then(|()| unless_null(cursor, first_resource)).map(|read| resources = read.flatten()),
        _ => texts.take(&TEXTS, cursor, key),
    })?;
    let length = cursor.walked()?;
    let [
        event_time,
        event_source,
        event_name,
        aws_region,
        source_ip_address,
        user_agent,
        error_code,
        error_message,
        event_id,
        read_only,
        event_type,
        recipient_account_id,
        event_category,
        aggregated_event_id,
        account_id,
    ] = texts.values;
    let is_login = event_name.as_deref() == Some("ConsoleLogin");
    let login_failed = is_login && response.is_some_and(|raw| serde_json::from_slice(raw).is_ok_and(|response| login_failed(&response)));
    let target = resources.or_else(|| request.map(Request::target)).unwrap_or_default();
    let fields = Fields {
        event_time,
        event_name,
        event_source,
        aws_region,
        source_ip_address,
        user_agent,
        error_code,
        error_message,
        event_id: event_id.or(aggregated_event_id),
        event_category,
        event_type,
        recipient_account_id: recipient_account_id.or(account_id),
        read_only,
        principal,
        target,
        login_failed,
    };
    Some((fields, length))
}

/// In the order in which CloudTrail writes them: the next one is looked for first.
const TEXTS: [&[u8]; 15] = [
    b"eventTime",
    b"eventSource",
    b"eventName",
    b"awsRegion",
    b"sourceIPAddress",
    b"userAgent",
    b"errorCode",
    b"errorMessage",
    b"eventID",
    b"readOnly",
    b"eventType",
    b"recipientAccountId",
    b"eventCategory",
    // Aggregated events write `eventId` and `accountId`.
    b"eventId",
    b"accountId",
];

fn identity<'a>(cursor: &mut Cursor<'a>) -> Option<Principal<'a>> {
    if cursor.token()? == b'n' {
        return cursor.skip().map(|()| Principal::default());
    }
    let mut texts = Texts::<7>::default();
    let mut parts = Once::default();
    let (mut issuer, mut behalf) = (None, None);
    cursor.object(&mut |cursor, key| match key {
        b"sessionContext" => parts.first(0).and_then(|()| unless_null(cursor, issuer_name)).map(|read| issuer = read.flatten()),
        b"onBehalfOf" => {
            parts.first(1).and_then(|()| unless_null(cursor, |cursor| one(cursor, b"userId"))).map(|read| behalf = read.flatten())
        }
        _ => texts.take(&IDENTITY, cursor, key),
    })?;
    let [kind, principal_id, arn, account_id, access_key_id, user_name, invoked_by] = texts.values;
    Some(Principal::of(&Identity { kind, arn, account_id, principal_id, user_name, access_key_id, invoked_by, issuer, behalf }))
}

const IDENTITY: [&[u8]; 7] = [b"type", b"principalId", b"arn", b"accountId", b"accessKeyId", b"userName", b"invokedBy"];

fn issuer_name<'a>(cursor: &mut Cursor<'a>) -> Option<Text<'a>> {
    let (mut issuer, mut parts) = (None, Once::default());
    cursor.object(&mut |cursor, key| match key {
        b"sessionIssuer" => {
            parts.first(0).and_then(|()| unless_null(cursor, |cursor| one(cursor, b"userName"))).map(|read| issuer = read.flatten())
        }
        _ => cursor.skip(),
    })?;
    Some(issuer)
}

/// One field of an object.
fn one<'a>(cursor: &mut Cursor<'a>, name: &[u8]) -> Option<Text<'a>> {
    let mut texts = Texts::<1>::default();
    cursor.object(&mut |cursor, key| texts.take(&[name], cursor, key))?;
    let [text] = texts.values;
    Some(text)
}

/// The first resource that has a name of any kind.
fn first_resource<'a>(cursor: &mut Cursor<'a>) -> Option<Option<Target<'a>>> {
    let mut first = None;
    cursor.array(&mut |cursor| {
        let mut texts = Texts::<4>::default();
        cursor.object(&mut |cursor, key| {
            let name = match key {
                b"arn" => b"ARN".as_slice(),
                b"resourceType" => b"type",
                _ => key,
            };
            texts.take(&[b"ARN", b"ARNPrefix", b"resourceName", b"type"], cursor, name)
        })?;
        let [arn, prefix, resource_name, kind] = texts.values;
        if first.is_none() {
            first = Resource { arn, prefix, resource_name, kind }.target();
        }
        Some(())
    })?;
    Some(first)
}

fn parameters<'a>(cursor: &mut Cursor<'a>) -> Option<Request<'a>> {
    let mut request = Request::default();
    cursor.object(&mut |cursor, key| request.field(key, cursor))?;
    Some(request)
}

fn unless_null<'a, T>(cursor: &mut Cursor<'a>, read: impl FnOnce(&mut Cursor<'a>) -> Option<T>) -> Option<Option<T>> {
    if cursor.token()? == b'n' { cursor.skip().map(|()| None) } else { read(cursor).map(Some) }
}

/// The texts of an object's known fields.
struct Texts<'a, const N: usize> {
    values: [Text<'a>; N],
    seen: Once,
    /// The name that comes next, if the fields come in the order of the names.
    next: usize,
}

impl<const N: usize> Default for Texts<'_, N> {
    fn default() -> Self {
        Self { values: [const { None }; N], seen: Once::default(), next: 0 }
    }
}

impl<'a, const N: usize> Texts<'a, N> {
    fn take(&mut self, names: &[&[u8]; N], cursor: &mut Cursor<'a>, key: &[u8]) -> Option<()> {
        let expected = names.get(self.next).filter(|name| **name == key).map(|_| self.next);
        let Some(place) = expected.or_else(|| names.iter().position(|name| *name == key)) else { return cursor.skip() };
        self.next = place + 1;
        self.seen.first(place)?;
        *self.values.get_mut(place)? = cursor.text()?;
        Some(())
    }
}

/// Which fields have been met: the second of a name is for the book.
#[derive(Default)]
struct Once(u32);

impl Once {
    fn first(&mut self, place: usize) -> Option<()> {
        let bit = 1 << place;
        let is_first = self.0 & bit == 0;
        self.0 |= bit;
        is_first.then_some(())
    }
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
