//! Questions over the table: which rows, when, who, how many, in which order. Fast paths here, slow twins in the tests.
//!
//! Invariant: verdicts stay outside. The caller says which class each file is of; here a class is a number with a name.

pub mod activity;
pub mod arrangement;
pub mod filter;
pub mod inquiry;
pub mod keep;
pub mod merge;
pub mod nearby;
pub mod order;
pub mod scene;
pub mod select;
pub mod sorting;
pub mod spelling;
pub mod tally;
pub mod timeline;

pub use activity::Activity;
pub use filter::{Clause, Field, Filter};
pub use inquiry::Inquiry;
pub use keep::Keep;
pub use order::{Direction, Order, SortBy};
pub use scene::{FileClasses, Scene};
pub use tally::{Tally, TallyValue};
pub use timeline::Timeline;
