//! The switch that counts duplicate deliveries once: there only where there are some, with how many rows it hides.

use leptos::prelude::*;

use crate::query::inquiry::Deliveries;
use crate::screen::format;
use crate::view::panels::use_desk;

/// The switch.
#[component]
pub(crate) fn DeliveriesSwitch() -> impl IntoView {
    let desk = use_desk();
    let repeated = Memo::new(move |_| desk.survey.with(|survey| survey.repeated));
    let is_once = Memo::new(move |_| desk.inquiry.with(|inquiry| inquiry.deliveries == Deliveries::Once));
    let words = move || {
        let rows = format::counted(repeated.get(), "row", "rows");
        if is_once.get() { format!("{rows} hidden") } else { format!("hides {rows}") }
    };
    view! {
        <label id="deliveries" class="deliveries" title=MEANING hidden=move || repeated.get() == 0 && !is_once.get()>
            <input type="checkbox" prop:checked=is_once on:change=move |_| desk.toggle_deliveries() />
            "Count duplicate deliveries once "<small class="dim">{words}</small>
        </label>
    }
}

/// Said in full where there is no room for it.
const MEANING: &str = "Events that stand in more than one file, by their eventID. Of each, only the rows of one file are counted: that with the best verdict, \
                       then the first by name. CloudTrail may deliver an event twice; two trails in one bucket and query results repeat events too.";
