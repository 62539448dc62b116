//! The only room that names workers, files, fetch and frames.

pub mod spawn;
