//! Trailseal.
pub mod integrity;
pub mod query;
pub mod table;
pub mod trail;
pub mod protocol;
