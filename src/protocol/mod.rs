//! All that is ever said between machines: page ⇄ ledger ⇄ readers. Nothing else crosses.
//!
//! Every message is small; what is large travels beside it (composite `Blob`s down, column buffers up). The enums are closed: whoever
//! reads these files has seen everything that can happen. Questions name rows and files by number and values by text, never by code.

mod call;
mod job;
mod notice;
mod parcel;
mod proof;
mod raw;

pub use call::Call;
pub use call::FilesRequest;
pub use call::Listing;
pub use call::Named;
pub use call::Question;
pub use call::Remote;
pub use call::ReportForm;
pub use call::RowsRequest;
pub use call::SurveyRequest;
pub use job::Extract;
pub use job::Job;
pub use job::ReadReport;
pub use job::Report;
pub use notice::Answer;
pub use notice::Compared;
pub use notice::Detail;
pub use notice::Notice;
pub use notice::Problem;
pub use notice::Progress;
pub use notice::Record;
pub use notice::RowView;
pub use notice::Rows;
pub use notice::Survey;
pub use notice::Weight;
pub use parcel::Parcel;
pub use parcel::Place;
pub use parcel::Wrapping;
pub use proof::FileRow;
pub use proof::FilesPage;
pub use proof::GapView;
pub use proof::KeyUse;
pub use proof::NEARBY_CELLS;
pub use proof::Proof;
pub use proof::Stretch;
pub use proof::WindowView;
pub use raw::RawFile;
pub use raw::RawFound;
pub use raw::RawSearch;
pub use raw::RawState;
