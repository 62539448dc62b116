//! Trailseal.
pub mod integrity;
pub mod query;
pub mod table;
pub mod trail;
pub mod protocol;
pub mod ledger;
pub mod reader;
pub mod screen;

#[cfg(feature = "web")]
pub mod browser;
#[cfg(feature = "web")]
pub mod state;
#[cfg(feature = "web")]
pub mod view;
#[cfg(feature = "web")]
pub mod worker;
