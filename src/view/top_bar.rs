//! The bar on top: name, search, time range, more files, export, colours, help.

use leptos::prelude::*;

use crate::state::Theme;
use crate::state::habits;
use crate::view::drop::AddMenu;
use crate::view::export::ExportMenu;
use crate::view::icon::Icon;
use crate::view::icon::Seal;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::range_menu::RangeMenu;
use crate::view::search::Search;

/// The bar on top.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let is_full = move || !desk.is_empty();
    view! {
        <header class="top-bar" class:is-full=is_full>
            <div class="brand"><Seal /><span>"Trailseal"</span></div>
            <Show when=is_full>
                <Search />
                <RangeMenu />
            </Show>
            <div class="top-bar-end">
                <Show when=is_full>
                    <AddMenu />
                    <ExportMenu />
                </Show>
                <ThemeButton />
                <button id="help" type="button" class="button-icon" aria-label="Help and keys" title="Help and keys (?)" on:click=move |_| panels.help.set(true)><Icon name="question" /></button>
            </div>
        </header>
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let desk = use_desk();
    let icon = Signal::derive(move || match desk.theme.get() {
        Theme::System => "contrast",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    });
    let words = move || match desk.theme.get() {
        Theme::System => "Colours: as the system has them",
        Theme::Light => "Colours: light",
        Theme::Dark => "Colours: dark",
    };
    let turn = move |_| {
        let next = desk.theme.get_untracked().next();
        desk.theme.set(next);
        habits::keep_theme(next);
    };
    view! { <button id="theme" type="button" class="button-icon" aria-label=words title=words on:click=turn><Icon name=icon /></button> }
}
