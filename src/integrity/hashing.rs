//! SHA-256 of a content: piece after piece as it flows, or of the whole by somebody who is faster at that.

use sha2::Digest;

use crate::integrity::sha256::Sha256;

/// The content's hash in the making.
#[derive(Debug, Default)]
pub(super) struct Hashing {
    /// `None` while the content is gathered instead.
    flowing: Option<sha2::Sha256>,
    whole: Vec<u8>,
    /// So many bytes, all that have come yet, lie with the inflater still.
    lent: usize,
    is_off: bool,
}

/// Who hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hasher {
    /// This very code, as the content flows.
    #[default]
    Here,
    /// Whoever is offered the whole content at its end: the browser's own hasher is two to four times as fast as one in WebAssembly (1.2 to 2 GB/s
    /// against 0.5), but takes no pieces.
    Elsewhere,
    /// Nobody, where a few lines of a huge content are wanted and not its hash: that would take twice as long as all the rest.
    Nobody,
}

impl Hashing {
    /// For the next content; keeps its room.
    pub(super) fn restart(&mut self, hasher: Hasher) {
        self.whole.clear();
        self.lent = 0;
        self.is_off = hasher == Hasher::Nobody;
        self.flowing = (hasher == Hasher::Here).then(sha2::Sha256::new);
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        if self.is_off {
            return;
        }
        if self.flowing.is_none() {
            if self.whole.len().saturating_add(piece.len()) <= LARGEST {
                return self.whole.extend_from_slice(piece);
            }
            self.flowing = Some(sha2::Sha256::new_with_prefix(std::mem::take(&mut self.whole)));
        }
        if let Some(flowing) = &mut self.flowing {
            flowing.update(piece);
        }
    }

    /// The same of a piece that stays where it is until [`Self::recall`]: of most contents it is the only one, and need not be copied.
    pub(super) fn lend(&mut self, piece: &[u8]) {
        if self.flowing.is_none() && self.whole.is_empty() && self.lent == 0 && !self.is_off {
            self.lent = piece.len();
        } else {
            self.update(piece);
        }
    }

    /// Takes the piece that was lent; after this its place may be used again.
    pub(super) fn recall(&mut self, room: &[u8]) {
        if self.lent > 0 {
            let lent = std::mem::take(&mut self.lent);
            self.update(room.get(..lent).unwrap_or_default());
        }
    }

    /// The hash of all that has come; `room` is where a piece that was lent lies.
    pub(super) fn so_far(&self, room: &[u8]) -> Sha256 {
        let hash = self.flowing.clone().unwrap_or_else(|| sha2::Sha256::new_with_prefix(self.gathered(room)));
        Sha256(hash.finalize().into())
    }

    /// All that has come, where it is gathered and worth handing out.
    pub(super) fn whole<'a>(&'a self, room: &'a [u8]) -> Option<&'a [u8]> {
        let gathered = self.gathered(room);
        (self.flowing.is_none() && gathered.len() >= SMALLEST).then_some(gathered)
    }

    fn gathered<'a>(&'a self, room: &'a [u8]) -> &'a [u8] {
        if self.lent > 0 { room.get(..self.lent).unwrap_or_default() } else { &self.whole }
    }
}

/// A call into the browser and back costs what hashing some 15 kB costs here.
const SMALLEST: usize = 16 << 10;

/// More is not gathered: memory must not follow the size of a file.
const LARGEST: usize = 8 << 20;
