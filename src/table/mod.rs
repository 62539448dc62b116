//! Events in columns: every string once, every cell a small number, rows in immutable batches appended one after the other.
//!
//! Invariant: no verdict is stored here. A row knows its file; what is proven of that file is asked anew each time.

pub mod batch;
pub mod codes;
pub mod column;
pub mod dictionary;
pub mod estimate;
pub mod event_id;
pub mod event_table;
pub mod growth;
mod keep;
pub mod predicate;
pub mod row_set;
mod search;
mod travel;
mod values;

pub use batch::{BatchBuilder, EventBatch};
pub use codes::Codes;
pub use column::ColumnId;
pub use dictionary::{Code, Dictionary};
pub use event_id::EventIds;
pub use event_table::{Column, EventTable};
pub use predicate::{Predicate, TextMatch};
pub use row_set::{Listed, RowSet};
