//! A sized, sharp, labelled canvas that is painted at most once a frame.

use std::cell::Cell;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use crate::browser::frame::SizeWatch;
use crate::browser::frame::next_frame;
use crate::browser::frame::pixel_ratio;
use crate::screen::Palette;
use crate::state::effect::effect;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;

/// The area that charts draw on.
pub(crate) type Area = DrawingArea<CanvasBackend, Shift>;

/// A canvas as large as its box in the layout, painted from `input` whenever that, the size or the colours change. `label` is heard
/// in its place; without one it is decoration. `on_size` is told the size in CSS pixels.
pub(crate) fn canvas<T: Send + Sync + Clone + 'static>(
    input: Signal<T>,
    draw: impl Fn(&Area, &T, &Palette) + 'static,
    label: Option<Signal<String>>,
    on_size: impl Fn((f64, f64)) + 'static,
) -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let node = NodeRef::<html::Canvas>::new();
    let size = RwSignal::new((0.0, 0.0));
    watch_size(node, move |now| {
        if size.try_get_untracked().is_some_and(|before| before != now) {
            size.set(now);
            on_size(now);
        }
    });
    let draw = Rc::new(draw);
    let is_due = Rc::new(Cell::new(false));
    effect(move || {
        size.track();
        desk.theme.track();
        panels.repaint.track();
        input.track();
        if is_due.replace(true) {
            return;
        }
        let (draw, is_due) = (draw.clone(), is_due.clone());
        next_frame(move || {
            is_due.set(false);
            // The canvas may be gone since.
            let (Some(Some(canvas)), Some(input), Some(size)) =
                (node.try_get_untracked(), input.try_get_untracked(), size.try_get_untracked())
            else {
                return;
            };
            paint(&canvas, size, |area, palette| draw(area, &input, palette));
        });
    });
    let role = label.map(|_| "img");
    view! { <canvas class="canvas" node_ref=node role=role aria-hidden=label.is_none().then_some("true") aria-label=move || label.map(|label| label.get())></canvas> }
}

fn paint(canvas: &HtmlCanvasElement, (width, height): (f64, f64), draw: impl FnOnce(&Area, &Palette)) {
    if width < 1.0 || height < 1.0 {
        return;
    }
    let dpr = pixel_ratio().clamp(1.0, 4.0);
    // Setting the size also wipes the canvas.
    canvas.set_width((width * dpr).round() as u32);
    canvas.set_height((height * dpr).round() as u32);
    if let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) {
        draw(&backend.into_drawing_area(), &palette(dpr));
    }
}

fn palette(dpr: f64) -> Palette {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    Palette::from_tokens(|name| style.as_ref().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default(), dpr)
}

/// Calls `on_size` with an element's size in CSS pixels, now and whenever it changes, as long as the component lives.
pub(crate) fn watch_size<E>(node: NodeRef<E>, on_size: impl Fn((f64, f64)) + 'static)
where
    E: html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let on_size = Rc::new(on_size);
    // Dropped with the component, which ends the watching.
    let watch = StoredValue::new_local(None::<SizeWatch>);
    effect(move || {
        let Some(element) = node.get().and_then(|element| element.dyn_into::<web_sys::Element>().ok()) else { return };
        let on_size = on_size.clone();
        watch.set_value(SizeWatch::new(&element, move |width, height| on_size((width, height))));
    });
}
