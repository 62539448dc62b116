//! Every log that the digests list, each place once, and which given file is which log.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry as MapEntry;

use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::location::Location;
use crate::integrity::location::base_of;
use crate::integrity::location::standing;
use crate::integrity::pace::Pace;
use crate::integrity::pace::sorted;
use crate::integrity::sha256::Sha256;
use crate::trail::arrange::arrange;
use crate::trail::digest::LoggedFile;
use crate::trail::digest::Place;
use crate::trail::object_key::KeyKind;

/// One log by its place, with everything that lists it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) place: &'a Place,
    /// Those of proven digests first, then by the digests' order.
    pub(crate) listings: Vec<Listing<'a>>,
    /// The files taken for this log, the one at the right place first.
    pub(crate) files: Vec<(Location, &'a GivenFile)>,
}

/// One line of one digest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing<'a> {
    pub(crate) digest: usize,
    pub(crate) position: usize,
    pub(crate) proven: bool,
    pub(crate) logged: &'a LoggedFile,
    /// `None` where what is written is no SHA-256.
    pub(crate) hash: Option<Sha256>,
}

/// All entries, and the log files that none of them claims.
#[derive(Debug, Default)]
pub(crate) struct Listings<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
    pub(crate) unlisted: Vec<&'a GivenFile>,
    by_base: HashMap<&'a str, Named>,
    by_hash: HashMap<Sha256, usize>,
    /// Further entries of a content that another entry has too.
    more_of_hash: HashMap<Sha256, Vec<usize>>,
}

/// The entries of one name: one, as names end in 16 random characters, unless somebody made them up.
#[derive(Debug)]
struct Named {
    first: usize,
    more: Vec<usize>,
}

impl<'a> Listings<'a> {
    /// Collects the entries; no file is matched yet.
    pub(crate) async fn of(digests: &Digests<'a>, verdicts: &[DigestVerdict<'_>], pace: &Pace) -> Self {
        let total = digests.all.iter().map(|given| given.digest.log_files.len()).sum();
        let mut listings = Self { by_base: HashMap::with_capacity(total), by_hash: HashMap::with_capacity(total), ..Self::default() };
        // Proven digests first: no unproven one can push itself before what they list.
        for proven in [true, false] {
            for (digest, (given, verdict)) in digests.all.iter().zip(verdicts).enumerate() {
                if verdict.proof.is_some() == proven {
                    for (position, logged) in given.digest.log_files.iter().enumerate() {
                        pace.spend(DEAR).await;
                        listings.add(Listing { digest, position, proven, logged, hash: Sha256::parse(&logged.hash) });
                    }
                }
            }
        }
        listings
    }

    /// Gives every file its entry: by full key, else by base name; by content only where its name is listed nowhere.
    pub(crate) async fn match_files(&mut self, files: &[&'a GivenFile], pace: &Pace) {
        let mut nameless = Vec::new();
        for file in files {
            pace.spend(DEAR).await;
            match self.entry_by_name(file) {
                Some((index, standing)) => self.take(index, standing, file),
                // Digests are told by their content; whatever else has a listed content is that log, however it was read.
                None if self.has_content(file) && !matches!(file.facts.kind, FileKind::Digest(_)) => nameless.push(*file),
                None if is_log(file) => self.unlisted.push(file),
                None => {}
            }
        }
        for file in in_order(&nameless, pace).await {
            pace.spend(DEAR).await;
            if let Some(index) = self.entry_by_content(&file.facts.content.sha256) {
                self.take(index, Location::Renamed, file);
            }
        }
        for entry in &mut self.entries {
            if entry.files.len() > 1 {
                // Among those that stand alike the one that fits comes first; else the order of the files decides.
                let hashes: Vec<_> = entry.listings.iter().filter_map(|listing| listing.hash).collect();
                let fits = |file: &GivenFile| hashes.contains(&file.facts.content.sha256);
                arrange(&mut entry.files, |(a, one), (b, other)| (a, !fits(one), one.order()).cmp(&(b, !fits(other), other.order())));
            }
        }
        self.unlisted = in_order(&self.unlisted, pace).await;
    }

    /// The log that has this content, to say whose bytes a wrong file holds.
    pub(crate) fn with_hash(&self, hash: &Sha256) -> Option<&Entry<'a>> {
        self.by_hash.get(hash).and_then(|index| self.entries.get(*index))
    }

    fn add(&mut self, listing: Listing<'a>) {
        let place = &listing.logged.place;
        let named = self.by_base.get(unpacked(base_of(&place.key)));
        let known =
            named.into_iter().flat_map(Named::indexes).find(|index| self.entries.get(*index).is_some_and(|entry| entry.place == place));
        let index = known.unwrap_or_else(|| self.add_entry(place));
        if let Some(hash) = listing.hash {
            let first = *self.by_hash.entry(hash).or_insert(index);
            if first != index {
                self.more_of_hash.entry(hash).or_default().push(index);
            }
        }
        if let Some(entry) = self.entries.get_mut(index) {
            entry.listings.push(listing);
        }
    }

    fn add_entry(&mut self, place: &'a Place) -> usize {
        let index = self.entries.len();
        self.entries.push(Entry { place, listings: Vec::new(), files: Vec::new() });
        match self.by_base.entry(unpacked(base_of(&place.key))) {
            MapEntry::Vacant(vacant) => {
                vacant.insert(Named { first: index, more: Vec::new() });
            }
            MapEntry::Occupied(mut named) => named.get_mut().more.push(index),
        }
        index
    }

    /// The log of this name. A proven digest's comes first: an unproven one could list the same name elsewhere, with a changed content.
    fn entry_by_name(&self, file: &GivenFile) -> Option<(usize, Location)> {
        let hash = &file.facts.content.sha256;
        let named = self.by_base.get(file.base.as_str());
        let by_name = named.into_iter().flat_map(Named::indexes).filter_map(|index| {
            let entry = self.entries.get(index)?;
            Some((!entry.is_proven(), standing(file, entry.place), !entry.fits(hash), index))
        });
        by_name.min().map(|(_, standing, _, index)| (index, standing))
    }

    fn has_content(&self, file: &GivenFile) -> bool {
        file.facts.content.size > 0 && self.by_hash.contains_key(&file.facts.content.sha256)
    }

    /// Of several logs with one content, the one that no file was found for yet.
    fn entry_by_content(&self, hash: &Sha256) -> Option<usize> {
        let first = *self.by_hash.get(hash)?;
        let mut all = std::iter::once(first).chain(self.more_of_hash.get(hash).into_iter().flatten().copied());
        let is_free = |index: &usize| self.entries.get(*index).is_some_and(|entry| entry.files.is_empty());
        // So many that honest logs never reach it, few enough that a digest full of one hash costs nothing.
        Some(all.by_ref().take(4096).find(is_free).unwrap_or(first))
    }

    fn take(&mut self, index: usize, standing: Location, file: &'a GivenFile) {
        if let Some(entry) = self.entries.get_mut(index) {
            entry.files.push((standing, file));
        }
    }
}

