//! A field read as text, whatever its type: odd types cost nothing but themselves.

use std::borrow::Cow;

use serde_json::Value;

/// A field's text. Odd types are shown as what they are, never dropped with the record.
pub type Text<'a> = Option<Cow<'a, str>>;

/// A value as text, whatever its type: numbers and bools are printed; null is nothing.
pub(super) fn loose(value: Value) -> Text<'static> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        Value::Number(number) => Some(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Cow::Owned(number.to_string()),
            (_, Some(number)) => Cow::Owned(number.to_string()),
            // No field of a record's head is a fraction; printing one would bring 15 kB of float tables into the page.
            _ => Cow::Borrowed("(fraction)"),
        }),
        Value::String(text) => Some(Cow::Owned(text)),
        Value::Array(_) => Some(Cow::Borrowed("(array)")),
        Value::Object(_) => Some(Cow::Borrowed("(object)")),
    }
}
