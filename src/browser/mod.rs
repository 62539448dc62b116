//! The only room that names workers, files, fetch and frames.

pub mod deflating;
pub mod dropped;
pub mod folders;
pub mod frame;
mod handles;
pub mod source;
pub mod spawn;
pub mod subtle;
pub mod whole;
pub mod wire;
pub mod zipped;
