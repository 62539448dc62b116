//! How many of the events that were read are held as rows, in words that go wherever rows or their counts go.

use crate::export::about;
use crate::query::inquiry::Inquiry;
use crate::query::keep::Keep;

/// What became of the events that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Held as rows.
    pub rows: u64,
    /// Read and judged with their files, and left out because only others were wanted.
    pub left_out: u64,
    /// Read and judged with their files, and not taken in for lack of memory.
    pub not_taken: u64,
    /// Which were wanted, in [`words`]; empty: all.
    pub kept: String,
}

impl Held {
    /// Whether every event that was read is held.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.left_out == 0 && self.not_taken == 0
    }

    /// All events that were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.rows.saturating_add(self.left_out).saturating_add(self.not_taken)
    }

    /// Whole sentences; `None` where every event is held. Numbers are written by `count`.
    #[must_use]
    pub fn sentences(&self, count: fn(u64) -> String) -> Option<String> {
        if self.is_all() {
            return None;
        }
        let mut text = format!("{} of {} events that were read are held.", count(self.rows), count(self.read()));
        if self.left_out > 0 {
            text.push_str(&format!(
                " Kept: {}. {} others were read, judged with their files and left out.",
                self.kept,
                count(self.left_out)
            ));
        }
        if self.not_taken > 0 {
            text.push_str(&format!(
                " {} were read, judged with their files and not taken in: memory had run out. Whether these stand in several files was not looked for.",
                count(self.not_taken)
            ));
        }
        Some(text)
    }
}

/// `write events only`; `events with userName is "jane"; from … to before …`
#[must_use]
pub fn words(keep: &Keep) -> String {
    if keep.is_writes() {
        return "write events only (those that say readOnly: true are left out)".to_owned();
    }
    let inquiry = Inquiry { filter: keep.filter.clone(), range: keep.range, ..Inquiry::default() };
    format!("only events that match: {}", about::chosen(&inquiry).join("; "))
}

/// Adds the words of one more choice.
pub fn told(kept: &mut String, words: &str) {
    if !kept.contains(words) {
        kept.push_str(if kept.is_empty() { "" } else { "; of what came later " });
        kept.push_str(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::filter::Filter;

    #[test]
    fn what_is_not_held_is_said() {
        let plain: fn(u64) -> String = |number| number.to_string();
        assert_eq!(Held { rows: 5, ..Held::default() }.sentences(plain), None);
        let writes = Held { rows: 5, left_out: 7, kept: words(&Keep::writes()), not_taken: 0 };
        let said = writes.sentences(plain).expect("something is left out");
        assert!(said.contains("5 of 12") && said.contains("write events only") && said.contains("7 others"), "{said}");
        let filtered = Keep { filter: Filter::parse("user:jane"), range: None };
        assert_eq!(words(&filtered), "only events that match: userName is \"jane\"");
        let cut = Held { rows: 1, not_taken: 2, ..Held::default() }.sentences(plain).expect("said");
        assert!(cut.contains("memory had run out. Whether these stand in several files was not looked for."), "{cut}");
        assert!(!said.contains("several files"), "of events that were left out that is known: {said}");
    }
}
