//! What bytes add up to, as they flow: size, SHA-256 for the manifest, CRC-32 for the zip file.

use flate2::Crc;
use sha2::Digest;

use crate::export::parts::Sum;
use crate::integrity::sha256::Sha256;

/// Adds bytes up.
#[derive(Default)]
pub struct Summing {
    sha256: sha2::Sha256,
    crc: Crc,
    size: u64,
}

impl Summing {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The sums.
    #[must_use]
    pub fn finish(self) -> Sum {
        Sum { size: self.size, sha256: Sha256(self.sha256.finalize().into()), crc32: self.crc.sum() }
    }
}

impl Sum {
    /// The sums of bytes that are all at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut summing = Summing::default();
        summing.push(bytes);
        summing.finish()
    }
}
