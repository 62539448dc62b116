//! The page's faces: they read signals and raise intents. No scans, no fetches, nothing that a log says is ever taken for markup.
#![allow(unreachable_pub)] // `#[component]` writes `pub` whatever is asked of it

mod app;
mod banner;
mod canvas;
mod cell_tools;
mod claims;
mod coverage;
mod coverage_map;
mod coverage_words;
mod deliveries;
mod detail_sections;
mod dialog;
mod dom;
mod drop;
mod empty;
mod event_detail;
mod event_row;
mod event_table;
mod export;
mod facets;
mod files;
mod fit;
mod frames;
mod gaps;
mod help;
mod icon;
mod integrity;
mod keys;
mod map_tools;
mod menu;
mod pack;
mod panels;
mod parts;
mod people;
mod progress;
mod range_menu;
mod raw_search;
mod search;
mod stretch;
mod supply;
mod table_head;
mod time_panel;
mod timeline;
mod top_bar;
mod words;

pub use app::App;
