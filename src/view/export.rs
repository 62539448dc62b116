//! Taking the verdicts away: the report as JSON or as text.

use leptos::prelude::*;

use crate::protocol::ReportForm;
use crate::view::icon::Icon;
use crate::view::menu::Menu;
use crate::view::panels::use_desk;

/// The menu "Export".
#[component]
pub(crate) fn ExportMenu() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    let save = move |form| {
        open.set(false);
        desk.save_report(form);
    };
    view! {
        <Menu id="export-menu" open=open class="button quiet" button=view! { "Export"<Icon name="down" /> }>
            <button id="export-json" type="button" class="menu-item" on:click=move |_| save(ReportForm::Json)>"Verdict report, JSON"<small>"every digest, log and finding"</small></button>
            <button id="export-text" type="button" class="menu-item" on:click=move |_| save(ReportForm::Text)>"Verdict report, text"<small>"the sentences of aws cloudtrail validate-logs"</small></button>
        </Menu>
    }
}
