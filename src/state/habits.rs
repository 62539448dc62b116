//! What is remembered on this machine from one visit to the next: the theme and the columns, and only where a person chose them.

use leptos::prelude::*;

use crate::table::column::ColumnId;

/// Colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The columns shown at first.
pub const DEFAULT_COLUMNS: [ColumnId; 6] =
    [ColumnId::UserName, ColumnId::EventName, ColumnId::AwsRegion, ColumnId::SourceIpAddress, ColumnId::Outcome, ColumnId::ResourceName];

/// The columns chosen last, else the usual ones.
#[must_use]
pub fn columns() -> Vec<ColumnId> {
    let chosen = recall(COLUMNS).map(|text| text.split(',').filter_map(ColumnId::by_field).collect::<Vec<_>>());
    chosen.filter(|columns| !columns.is_empty()).unwrap_or_else(|| DEFAULT_COLUMNS.to_vec())
}

/// Remembers the columns; the usual ones are forgotten instead.
pub fn keep_columns(columns: &[ColumnId]) {
    let names: Vec<&str> = columns.iter().map(|column| column.field()).collect();
    remember(COLUMNS, (columns != DEFAULT_COLUMNS).then(|| names.join(",")).as_deref());
}

/// The theme chosen last.
#[must_use]
pub fn theme() -> Theme {
    match recall(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Remembers a theme; the system's is forgotten instead.
pub fn keep_theme(theme: Theme) {
    remember(THEME, theme.name());
}

impl Theme {
    /// Its name in the document; the system's has none.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// Storage may be forbidden (private windows, `file://`): then nothing is remembered, and that is all.
fn recall(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

fn remember(name: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(name, value),
        None => storage.remove_item(name),
    };
}

const COLUMNS: &str = "trailseal-columns";
const THEME: &str = "trailseal-theme";
