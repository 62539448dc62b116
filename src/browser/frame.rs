//! Element sizes, animation frames, and turns of the event loop.

use futures_channel::oneshot;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;
use web_sys::MessageChannel;
use web_sys::ResizeObserver;

/// Runs `draw` before the next frame is painted.
pub fn next_frame(draw: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(draw);
    if let Some(window) = web_sys::window() {
        // Fails only outside a page, where there is nothing to draw.
        let _ = window.request_animation_frame(callback.unchecked_ref());
    }
}

/// Waits until the browser is about to paint the next frame.
pub async fn next_frame_begins() {
    let (sender, begun) = oneshot::channel();
    next_frame(move || {
        // Nobody waits: the page is closing.
        let _ = sender.send(());
    });
    let _ = begun.await;
}

/// Lets the browser paint and take input before going on. By a message to oneself: a timer takes four milliseconds at least, half as long
/// again as the work between two of them.
pub async fn breathe() {
    let (sender, turn) = oneshot::channel();
    let Ok(channel) = MessageChannel::new() else { return };
    let heard = Closure::once(move |_: JsValue| {
        // Nobody waits: the page is closing.
        let _ = sender.send(());
    });
    channel.port1().set_onmessage(Some(heard.as_ref().unchecked_ref()));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        let _ = turn.await;
    }
    channel.port1().close();
}

/// Milliseconds since the page was opened; to keep slices of work short, never to measure the world.
#[must_use]
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Physical pixels per CSS pixel.
#[must_use]
pub fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Watches an element's size for as long as it lives.
pub struct SizeWatch {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Calls `changed(width, height)` in CSS pixels whenever the element's size has changed, and once at the start.
    #[must_use]
    pub fn new(element: &Element, changed: impl Fn(f64, f64) + 'static) -> Option<Self> {
        let watched = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let size = watched.get_bounding_client_rect();
            changed(size.width(), size.height());
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
