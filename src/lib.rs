//! Trailseal.
pub mod integrity;
pub mod trail;
