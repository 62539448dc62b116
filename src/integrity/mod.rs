//! Bytes in, verdicts out: what is proven, what is disproven, what nobody can say. No browser, no columns, no clock, no IO.
//!
//! Invariant: `Valid` is said only of what a `SignedDigest` vouches for, and the order in which evidence arrives never matters.
#![deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic)]

pub mod checkpoint;
pub mod content;
pub mod gzip;
mod hashing;
mod inflater;
pub mod keys;
pub mod sha256;
pub mod signature;
mod tools;

pub mod lake;
pub mod lake_report;
mod lake_rows;
mod lake_standing;
mod lake_verdict;

pub mod listed_by;

pub mod verdict;

pub mod evidence;
pub mod judgement;

mod location;
mod pace;

mod checks;
mod digests;

mod digest_verdict;
mod flaw_verdict;

mod links;

mod budget;
mod chain;
mod chain_builder;
mod windows;

mod damaged;
mod listing;

mod log_verdict;

mod unlisted;

pub mod bins;
pub mod coverage;
pub mod remedy;
pub mod selection;
mod selection_text;

mod rows;

mod digest_rows;
mod log_rows;

mod scene;

mod findings;

mod key_findings;

mod claims;

mod judge;
pub mod judging;

pub mod pack;
pub mod proof_set;

pub mod report;
pub mod report_text;
pub mod standing;
mod text_lines;

pub use content::{Budget, Container, Content, ContentFlaw, ContentReader, GzipFacts};
pub use evidence::{Evidence, FileFacts, FileKind};
pub use gzip::Trailer;
pub use judgement::{Asked, ChainCoverage, Claims, Judgement, Lacking, Stage, Strictness, Window, WindowState};
pub use keys::{KeyProblem, KeyRing, PublicKey};
pub use lake::LakeSign;
pub use pack::{Pack, PackScope};
pub use proof_set::ProofSet;
pub use report::VerdictReport;
pub use report_text::Verbosity;
pub use sha256::Sha256;
pub use signature::{CheckOutcome, CheckResult, GivenSignature, Origin, SignatureCheck, SignedDigest, check};
pub use standing::{Arrival, Standing, Tone};
pub use verdict::{Judged, Reason, Remark, Verdict};
