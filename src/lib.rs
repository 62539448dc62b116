//! Trailseal.
pub mod trail;