impl Named {
    /// No more than sixteen: a digest that nobody signed could hold a million entries of one name.
    fn indexes(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.first).chain(self.more.iter().copied()).take(16)
    }
}

impl<'a> Entry<'a> {
    /// The line that counts for this content: a proven one that fits, else a proven one, else any.
    pub(crate) fn listing_for(&self, hash: Option<&Sha256>) -> Option<&Listing<'a>> {
        let fitting = |listing: &&Listing<'a>| listing.proven && hash.is_some() && listing.hash.as_ref() == hash;
        self.listings.iter().find(fitting).or_else(|| self.listings.first())
    }

    fn is_proven(&self) -> bool {
        self.listings.first().is_some_and(|listing| listing.proven)
    }

    fn fits(&self, hash: &Sha256) -> bool {
        self.listings.iter().any(|listing| listing.hash.as_ref() == Some(hash))
    }
}

/// Files in an order that does not depend on when they came.
async fn in_order<'a>(files: &[&'a GivenFile], pace: &Pace) -> Vec<&'a GivenFile> {
    let file = |at: &u32| usize::try_from(*at).ok().and_then(|at| files.get(at).copied());
    let order = sorted(files.len(), pace, &mut |one, other| file(one).map(GivenFile::order).cmp(&file(other).map(GivenFile::order))).await;
    order.iter().filter_map(file).collect()
}

/// What a file is, is told by its content; where that cannot be read, by its name.
fn is_log(file: &GivenFile) -> bool {
    match &file.facts.kind {
        FileKind::Log => !matches!(file.name.kind, KeyKind::Digest(_)) || file.facts.content.flaw.is_none(),
        FileKind::Other { .. } => matches!(file.name.kind, KeyKind::Log(_)),
        _ => false,
    }
}

/// A listed log, or a file that may be one, is looked up in the time of so many numbers.
const DEAR: usize = 200;
