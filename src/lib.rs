//! Trailseal.
pub mod query;
pub mod table;
pub mod trail;
