//! Every signal of the page, and what fills them. No markup.

pub mod client;
pub mod intake;
