//! What goes where on the screen, for any backend: pixels, ticks, numbers as people read them. No browser.

pub mod activity_chart;
pub mod commands;
pub mod coverage_chart;
pub mod format;
pub mod json;
pub mod palette;
pub mod record;
pub mod scale;
pub mod scroll;
pub mod timeline_chart;

pub use palette::Palette;
pub use scale::TimeScale;
pub use scroll::Scroll;
