//! One record in one pass over its bytes, without building what nobody asks for.
//!
//! Only for records as CloudTrail writes them. Whatever is odd (a field twice, an unexpected type, broken JSON) gives `None`, and the record
//! is read by the book. Where the book can read a record, the two say the same: a property test and a fuzz target hold them to it. The book
//! refuses a little more: nesting beyond 128, numbers out of range and lone surrogates also in fields that are only stepped over here.

use crate::trail::book::login_failed;
use crate::trail::bytes::same;
use crate::trail::cursor::Cursor;
use crate::trail::event::Fields;
use crate::trail::identities::Identities;
use crate::trail::loose::Text;
use crate::trail::principal::Identity;
use crate::trail::principal::Principal;
use crate::trail::target::Request;
use crate::trail::target::Resource;
use crate::trail::target::Target;

/// The fields of the record that begins here, and its length; `None` for one that is to be read by the book, or is not yet whole.
/// Who called is told apart: it may be somebody whom the habits know.
pub(super) fn read<'a>(json: &'a [u8], habits: &mut Habits) -> Option<(Fields<'a>, Who<'a>, usize)> {
    let mut cursor = Cursor::over(json);
    let mut texts: [Text<'a>; TEXTS] = [const { None }; TEXTS];
    let mut once = Once::default();
    let (mut who, mut resources, mut request, mut response) = (Who::Nobody, None, None, None);
    let Habits { order, identities } = habits;
    let mut last = 0;
    cursor.fields(|cursor| {
        let place = order.next(last, cursor)?;
        if place == FIELDS.len() {
            return cursor.skip();
        }
        last = place;
        once.first(place)?;
        match place {
            _ if place < TEXTS => *texts.get_mut(place)? = cursor.text()?,
            IDENTITY => who = caller(cursor, identities)?,
            REQUEST => request = unless_null(cursor, parameters)?,
            RESPONSE => response = unless_null(cursor, Cursor::raw)?,
            RESOURCES => resources = unless_null(cursor, first_resource)?.flatten(),
            _ => cursor.skip()?,
        }
        Some(())
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
    ] = texts;
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
        target,
        login_failed,
    };
    Some((fields, who, length))
}

/// What the records so far were like. It makes the next one quicker to read, and changes nothing of what is read.
#[derive(Debug, Default)]
pub struct Habits {
    order: Order,
    identities: Identities,
}

impl Habits {
    /// The caller, read or known.
    pub(super) fn principal<'a>(&'a self, who: Who<'a>) -> Principal<'a> {
        match who {
            Who::Nobody => Principal::default(),
            Who::Read(principal) => principal,
            Who::Known(number) => self.identities.principal(number),
        }
    }
}

/// Which field came after each one the last time: it is looked for first, and so most keys are compared once and never searched.
#[derive(Debug)]
struct Order([usize; FIELDS.len()]);

impl Default for Order {
    fn default() -> Self {
        Self(std::array::from_fn(|place| place + 1))
    }
}

impl Order {
    /// The place of the field that comes next; the cursor stands before its value.
    #[inline(always)]
    fn next(&mut self, last: usize, cursor: &mut Cursor<'_>) -> Option<usize> {
        if let Some(expected) = self.0.get(last)
            && let Some(field) = FIELDS.get(*expected)
            && cursor.is_key(field)
        {
            return Some(*expected);
        }
        self.search(last, cursor)
    }

    fn search(&mut self, last: usize, cursor: &mut Cursor<'_>) -> Option<usize> {
        let key = cursor.key()?;
        let is_it = |field: &&[u8]| field.len() == key.len() + 2 && field.get(1..=key.len()) == Some(key);
        let place = FIELDS.iter().position(is_it).unwrap_or(FIELDS.len());
        if let Some(next) = self.0.get_mut(last)
            && place < FIELDS.len()
        {
            *next = place;
        }
        Some(place)
    }
}

/// The fields of a record: those that are texts, those that are more, and those that nobody asks for but most records have.
const FIELDS: [&[u8]; 31] = [
    b"\"eventTime\"",
    b"\"eventSource\"",
    b"\"eventName\"",
    b"\"awsRegion\"",
    b"\"sourceIPAddress\"",
    b"\"userAgent\"",
    b"\"errorCode\"",
    b"\"errorMessage\"",
    b"\"eventID\"",
    b"\"readOnly\"",
    b"\"eventType\"",
    b"\"recipientAccountId\"",
    b"\"eventCategory\"",
    // Aggregated events write `eventId` and `accountId`.
    b"\"eventId\"",
    b"\"accountId\"",
    b"\"userIdentity\"",
    b"\"requestParameters\"",
    b"\"responseElements\"",
    b"\"resources\"",
    b"\"eventVersion\"",
    b"\"additionalEventData\"",
    b"\"requestID\"",
    b"\"managementEvent\"",
    b"\"tlsDetails\"",
    b"\"sharedEventID\"",
    b"\"vpcEndpointId\"",
    b"\"vpcEndpointAccountId\"",
    b"\"apiVersion\"",
    b"\"serviceEventDetails\"",
    b"\"sessionCredentialFromConsole\"",
    b"\"eventContext\"",
];

/// So many of the fields are texts.
const TEXTS: usize = 15;
const IDENTITY: usize = 15;
const REQUEST: usize = 16;
const RESPONSE: usize = 17;
const RESOURCES: usize = 18;

/// Whose call it was, as far as that has been read.
#[derive(Debug)]
pub(super) enum Who<'a> {
    Nobody,
    /// Read here.
    Read(Principal<'a>),
    /// Met before: its number.
    Known(usize),
}

fn caller<'a>(cursor: &mut Cursor<'a>, known: &mut Identities) -> Option<Who<'a>> {
    cursor.token()?;
    let rest = cursor.rest();
    let place = known.place(rest);
    if let Some((number, met)) = place.and_then(|place| known.met(place, rest)) {
        cursor.step_over(met.json(), met.is_ascii());
        return Some(Who::Known(number));
    }
    let principal = identity(cursor)?;
    if let Some(place) = place {
        let json = rest.get(..rest.len() - cursor.rest().len()).unwrap_or_default();
        known.meet(place, json, &principal);
    }
    Some(Who::Read(principal))
}

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
        _ => texts.take(&IDENTITY_TEXTS, cursor, key),
    })?;
    let [kind, principal_id, arn, account_id, access_key_id, user_name, invoked_by] = texts.values;
    Some(Principal::of(&Identity { kind, arn, account_id, principal_id, user_name, access_key_id, invoked_by, issuer, behalf }))
}

const IDENTITY_TEXTS: [&[u8]; 7] = [b"type", b"principalId", b"arn", b"accountId", b"accessKeyId", b"userName", b"invokedBy"];

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
        let expected = names.get(self.next).filter(|name| same(name, key)).map(|_| self.next);
        let Some(place) = expected.or_else(|| names.iter().position(|name| same(name, key))) else { return cursor.skip() };
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
