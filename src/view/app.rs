//! App: the page's landmarks, its keys, and the one desk that all views share.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::state::Desk;
use crate::state::Tab;
use crate::state::effect::effect;
use crate::state::launch::launch;
use crate::view::banner::Banner;
use crate::view::deliveries::DeliveriesSwitch;
use crate::view::drop::DropTarget;
use crate::view::drop::PasteDialog;
use crate::view::drop::Pickers;
use crate::view::empty::EmptyPage;
use crate::view::event_detail::EventDetail;
use crate::view::event_detail::close_detail;
use crate::view::event_table::EventTable;
use crate::view::export::ExportProgress;
use crate::view::facets::Facets;
use crate::view::fit::FitDialog;
use crate::view::fit::HeldNote;
use crate::view::frames::frames_so_far;
use crate::view::help::HelpDialog;
use crate::view::icon::Icon;
use crate::view::icon::Symbols;
use crate::view::integrity::Integrity;
use crate::view::pack::PackDialog;
use crate::view::panels::Panels;
use crate::view::people::People;
use crate::view::progress::ProblemsDialog;
use crate::view::progress::ReadingProgress;
use crate::view::raw_search::RawSearches;
use crate::view::supply::SupplyDialog;
use crate::view::table_head::ColumnsMenu;
use crate::view::table_head::RowCount;
use crate::view::time_panel::TimePanel;
use crate::view::top_bar::TopBar;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let (desk, panels) = (Desk::new(), Panels::new());
    provide_context(desk);
    provide_context(panels);
    launch(desk);
    follow_colours(desk, panels);
    listen_to_keys(desk, panels);
    view! {
        <Symbols />
        <TopBar />
        <Show when=move || !desk.is_empty() fallback=|| view! { <EmptyPage /> }.into_any()>
            <Workbench />
        </Show>
        <ReadingProgress />
        <ExportProgress />
        <Notice />
        <DropTarget />
        <Pickers />
        <PasteDialog />
        <PackDialog />
        <SupplyDialog />
        <FitDialog />
        <ProblemsDialog />
        <HelpDialog />
    }
}

#[component]
fn Workbench() -> impl IntoView {
    let desk = use_context::<Desk>().unwrap_or_default();
    let panels = use_context::<Panels>().unwrap_or_else(Panels::new);
    // Together they held the page for 120 ms the first time, most of it the browser compiling what runs first.
    let frames = frames_so_far(PANELS);
    let built = move |panel| frames.get() >= panel;
    view! {
        <main class="workbench">
            <Banner />
            <HeldNote />
            <Show when=move || built(1)><TimePanel /></Show>
            <div class="desk" class:has-detail=move || desk.selected.get().is_some() class:has-facets=move || panels.facets.get()>
                <Show when=move || built(3)><Facets /></Show>
                <section class="card centre" aria-label="Views">
                    <Tabs />
                    <DeliveriesSwitch />
                    <RawSearches />
                    {move || match desk.tab.get() {
                        Tab::Events => view! { <Show when=move || built(2)><EventTable /></Show> }.into_any(),
                        Tab::Identities => view! { <People /> }.into_any(),
                        Tab::Integrity => view! { <Integrity /> }.into_any(),
                    }}
                </section>
                <Show when=move || desk.selected.get().is_some()><EventDetail /></Show>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Tabs() -> impl IntoView {
    let desk = crate::view::panels::use_desk();
    let panels = crate::view::panels::use_panels();
    let tab = move |id: &'static str, tab: Tab, name: &'static str| {
        view! {
            <button id=id type="button" role="tab" class="tab" aria-selected=move || (desk.tab.get() == tab).to_string()
                tabindex=move || if desk.tab.get() == tab { "0" } else { "-1" } on:click=move |_| desk.tab.set(tab)>{name}</button>
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let now = TABS.iter().position(|(_, tab, _)| *tab == desk.tab.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % TABS.len(),
            "ArrowLeft" => (now + TABS.len() - 1) % TABS.len(),
            _ => return,
        };
        if let Some((id, tab, _)) = TABS.get(next) {
            desk.tab.set(*tab);
            let button = document().get_element_by_id(id).and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok());
            let _ = button.map(|button| button.focus());
        }
    };
    view! {
        <div class="tabs">
            <button id="facets-toggle" type="button" class="button quiet facets-toggle" aria-expanded=move || panels.facets.get().to_string()
                on:click=move |_| panels.facets.update(|open| *open = !*open)><Icon name="filter" />"Filters"</button>
            <div class="tab-list" role="tablist" on:keydown=on_key>{TABS.map(|(id, to, name)| tab(id, to, name))}</div>
            <Show when=move || desk.tab.get() == Tab::Events>
                <RowCount />
                <ColumnsMenu />
            </Show>
        </div>
    }
}

/// What did not work, said once and taken away by a click.
#[component]
fn Notice() -> impl IntoView {
    let desk = crate::view::panels::use_desk();
    view! {
        <div class="notice" role="alert" hidden=move || desk.notice.with(Option::is_none)>
            <span>{move || desk.notice.get().unwrap_or_default()}</span>
            <button type="button" class="button-icon" aria-label="Close" on:click=move |_| desk.notice.set(None)><Icon name="cross" /></button>
        </div>
    }
}

/// Keys of the whole page; none of them while something is being typed.
fn listen_to_keys(desk: Desk, panels: Panels) {
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) || is_in_dialog() {
            return;
        }
        match event.key().as_str() {
            "/" => drop(panels.search.get_untracked().map(|search| search.focus())),
            "?" => panels.help.set(true),
            "1" => desk.tab.set(Tab::Events),
            "2" => desk.tab.set(Tab::Identities),
            "3" => desk.tab.set(Tab::Integrity),
            "v" => desk.toggle_verified_only(),
            "z" => desk.zoom_to_range(),
            "0" => desk.reset_time(),
            "Escape" if desk.pointed.with_untracked(Option::is_some) => desk.drop_brush(),
            "Escape" if panels.facets.get_untracked() => panels.facets.set(false),
            "Escape" => close_detail(desk),
            _ => return,
        }
        event.prevent_default();
    });
    // Lives as long as the page.
    std::mem::forget(listener);
}

fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

fn is_in_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// The theme on the document, and a repaint when the system's colours change.
fn follow_colours(desk: Desk, panels: Panels) {
    effect(move || {
        let Some(root) = document().document_element() else { return };
        let _ = match desk.theme.get().name() {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    });
    let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else { return };
    let changed = Closure::<dyn FnMut()>::new(move || panels.repaint.update(|times| *times = times.wrapping_add(1)));
    query.set_onchange(Some(changed.as_ref().unchecked_ref()));
    // Both live as long as the page.
    changed.forget();
    std::mem::forget(query);
}

/// Time panel, table, facets: in the order in which the eye goes.
const PANELS: u64 = 3;

const TABS: [(&str, Tab, &str); 3] = [
    ("tab-events", Tab::Events, "Events"),
    ("tab-identities", Tab::Identities, "Identities"),
    ("tab-integrity", Tab::Integrity, "Integrity"),
];
