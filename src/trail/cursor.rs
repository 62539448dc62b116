//! Walks over JSON that is as it should be, each byte once; says `None` at the first thing that it is not sure of.
//!
//! What is given up here is read by `serde_json` (`book`). What is stepped over is held to JSON's grammar, though neither its numbers nor its
//! escapes are turned into anything: only there `serde_json` may refuse what passes here.

use std::borrow::Cow;

use crate::trail::bytes::ONES;
use crate::trail::bytes::begins_with;
use crate::trail::bytes::plain;
use crate::trail::loose::Text;

/// A place in a JSON text.
pub(super) struct Cursor<'a> {
    json: &'a [u8],
    at: usize,
    depth: u32,
    /// All bytes of strings so far, or-ed together by eights: tells whether any of them was not ASCII.
    bits: u64,
}

/// What to do with a field: the cursor stands before its value.
pub(super) type Field<'f, 'a> = &'f mut dyn FnMut(&mut Cursor<'a>, &'a [u8]) -> Option<()>;

impl<'a> Cursor<'a> {
    /// At the start of a text; what stands behind its first value may be anything.
    pub(super) fn over(json: &'a [u8]) -> Self {
        Self { json, at: 0, depth: 0, bits: 0 }
    }

    /// How long the text is that has been walked over; `None` if it is not UTF-8.
    pub(super) fn walked(self) -> Option<usize> {
        // Outside strings nothing but ASCII is let pass, inside them most often there is nothing else.
        let is_text = self.bits & (ONES * 0x80) == 0 || std::str::from_utf8(self.json.get(..self.at)?).is_ok();
        is_text.then_some(self.at)
    }

    /// The first byte of the next value.
    #[inline(always)]
    pub(super) fn token(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Walks through an object and hands over each field. Keys with escapes are given up.
    pub(super) fn object(&mut self, field: Field<'_, 'a>) -> Option<()> {
        self.fields(|cursor| {
            let key = cursor.key()?;
            field(cursor, key)
        })
    }

    /// Walks through an object; `field` stands before each key, at its opening quote, and takes key and value.
    #[inline(always)]
    pub(super) fn fields(&mut self, mut field: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.enter(b'{')?;
        if self.closes(b'}')? {
            return Some(());
        }
        loop {
            if self.token()? != b'"' {
                return None;
            }
            field(self)?;
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    /// A key and the colon behind it.
    pub(super) fn key(&mut self) -> Option<&'a [u8]> {
        self.at += 1;
        let key = self.string()?;
        if key.escaped {
            return None;
        }
        self.expect(b':')?;
        Some(key.inner)
    }

    /// Whether this very key comes next; then the cursor stands before its value.
    #[inline(always)]
    pub(super) fn is_key(&mut self, quoted: &[u8]) -> bool {
        let after = self.at + quoted.len();
        // A blank before the colon is for the long way.
        let comes = self.json.get(after) == Some(&b':') && begins_with(self.rest(), quoted);
        if comes {
            self.at = after + 1;
        }
        comes
    }

    /// What comes from here on.
    #[inline(always)]
    pub(super) fn rest(&self) -> &'a [u8] {
        match self.json.get(self.at..) {
            Some(rest) => rest,
            None => &[],
        }
    }

    /// Steps over bytes that are known to be a value; `is_ascii` says what is known of them.
    pub(super) fn step_over(&mut self, value: &[u8], is_ascii: bool) {
        self.at += value.len();
        self.bits |= if is_ascii { 0 } else { ONES * 0x80 };
    }

    /// Walks through an array; `element` stands before each value.
    pub(super) fn array(&mut self, element: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.enter(b'[')?;
        if self.closes(b']')? {
            return Some(());
        }
        loop {
            element(self)?;
            if self.goes_on(b']')? {
                continue;
            }
            return Some(());
        }
    }

    /// A value as text, as `Loose` reads it.
    pub(super) fn text(&mut self) -> Option<Text<'a>> {
        let word = |word: &'static str| Some(Cow::Borrowed(word));
        match self.token()? {
            b'"' => {
                self.at += 1;
                let string = self.string()?;
                Some(Some(if string.escaped {
                    Cow::Owned(unescaped(self.quoted(string.inner)?)?)
                } else {
                    Cow::Borrowed(text(string.inner)?)
                }))
            }
            b'n' => self.literal("null").map(|()| None),
            b't' => self.literal("true").map(|()| word("true")),
            b'f' => self.literal("false").map(|()| word("false")),
            b'{' => self.skip().map(|()| word("(object)")),
            b'[' => self.skip().map(|()| word("(array)")),
            _ => {
                let number = self.raw()?;
                let is_plain = number.len() <= 18 && number.iter().all(u8::is_ascii_digit);
                is_plain.then(|| text(number).map(Cow::Borrowed))
            }
        }
    }

