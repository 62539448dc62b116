//! Trailseal.

#[cfg(feature = "web")]
pub mod browser;
