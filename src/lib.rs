//! Trailseal.
pub mod integrity;
pub mod query;
pub mod table;
pub mod trail;
pub mod protocol;

#[cfg(feature = "web")]
pub mod browser;
