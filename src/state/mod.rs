//! Every signal of the page; no markup. Signals are made once, here, and owned by the root: nothing that answers late can meet a
//! signal that is gone.

pub mod address;
pub mod answers;
pub mod ask;
pub mod brush;
mod chosen;
pub mod client;
pub mod crowd;
pub mod desk;
pub mod effect;
pub mod export;
pub mod fit;
pub mod habits;
pub mod intake;
pub mod intents;
pub mod launch;
mod pack_zip;
mod packer;
mod packing;
mod proven;
mod raw;
pub mod rows;
mod sample_pack;
mod sheaf;
mod zip_intake;

pub use desk::{Desk, Launch, Tab};
pub use habits::Theme;
