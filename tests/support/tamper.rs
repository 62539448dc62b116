//! What may be done to a trail, by an attacker or by an honest copy.

use super::BUCKET;
use super::TestFile;
use super::Trail;
use super::forge;

impl Trail {
    pub fn file(&mut self, label: &str) -> &mut TestFile {
        self.files.iter_mut().find(|file| file.label == label).expect("the text has this label")
    }

    /// Changes the content and packs it again, as an attacker with write access would.
    pub fn edit(&mut self, label: &str, from: &str, to: &str) {
        let file = self.file(label);
        let content = String::from_utf8(file.content.clone()).expect("JSON");
        assert!(content.contains(from), "{label} holds {from}");
        file.content = content.replacen(from, to, 1).into_bytes();
        file.stored = forge::gzip(&file.content);
    }

    /// Flips one bit of a byte of the inflated content.
    pub fn flip(&mut self, label: &str, at: usize) {
        let file = self.file(label);
        let at = at % file.content.len();
        *file.content.get_mut(at).expect("inside") ^= 1;
        file.stored = forge::gzip(&file.content);
    }

    /// Flips one bit of a byte as stored.
    pub fn flip_stored(&mut self, label: &str, at: usize, bit: u8) {
        let stored = &mut self.file(label).stored;
        let at = at % stored.len();
        *stored.get_mut(at).expect("inside") ^= 1 << (bit % 8);
    }

    pub fn drop(&mut self, label: &str) {
        let before = self.files.len();
        self.files.retain(|file| file.label != label);
        assert!(self.files.len() < before, "{label} was there");
    }

    pub fn rename(&mut self, label: &str, path: &str) {
        self.file(label).path = path.to_owned();
    }

    /// Puts all files under a folder.
    pub fn under(&mut self, folder: &str) {
        self.files.iter_mut().for_each(|file| file.path = format!("{folder}/{}", file.path));
    }

    /// Leaves only base names, as a browser does for single files.
    pub fn flatten(&mut self) {
        for file in &mut self.files {
            file.path = file.path.rsplit('/').next().unwrap_or_default().to_owned();
        }
    }

    pub fn unpack(&mut self, label: &str) {
        let file = self.file(label);
        file.stored = file.content.clone();
    }

    pub fn recompress(&mut self, label: &str) {
        use std::io::Write as _;
        let file = self.file(label);
        let level = flate2::Compression::fast();
        let mut encoder = flate2::GzBuilder::new().mtime(99).filename("x").comment("y").extra("z").write(Vec::new(), level);
        encoder.write_all(&file.content).expect("memory takes every byte");
        file.stored = encoder.finish().expect("memory takes every byte");
    }

    pub fn append(&mut self, label: &str, bytes: &[u8]) {
        self.file(label).stored.extend_from_slice(bytes);
    }

    pub fn cut(&mut self, label: &str, bytes: usize) {
        let stored = &mut self.file(label).stored;
        stored.truncate(stored.len().saturating_sub(bytes));
    }

    /// Each gets the other's bytes.
    pub fn swap(&mut self, one: &str, other: &str) {
        let (a, b) = (self.file(one).clone(), self.file(other).clone());
        (self.file(one).stored, self.file(one).content) = (b.stored, b.content);
        (self.file(other).stored, self.file(other).content) = (a.stored, a.content);
    }

    pub fn copy(&mut self, label: &str, path: &str) {
        let copy = TestFile { path: path.to_owned(), label: format!("copy of {label}"), ..self.file(label).clone() };
        self.files.push(copy);
    }

    pub fn add(&mut self, path: &str, content: &[u8]) {
        let stored = forge::gzip(content);
        self.files.push(TestFile { label: path.to_owned(), path: path.to_owned(), content: content.to_vec(), stored });
    }

    /// A log that nobody listed, delivered at this time.
    pub fn plant(&mut self, time: i64, label: &str) {
        let key = forge::log_key(super::ACCOUNT, super::REGION, time, &format!("{label:x<16}"));
        self.labels.insert(key.clone(), label.to_owned());
        self.add(&key, &super::log_content(super::ACCOUNT, super::REGION, time, label));
    }

    pub fn path(&mut self, label: &str) -> String {
        self.file(label).path.clone()
    }

    /// Only files: the S3 metadata is lost, as in every plain download.
    pub fn forget_signatures(&mut self) {
        self.signatures.clear();
    }

    /// Leaves metadata only for these.
    pub fn keep_signatures(&mut self, labels: &[&str]) {
        let keys: Vec<_> = self.labels.iter().filter(|(_, label)| labels.contains(&label.as_str())).map(|(key, _)| key.clone()).collect();
        self.signatures.retain(|(key, _)| key.as_ref().is_some_and(|key| keys.contains(key)));
    }

    /// The object's own key, whatever the file is called now.
    pub fn key_of(&self, label: &str) -> String {
        self.labels.iter().find(|(_, known)| *known == label).map(|(key, _)| key.clone()).expect("the text has this label")
    }

    pub fn s3_url(&self, label: &str) -> String {
        format!("s3://{BUCKET}/{}", self.key_of(label))
    }
}
