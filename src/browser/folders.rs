//! Folders of a dropped tree that wait to be walked, and which of them comes next.

/// Folders with their paths.
pub struct Folders<F> {
    waiting: Vec<(String, F)>,
    /// Whether one with digests was wanted last.
    were_digests: bool,
}

impl<F> Default for Folders<F> {
    fn default() -> Self {
        Self { waiting: Vec::new(), were_digests: true }
    }
}

impl<F> Folders<F> {
    /// Adds one that was found.
    pub fn push(&mut self, path: String, folder: F) {
        self.waiting.push((path, folder));
    }

    /// The next one: deepest first, so that few wait; logs and digests in turns. A tree that happened to be walked digests first had no rows
    /// to show before thousands of them were opened, and one that was walked logs first no proofs before the end.
    pub fn pop(&mut self) -> Option<(String, F)> {
        self.were_digests = !self.were_digests;
        let wanted = self.waiting.iter().rposition(|(path, _)| is_of_digests(path) == self.were_digests);
        match wanted {
            Some(place) => Some(self.waiting.remove(place)),
            None => self.waiting.pop(),
        }
    }
}

/// As CloudTrail lays them out: `AWSLogs/ACCOUNT/CloudTrail-Digest/REGION/…`.
fn is_of_digests(path: &str) -> bool {
    path.split('/').any(|name| name == "CloudTrail-Digest")
}
