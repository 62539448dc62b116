//! Trailseal.
pub mod table;
pub mod trail;
