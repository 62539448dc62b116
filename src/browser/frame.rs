//! Element sizes, animation frames, and turns of the event loop.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;
use web_sys::MessageChannel;
use web_sys::ResizeObserver;

/// Runs `draw` before the next frame is painted, or before a later one where others have taken what time there is: the first rows, charts
/// and the layout of both in one frame were a task of 35 to 70 ms while readers had the cores.
pub fn next_frame(draw: impl FnOnce() + 'static) {
    DUE.with_borrow_mut(|due| due.push_back(Box::new(draw)));
    ask_for_frame();
}

/// One frame's part of what is due: the first in any case, others as long as there is time. What is added meanwhile waits.
fn run_frame() {
    IS_ASKED.set(false);
    let since = now();
    for number in 0..DUE.with_borrow(VecDeque::len) {
        if number > 0 && now() - since > FRAME_PART {
            break;
        }
        // It may add others.
        let Some(draw) = DUE.with_borrow_mut(VecDeque::pop_front) else { break };
        draw();
    }
    if !DUE.with_borrow(VecDeque::is_empty) {
        ask_for_frame();
    }
}

fn ask_for_frame() {
    if IS_ASKED.replace(true) {
        return;
    }
    if let Some(window) = web_sys::window() {
        // Fails only outside a page, where there is nothing to draw.
        RUN.with(|run| drop(window.request_animation_frame(run.as_ref().unchecked_ref())));
    }
}

thread_local! {
    static DUE: RefCell<VecDeque<Box<dyn FnOnce()>>> = const { RefCell::new(VecDeque::new()) };
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
    static RUN: Closure<dyn FnMut()> = Closure::new(run_frame);
}

/// Milliseconds of a frame's sixteen: style, layout and painting come after.
pub const FRAME_PART: f64 = 4.0;

/// Waits until the browser is about to paint the next frame.
pub async fn next_frame_begins() {
    let (sender, begun) = oneshot::channel();
    next_frame(move || {
        // Nobody waits: the page is closing.
        let _ = sender.send(());
    });
    let _ = begun.await;
}

/// Waits until a frame is painted. A page that nobody sees has none: then it waits for nothing, or for the clock.
pub async fn painted() {
    if web_sys::window().and_then(|window| window.document()).is_none_or(|document| document.hidden()) {
        return;
    }
    let (sender, begun) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let begin = move || {
        // Whoever comes first: the frame or the clock.
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    };
    let unseen = Timeout::new(UNSEEN, begin.clone());
    next_frame(begin);
    let _ = begun.await;
    drop(unseen);
    breathe().await;
}

/// Milliseconds, for a page that is hidden meanwhile.
const UNSEEN: u32 = 100;

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

/// Work that is done a few milliseconds at a time.
pub struct Spell(f64);

impl Spell {
    /// Begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self(now())
    }

    /// Breathes, if so many milliseconds have passed since it did last.
    pub async fn breathe_after(&mut self, milliseconds: f64) {
        if now() - self.0 > milliseconds {
            breathe().await;
            self.0 = now();
        }
    }
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
