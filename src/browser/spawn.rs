//! Starts workers that inherit the page's Content-Security-Policy, from the page or from another worker.
//!
//! A worker started from its own address escapes the policy in the page's `<meta>` (seen in Chromium 156 and Firefox 153: it reached
//! another origin under `connect-src 'none'`); one started from a `blob:` inherits it, and so does one nested in it. On `file://` a module
//! worker, or an `import` inside a blob, is refused. Hence: a classic worker, its whole source inlined, its program posted to it compiled.

use js_sys::Array;
use js_sys::Function;
use js_sys::Object;
use js_sys::Promise;
use js_sys::Reflect;
use js_sys::Uint8Array;
use js_sys::WebAssembly;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::BlobPropertyBag;
use web_sys::Url;
use web_sys::Worker;
use web_sys::WorkerOptions;

/// This very program, ready to be started any number of times: `boot.js` loads and compiles it once, for the page and for every worker.
#[derive(Clone, Debug)]
pub struct Program {
    glue: JsValue,
    module: WebAssembly::Module,
}

/// How many readers there are: one a core. More than eight wait for the ledger rather than for files.
#[must_use]
pub fn readers() -> usize {
    (told("hardwareConcurrency").unwrap_or(1.0) as usize).clamp(1, 8)
}

/// Bytes of memory that this machine has, as far as the browser tells: Chromium names a power of two and, above a bound (8 GB for long),
/// the bound; Firefox and Safari name nothing.
#[must_use]
pub fn machine_memory() -> Option<u64> {
    told("deviceMemory").map(|gigabytes| (gigabytes * 1e9) as u64)
}

/// A number that the browser tells of the machine.
fn told(name: &str) -> Option<f64> {
    let of = |object: JsValue, name: &str| Reflect::get(&object, &name.into()).unwrap_or_default();
    of(of(js_sys::global().into(), "navigator"), name).as_f64()
}

impl Program {
    /// The program that this page or worker was itself started with.
    ///
    /// # Errors
    /// When this is neither a page that `boot.js` started nor a worker that [`Program::spawn`] started.
    pub fn own() -> Result<Self, JsValue> {
        let message = Reflect::get(&js_sys::global(), &PROGRAM.into())?;
        let glue = Reflect::get(&message, &"glue".into())?;
        let module = Reflect::get(&message, &"module".into())?.dyn_into()?;
        Ok(Self { glue, module })
    }

    /// Starts a worker. It finds `name` in `self.name` and chooses its role by it; developer tools show it.
    ///
    /// Messages may be posted at once: they are kept until the program's `main` has returned, so `main` must set its listener before that.
    /// If the program falls, the worker posts `{fatal: text}`.
    ///
    /// # Errors
    /// When the browser refuses to start the worker.
    pub fn spawn(&self, name: &str) -> Result<Worker, JsValue> {
        let source = Array::of2(&self.glue, &BOOTSTRAP.into());
        let kind = BlobPropertyBag::new();
        kind.set_type("text/javascript");
        let blob = Blob::new_with_str_sequence_and_options(&source, &kind)?;
        let options = WorkerOptions::new();
        options.set_name(name);
        let worker = Worker::new_with_options(&Url::create_object_url_with_blob(&blob)?, &options)?;
        worker.post_message(&self.message()?)?;
        Ok(worker)
    }

    fn message(&self) -> Result<JsValue, JsValue> {
        let message = Object::new();
        Reflect::set(&message, &"glue".into(), &self.glue)?;
        Reflect::set(&message, &"module".into(), &self.module)?;
        Ok(message.into())
    }
}

/// The text of `{fatal: text}`, with which a started worker says that its program has fallen.
#[must_use]
pub fn fatal(message: &JsValue) -> Option<String> {
    Reflect::get(message, &"fatal".into()).ok()?.as_string()
}

/// A file of the build: fetched beside the page, or taken out of the page in the one-file build.
///
/// # Errors
/// When it cannot be loaded, or outside a page that `boot.js` started.
pub async fn asset(name: &str) -> Result<Uint8Array, JsValue> {
    let load: Function = Reflect::get(&js_sys::global(), &"trailsealAsset".into())?.dyn_into()?;
    let promise: Promise = load.call1(&JsValue::UNDEFINED, &name.into())?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

/// Where `boot.js` puts it, and `bootstrap.js` the first message.
const PROGRAM: &str = "trailsealProgram";
/// Runs after the glue: keeps early messages, starts the program, reports its fall.
const BOOTSTRAP: &str = include_str!("bootstrap.js");
