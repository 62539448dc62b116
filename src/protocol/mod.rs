//! All that is ever said between machines: page ⇄ ledger ⇄ readers. Nothing else crosses.
//!
//! Every message is small; what is large travels beside it (composite `Blob`s down, column buffers up). The enums are closed: whoever
//! reads these files has seen everything that can happen. Questions name rows and files by number and values by text, never by code.

mod call;
mod job;
mod notice;
mod proof;

pub use call::Call;
pub use call::FilesRequest;
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
pub use notice::Detail;
pub use notice::Notice;
pub use notice::Problem;
pub use notice::Progress;
pub use notice::Record;
pub use notice::RowView;
pub use notice::Rows;
pub use notice::Survey;
pub use notice::Weight;
pub use proof::FileRow;
pub use proof::FilesPage;
pub use proof::GapView;
pub use proof::KeyUse;
pub use proof::NEARBY_CELLS;
pub use proof::Proof;
pub use proof::Stretch;
pub use proof::WindowView;

/// Tells two builds apart: a page must not talk to a worker of another day that some cache kept.
#[must_use]
pub const fn fingerprint() -> u64 {
    // A constant: else the texts would travel in the page's programs, to be hashed there.
    const OF_THIS_BUILD: u64 = hashed();
    OF_THIS_BUILD
}

const fn hashed() -> u64 {
    // Whatever crosses is written in these.
    let texts: [&[u8]; 5] = [
        include_bytes!("call.rs"),
        include_bytes!("notice.rs"),
        include_bytes!("proof.rs"),
        include_bytes!("job.rs"),
        include_bytes!("../export/parts.rs"),
    ];
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut of = 0;
    while of < texts.len() {
        let mut at = 0;
        while at < texts[of].len() {
            // FNV-1a.
            hash = (hash ^ texts[of][at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        of += 1;
    }
    // JSON numbers are exact up to 2^53.
    hash >> 11
}
