//! # Trailseal, the map
//!
//! Drop CloudTrail logs and digests into a page; see what is proven, and what the logs say. Everything happens in that page.
//!
//! ```text
//!   page (UI thread)                 ledger worker                     reader workers (one a core)
//!   state/ + view/     ── calls ─────▶  ledger/       ── jobs ─▶          reader.rs   (inflate, hash, parse, check RSA)
//!                      ◀─ notices ────  the only owner ◀─ reports ──     bytes in, columns out, keeps nothing
//! ```
//!
//! **Entry points.** `bin/app.rs` mounts `view::App` on the page and serves as ledger or reader in a worker, by its name: one program, compiled
//! once; two programs that share so much were 69 kB gzipped larger; `bin/trailseal/`
//! is `trailseal verify`, the same reader and ledger without a browser.
//!
//! **How one file becomes rows with verdicts.** A drop is listed by [`browser::dropped`] and numbered by [`state::intake`] → sheaves of
//! files go to the ledger as one `Blob`, very many of an input as their bytes ([`browser::whole`]) → [`worker`] gives them to a reader →
//! [`reader`] pushes the bytes through [`integrity::content`] (inflate, hash) and [`trail::records`] (cut into records) → an
//! [`table::EventBatch`] and the file's facts go up →
//! [`ledger`] appends the rows, admits the facts as [`integrity::Evidence`], sends out the signature checks that follow → the
//! [`integrity::Judgement`] over all evidence is computed anew, in steps → the page asks for a survey, for rows, for the proof.
//!
//! ## Invariants
//! * The page looks at no log bytes, though it may carry them, and never scans rows; readers keep nothing but a text that is being packed; the
//!   ledger alone owns.
//! * `Valid` can be said only of what a [`integrity::SignedDigest`] vouches for. Order of arrival changes no verdict.
//! * No verdict is stored with a row: a row's verdict is its file's, now.
//! * For any bytes there is a report. Failures are facts with a sentence: what, why it matters, what to do.
//! * No query string of a URL is kept, shown, logged or stored. Log content is text, never markup.
//! * Whatever crosses between machines stands in [`protocol`]. The page tower and the worker tower share only that and [`browser`].
//! * The floors below hold: `tests/architecture.rs` checks every import.

// ── floor 1 · words ──────────────────────────────────────────────────────────────────────────
pub mod trail;

// ── floor 2 · zip files | proof | memory ─────────────────────────────────────────────────────
pub mod archive;
pub mod integrity;
pub mod table;

// ── floor 3 · questions ──────────────────────────────────────────────────────────────────────
pub mod query;

// ── floor 4 · what leaves | words between machines | pixels ──────────────────────────────────
pub mod export;
pub mod protocol;
pub mod screen;

// ── floor 5 · the two workers, as plain functions | the browser's tools ──────────────────────
#[cfg(feature = "web")]
pub mod browser;
pub mod ledger;
pub mod reader;

// ── floor 6 · two towers ─────────────────────────────────────────────────────────────────────
#[cfg(feature = "web")]
pub mod state;
#[cfg(feature = "web")]
pub mod worker;

// ── floor 7 · faces ──────────────────────────────────────────────────────────────────────────
#[cfg(feature = "web")]
pub mod view;
