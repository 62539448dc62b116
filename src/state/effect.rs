//! Effects of one type. Leptos writes its task out for each closure's type, half a kilobyte each time.

use leptos::prelude::Effect;

/// Runs once the page stands, and again whenever what it read has changed.
pub fn effect(run: impl FnMut() + 'static) {
    let run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(run);
}