    /// A value as it stands.
    pub(super) fn raw(&mut self) -> Option<&'a [u8]> {
        self.token()?;
        let start = self.at;
        self.skip()?;
        self.json.get(start..self.at)
    }

    /// Steps over any value, and sees to it that it is one.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.token()? {
            b'"' => {
                self.at += 1;
                self.string().map(drop)
            }
            b'{' => self.skip_object(),
            b'[' => self.array(&mut Self::skip),
            b'n' => self.literal("null"),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            _ => self.number(),
        }
    }

    fn skip_object(&mut self) -> Option<()> {
        self.enter(b'{')?;
        if self.closes(b'}')? {
            return Some(());
        }
        loop {
            self.expect(b'"')?;
            self.string()?;
            self.expect(b':')?;
            self.skip()?;
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    #[inline(always)]
    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.token()? == wanted).then(|| self.at += 1)
    }

    fn enter(&mut self, bracket: u8) -> Option<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.expect(bracket)
    }

    /// Whether the container just entered is empty.
    #[inline(always)]
    fn closes(&mut self, bracket: u8) -> Option<bool> {
        let closes = self.token()? == bracket;
        self.at += usize::from(closes);
        self.depth -= u32::from(closes);
        Some(closes)
    }

    /// Whether a comma comes next; `false` at the end of the container.
    #[inline(always)]
    fn goes_on(&mut self, bracket: u8) -> Option<bool> {
        let byte = self.token()?;
        self.at += 1;
        if byte == b',' {
            return Some(true);
        }
        self.depth -= 1;
        (byte == bracket).then_some(false)
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.json.get(self.at..)?.starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    /// The cursor stands behind the opening quote.
    fn string(&mut self) -> Option<Quoted<'a>> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.json.get(self.at..)?, &mut self.bits);
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(Quoted { inner: self.json.get(start..self.at - 1)?, escaped });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                // A control character: JSON has none in strings.
                _ => return None,
            }
        }
    }

    /// The string that has just been walked over, with its quotes.
    fn quoted(&self, inner: &[u8]) -> Option<&'a [u8]> {
        self.json.get(self.at.checked_sub(inner.len() + 2)?..self.at)
    }

    fn escape(&mut self) -> Option<()> {
        self.at += 1;
        match self.byte()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                let digits = self.json.get(self.at + 1..self.at + 5)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                self.at += 5;
            }
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.byte()? == b'-');
        match self.byte()? {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits()?,
            _ => return None,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// What stands between two quotes.
struct Quoted<'a> {
    inner: &'a [u8],
    escaped: bool,
}

#[inline(always)]
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn unescaped(quoted: &[u8]) -> Option<String> {
    serde_json::from_slice(quoted).ok()
}

/// `serde_json` goes 128 deep. Whoever makes a call chooses its parameters, and must not be able to keep the event off the rows with them:
/// services take some dozens of levels (DynamoDB 32). Each level is a call or two, of which a worker's stack holds thousands.
const DEEPEST: u32 = 500;
