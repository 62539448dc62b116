//! Folders of a dropped tree that wait to be walked, and which of them comes next.

/// Folders with their paths.
pub struct Folders<F> {
    logs: Vec<(String, F)>,
    digests: Vec<(String, F)>,
    is_digests_turn: bool,
}

impl<F> Default for Folders<F> {
    fn default() -> Self {
        Self { logs: Vec::new(), digests: Vec::new(), is_digests_turn: false }
    }
}

impl<F> Folders<F> {
    /// Adds one that was found.
    pub fn push(&mut self, path: String, folder: F) {
        let alike = if is_of_digests(&path) { &mut self.digests } else { &mut self.logs };
        alike.push((path, folder));
    }

    /// The next one: deepest first, so that few wait; logs and digests in turns. A tree that happened to be walked digests first had no rows
    /// to show before thousands of them were opened, and one that is walked logs first has no proofs before the end.
    pub fn pop(&mut self) -> Option<(String, F)> {
        let (first, second) = if self.is_digests_turn { (&mut self.digests, &mut self.logs) } else { (&mut self.logs, &mut self.digests) };
        self.is_digests_turn = !self.is_digests_turn;
        first.pop().or_else(|| second.pop())
    }
}

/// As CloudTrail lays them out: `AWSLogs/ACCOUNT/CloudTrail-Digest/REGION/…`.
fn is_of_digests(path: &str) -> bool {
    path.split('/').any(|name| name == "CloudTrail-Digest")
}
