//! Callers met before. A trail names the same few hundred again and again, each time with the same four or five hundred bytes: comparing
//! them costs a tenth of reading them.
//!
//! What is known changes nothing of what is read: the same bytes say the same.

use std::borrow::Cow;

use crate::trail::bytes::begins_with;
use crate::trail::loose::Text;
use crate::trail::principal::Principal;

/// Some of the callers met so far, in places that their first bytes choose.
#[derive(Debug, Default)]
pub(super) struct Identities {
    places: Vec<Place>,
}

#[derive(Debug, Default)]
struct Place {
    /// Of the one met last. Only who comes twice is kept: keeping costs as much as reading.
    mark: u64,
    met: Option<Box<Met>>,
}

/// A caller, and the JSON that names it.
#[derive(Debug)]
pub(super) struct Met {
    json: Vec<u8>,
    is_ascii: bool,
    principal: Principal<'static>,
}

impl Met {
    pub(super) fn json(&self) -> &[u8] {
        &self.json
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }
}

impl Identities {
    /// Where the one that begins here would be kept; `None` for a short one, which is read in no time.
    pub(super) fn place(&self, json: &[u8]) -> Option<u64> {
        // `{"type":"IAMUser","princ…`: what tells callers apart comes then.
        let telling = json.get(24..88)?;
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        Some(telling.as_chunks().0.iter().fold(0, |mark, eight| (mark.rotate_left(23) ^ word(eight)).wrapping_mul(STIR)))
    }

    /// The one that begins these bytes, if it has been met, and its number.
    pub(super) fn met(&self, mark: u64, json: &[u8]) -> Option<(usize, &Met)> {
        let number = number(mark);
        let met = self.places.get(number)?.met.as_deref()?;
        begins_with(json, &met.json).then_some((number, met))
    }

    /// Remembers one that has just been read.
    pub(super) fn meet(&mut self, mark: u64, json: &[u8], principal: &Principal<'_>) {
        if json.len() < SHORTEST || json.len() > LONGEST {
            return;
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Place::default);
        }
        let Some(place) = self.places.get_mut(number(mark)) else { return };
        if place.mark == mark {
            place.met = Some(Box::new(Met {
                json: json.to_vec(),
                is_ascii: json.is_ascii(),
                principal: with(principal, |text| Cow::Owned(text.to_owned())),
            }));
        }
        place.mark = mark;
    }

    /// The caller of that number.
    pub(super) fn principal(&self, number: usize) -> Principal<'_> {
        let met = self.places.get(number).and_then(|place| place.met.as_deref());
        met.map(|met| with(&met.principal, Cow::Borrowed)).unwrap_or_default()
    }
}

fn number(mark: u64) -> usize {
    // The upper bits of a product are stirred best.
    usize::try_from(mark >> 56).unwrap_or_default()
}

/// The same caller, its texts held in another way.
#[inline(always)]
fn with<'p, 't>(principal: &'p Principal<'_>, text: impl Fn(&'p str) -> Cow<'t, str>) -> Principal<'t> {
    let text = |known: &'p Text<'_>| known.as_deref().map(&text);
    Principal {
        name: text(&principal.name),
        kind: text(&principal.kind),
        arn: text(&principal.arn),
        account: text(&principal.account),
        access_key: text(&principal.access_key),
    }
}

const STIR: u64 = 0x9e37_79b9_7f4a_7c15;
const PLACES: usize = 256;
/// `{"type":"AWSService","invokedBy":"…"}` is shorter.
const SHORTEST: usize = 128;
/// Longer than any that AWS writes: what is kept stays below half a megabyte.
const LONGEST: usize = 2048;
