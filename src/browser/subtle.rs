//! The browser's own SHA-256: 1.2 GB/s against 0.5 in WebAssembly, and on threads of its own.

use js_sys::ArrayBuffer;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::SubtleCrypto;

/// `crypto.subtle` of this worker.
pub struct Subtle(SubtleCrypto);

/// A hash that is being computed.
pub struct Hash(JsFuture);

impl Subtle {
    /// `None` where the page was not loaded in a secure way: browsers keep it from such pages.
    #[must_use]
    pub fn of(scope: &DedicatedWorkerGlobalScope) -> Option<Self> {
        let subtle = scope.crypto().ok()?.subtle();
        (!subtle.is_undefined()).then_some(Self(subtle))
    }

    /// Begins to hash; the bytes are the caller's again at once.
    #[must_use]
    pub fn sha256(&self, bytes: &[u8]) -> Option<Hash> {
        self.0.digest_with_str_and_u8_array("SHA-256", bytes).ok().map(|promise| Hash(JsFuture::from(promise)))
    }
}

impl Hash {
    /// The hash, when it is there.
    pub async fn done(self) -> Option<[u8; 32]> {
        let buffer = self.0.await.ok()?.dyn_into::<ArrayBuffer>().ok()?;
        let mut hash = [0; 32];
        let bytes = Uint8Array::new(&buffer);
        (bytes.length() == 32).then(|| bytes.copy_to(&mut hash))?;
        Some(hash)
    }
}
