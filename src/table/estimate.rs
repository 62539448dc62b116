//! What a load will cost, told from the names and sizes of its files before they are read.
//!
//! Measured with `cargo xtask sample --profile typical`; see `docs/memory.md`. Whatever was read already of the
//! same load says more than any of these numbers, and takes their place.

/// Files that are to be read, by how they are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// How many.
    pub files: u64,
    /// Bytes of those that are compressed.
    pub packed: u64,
    /// Bytes of the others.
    pub plain: u64,
}

/// What has been read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Stored bytes.
    pub bytes: u64,
    /// Events in them, kept or not.
    pub events: u64,
    /// Of these, events that were left out because only others are kept.
    pub left_out: u64,
    /// Rows that are held, and the memory that they take.
    pub rows: u64,
    /// See `rows`.
    pub memory: u64,
}

/// What a load comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Events in it.
    pub events: u64,
    /// Bytes of memory that their rows and its files take, with room for the questions that are asked of them.
    pub memory: u64,
}

impl Stored {
    /// Adds a file.
    pub fn add(&mut self, name: &str, size: u64) {
        self.files += 1;
        let sum = if is_packed(name) { &mut self.packed } else { &mut self.plain };
        *sum = sum.saturating_add(size);
    }

    /// Takes a file away that was added.
    pub fn remove(&mut self, name: &str, size: u64) {
        self.files = self.files.saturating_sub(1);
        let sum = if is_packed(name) { &mut self.packed } else { &mut self.plain };
        *sum = sum.saturating_sub(size);
    }

    /// All bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.packed.saturating_add(self.plain)
    }

    /// What it all comes to, if as large a share of its events is kept as of those read.
    #[must_use]
    pub fn estimate(&self, learned: Learned) -> Estimate {
        let by_size = self.packed / PACKED_EVENT + self.plain / PLAIN_EVENT;
        let is_enough = learned.events >= ENOUGH_EVENTS && learned.bytes > 0;
        let by_learning = || scaled(learned.events, self.bytes(), learned.bytes);
        let events = if is_enough { by_learning() } else { by_size };
        let row = if learned.rows >= ENOUGH_EVENTS { (learned.memory / learned.rows).clamp(LEAST_ROW, MOST_ROW) } else { ROW };
        let left_out = if is_enough { scaled(events, learned.left_out, learned.events) } else { 0 };
        let rows = (events - left_out.min(events)).saturating_mul(row + QUESTIONS);
        Estimate { events, memory: rows.saturating_add(left_out.saturating_mul(LEFT_OUT)).saturating_add(self.files.saturating_mul(FILE)) }
    }
}

impl Estimate {
    /// The part of it that `part` of `whole` stored bytes make.
    #[must_use]
    pub fn share(self, part: u64, whole: u64) -> Self {
        Self { events: scaled(self.events, part, whole), memory: scaled(self.memory, part, whole) }
    }
}

/// Bytes that the ledger takes if nobody says otherwise. A WebAssembly memory ends at 4 GiB; half of one is left for the holes that
/// growing columns leave, and for reports on their way in.
pub const MEMORY: u64 = 7 << 29;

/// Whether so many open files may be more than the browser can hold on a machine with so many bytes of memory; `None`: it does not say.
#[must_use]
pub fn is_crowd(files: u64, machine: Option<u64>) -> bool {
    files.saturating_mul(BROWSERS_FILE) > machine.unwrap_or(USUAL_MACHINE) / 2
}

/// What the browser takes for an open file, beside the page's own memory. Of 104,923 files Chromium 156 took 12.4 kB each when they were
/// chosen in a folder, 10.8 when it was dropped and 6 more while their handles are kept.
pub const BROWSERS_FILE: u64 = 12_000;

/// What is taken for a machine's memory where the browser does not tell it.
const USUAL_MACHINE: u64 = 8_000_000_000;

/// What an event's row takes beside its columns while questions are answered: orders of two columns, their making, bitmaps, lists.
pub const QUESTIONS: u64 = 32;

/// By its name, since nothing else is known of it yet: what is called otherwise and is compressed all the same costs more than was told,
/// until reading shows it.
fn is_packed(name: &str) -> bool {
    let ends = |end: &str| name.len() >= end.len() && name.as_bytes()[name.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes());
    ends(".gz") || ends(".zip")
}

fn scaled(number: u64, part: u64, whole: u64) -> u64 {
    (number as f64 * (part as f64 / whole.max(1) as f64)).round() as u64
}

/// Stored bytes of an event in a compressed log: 156 in files of 96 events, 131 in one large file. A third less is assumed, so that what is
/// packed better is asked about rather sooner than later. And in plain JSON: 1,360, or 1,812 with line breaks.
const PACKED_EVENT: u64 = 100;
const PLAIN_EVENT: u64 = 1200;
/// Bytes of an event's row in the table, and within what bounds a measured one is believed.
const ROW: u64 = 75;
const LEAST_ROW: u64 = 45;
const MOST_ROW: u64 = 1000;
/// What is kept of an event whose row is not: the key of its id, and its file.
const LEFT_OUT: u64 = 16;
/// What the ledger knows of a file, with its share of the judgement.
const FILE: u64 = 4000;
/// Fewer events than these say little of the others.
const ENOUGH_EVENTS: u64 = 20_000;
