//! All that is known so far: files, keys, signatures, and what checks came to. Arrives in any order, judged at any time.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::rc::Rc;

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::content::Content;
use crate::integrity::keys::KeyRing;
use crate::integrity::keys::PublicKey;
use crate::integrity::lake::LakeSign;
use crate::integrity::pack::Pack;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckOutcome;
use crate::integrity::signature::CheckResult;
use crate::integrity::signature::GivenSignature;
use crate::integrity::signature::SignatureCheck;
use crate::integrity::signature::SignedDigest;
use crate::trail::arrange::arrange;
use crate::trail::digest::DigestFile;
use crate::trail::digest::Place;
use crate::trail::ids::FileId;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::Timestamp;

/// What a file is, told by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A delivered log file: `{"Records":[…]}`.
    Log,
    /// A digest, or JSON that means to be one and what is wrong with it.
    Digest(Result<Box<DigestFile>, String>),
    /// `list-public-keys` output.
    KeyList,
    /// Signatures from S3 metadata.
    Signatures,
    /// The sign file of a CloudTrail Lake query, or JSON that means to be one and what is wrong with it.
    LakeSign(Result<Box<LakeSign>, String>),
    /// A result file of a CloudTrail Lake query.
    LakeResult,
    /// Events, but not as CloudTrail delivers them: a bare array, JSON lines, one record.
    EventSource,
    /// Nothing of CloudTrail's.
    Other {
        /// Why, in half a sentence.
        why: String,
    },
}

/// What reading a file brought to light.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The file.
    pub id: FileId,
    /// Path, or URL without its query.
    pub source: String,
    /// Bucket and key, where they are known for certain: read from a URL.
    pub place: Option<Place>,
    /// What it holds.
    pub content: Content,
    /// Hash of its bytes as they are stored: of query results only, where Lake signs those.
    pub stored_sha256: Option<Sha256>,
    /// What it is.
    pub kind: FileKind,
    /// How many events; `None` where not read.
    pub events: Option<u64>,
    /// Its oldest event.
    pub oldest_event: Option<Timestamp>,
    /// Its newest event.
    pub newest_event: Option<Timestamp>,
    /// The accounts (`recipientAccountId`) of its events; a few are enough.
    pub accounts: Vec<String>,
    /// The Regions (`awsRegion`) of its events; a few are enough.
    pub regions: Vec<String>,
}

/// Everything given so far.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// By their numbers. Shared with a judgement in the making: what is known then may grow meanwhile without being copied.
    files: Vec<Option<Rc<GivenFile>>>,
    /// Those that read as digests, so that looking for due checks need not walk through all files.
    digest_ids: Vec<FileId>,
    /// The files of Lake queries, for the same reason; and whatever else may be one.
    lake_ids: Vec<FileId>,
    pub(crate) ring: KeyRing,
    pub(crate) signatures: BTreeSet<GivenSignature>,
    /// Sorted, so that their order of arrival does not show.
    pub(crate) packs: Vec<Pack>,
    /// How much has come since checks were last looked for that may make more of them due: logs alone make none.
    news: usize,
    /// Whether there are signatures that name no object: they are tried where no other holds, so that outcomes bring more checks.
    has_nameless: bool,
    /// What was handed out to be checked, or has been.
    pub(crate) checks: HashMap<Rc<CheckSubject>, CheckState>,
    /// By their numbers those that have not come back.
    open: Vec<Option<(Rc<CheckSubject>, Rc<SignatureCheck>)>>,
    checks_open: usize,
}

/// A file with its name read once: judging is repeated while files arrive.
#[derive(Clone, Debug)]
pub(crate) struct GivenFile {
    pub(crate) facts: FileFacts,
    pub(crate) name: ObjectKey,
    /// Its base name without `.gz`: the same log packed or unpacked.
    pub(crate) base: String,
}

/// What a check is about. Not its id: ids are short, and whoever writes a digest could make two of them meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CheckSubject {
    pub(crate) about: About,
    /// Of the digest; of the whole string that was signed, where it is about a link.
    pub(crate) content: Sha256,
    /// Lower case.
    pub(crate) signature: String,
    pub(crate) key: Vec<u8>,
}

/// What would be shown by a check that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum About {
    /// That this digest was signed: a proof of it.
    Digest,
    /// That these hashes of query results were signed by Lake: a proof of the sign file that lists them.
    LakeResult,
    /// That the content which a link states was signed for the place it names: never a proof of a file, only against one.
    Link,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CheckState {
    Open,
    Done(CheckResult),
    /// It holds, and that is a proof.
    Proven(Rc<SignedDigest>),
}

impl FileFacts {
    /// Facts of a file that only its content is known of.
    #[must_use]
    pub fn new(id: FileId, source: &str, content: Content, kind: FileKind) -> Self {
        Self {
            id,
            source: source.to_owned(),
            place: None,
            content,
            stored_sha256: None,
            kind,
            events: None,
            oldest_event: None,
            newest_event: None,
            accounts: Vec::new(),
            regions: Vec::new(),
        }
    }
}

impl Evidence {
    /// Takes a file that was read; the same id again replaces it.
    pub fn admit(&mut self, facts: FileFacts) {
        let name = ObjectKey::parse(facts.place.as_ref().map_or(facts.source.as_str(), |place| place.key.as_str()));
        let base = unpacked(name.base()).to_owned();
        let is_digest = matches!(facts.kind, FileKind::Digest(Ok(_)));
        let is_lake = matches!(facts.kind, FileKind::LakeSign(_) | FileKind::LakeResult) || facts.stored_sha256.is_some();
        self.news += mark(&mut self.digest_ids, facts.id, is_digest) + mark(&mut self.lake_ids, facts.id, is_lake);
        let at = facts.id.index();
        if self.files.len() <= at {
            self.files.resize(at.saturating_add(1), None);
        }
        if let Some(slot) = self.files.get_mut(at) {
            *slot = Some(Rc::new(GivenFile { facts, name, base }));
        }
    }

    /// The files, in the order of their numbers.
    pub(crate) fn files(&self) -> impl Iterator<Item = &GivenFile> {
        self.files.iter().flatten().map(Rc::as_ref)
    }

    /// The file of that number.
    pub(crate) fn file(&self, id: FileId) -> Option<&GivenFile> {
        self.files.get(id.index())?.as_deref()
    }

    /// One more than the greatest number of a file.
    pub(crate) fn past(&self) -> usize {
        self.files.len()
    }

    /// Forgets a file that was never read.
    pub fn withdraw(&mut self, id: FileId) {
        self.files.get_mut(id.index()).map(Option::take);
        while self.files.pop_if(|file| file.is_none()).is_some() {}
    }

    /// Takes keys.
    pub fn admit_keys(&mut self, keys: Vec<PublicKey>) {
        // A key may be that of all digests.
        self.news += if keys.is_empty() { 0 } else { self.digest_ids.len().max(1) };
        keys.into_iter().for_each(|key| self.ring.add(key));
    }

    /// Takes signatures from S3 metadata.
    pub fn admit_signatures(&mut self, signatures: Vec<GivenSignature>) {
        self.news += signatures.len();
        self.has_nameless |= signatures.iter().any(|signature| signature.place().is_none());
        self.signatures.extend(signatures);
    }

    /// Whether something has come since checks were last looked for.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.news > 0
    }

    /// Whether so much has come that looking for checks is worth the while: it goes through all digests, and done for each sheaf of files
    /// it took three seconds of reading 8,000 of them.
    #[must_use]
    pub fn has_much_news(&self) -> bool {
        self.news.saturating_mul(4) > self.digest_ids.len()
    }

    /// Whether something has come since checks were last looked for; asked once. Without a key there is nothing to check.
    pub(crate) fn checks_are_due(&mut self) -> bool {
        std::mem::take(&mut self.news) > 0 && self.ring.iter().next().is_some()
    }

    /// Notes checks as handed out, each with its number.
    pub(crate) fn hand_out(&mut self, due: Vec<(CheckSubject, SignatureCheck)>) -> Vec<SignatureCheck> {
        let mut jobs = Vec::with_capacity(due.len());
        for (subject, mut job) in due {
            job.id = u64::try_from(self.open.len()).unwrap_or(u64::MAX);
            let subject = Rc::new(subject);
            self.checks.insert(subject.clone(), CheckState::Open);
            self.open.push(Some((subject, Rc::new(job.clone()))));
            self.checks_open = self.checks_open.saturating_add(1);
            jobs.push(job);
        }
        jobs
    }

    /// Takes what checks came to; outcomes of unknown checks are ignored.
    pub fn settle(&mut self, outcomes: Vec<CheckOutcome>) {
        self.news += if self.has_nameless { outcomes.len() } else { 0 };
        for outcome in outcomes {
            let open = usize::try_from(outcome.id).ok().and_then(|id| self.open.get_mut(id));
            let Some((subject, job)) = open.and_then(Option::take) else { continue };
            self.checks_open = self.checks_open.saturating_sub(1);
            let proof = SignedDigest::from_check(&job, outcome).filter(|_| subject.about != About::Link);
            self.checks.insert(subject, proof.map_or(CheckState::Done(outcome.result), |proof| CheckState::Proven(Rc::new(proof))));
        }
    }

    /// How many checks were handed out and have not come back.
    #[must_use]
    pub fn checks_open(&self) -> usize {
        self.checks_open
    }

    /// The files of Lake queries, and whatever else may be one.
    pub(crate) fn lake_files(&self) -> impl Iterator<Item = &GivenFile> {
        self.lake_ids.iter().filter_map(|id| self.file(*id))
    }

    /// The sign files of Lake queries.
    pub(crate) fn lake_signs(&self) -> impl Iterator<Item = (&GivenFile, &LakeSign)> {
        self.lake_files().filter_map(|file| match &file.facts.kind {
            FileKind::LakeSign(Ok(sign)) => Some((file, &**sign)),
            _ => None,
        })
    }

    /// The files that read as digests, in an order that does not depend on when they came.
    pub(crate) fn digest_files(&self) -> Vec<&GivenFile> {
        let mut files: Vec<_> = self.digest_ids.iter().filter_map(|id| self.file(*id)).collect();
        arrange(&mut files, |a, b| a.order().cmp(&b.order()));
        files
    }
}

impl GivenFile {
    /// Places files in an order that does not depend on when they came. The id comes last: it only tells byte-identical files of
    /// one name apart.
    pub(crate) fn order(&self) -> (&Sha256, &str, Option<&Place>, u64, FileId) {
        let facts = &self.facts;
        (&facts.content.sha256, &facts.source, facts.place.as_ref(), facts.content.stored_size, facts.id)
    }
}

/// A name as it is once unpacked.
pub(crate) fn unpacked(base: &str) -> &str {
    base.strip_suffix(".gz").unwrap_or(base)
}

/// Keeps the numbers that are of a kind, sorted; how many of them are new or gone, or of another file.
fn mark(ids: &mut Vec<FileId>, id: FileId, is_of_kind: bool) -> usize {
    let place = ids.binary_search(&id);
    match place {
        Err(at) if is_of_kind => ids.insert(at, id),
        Ok(at) if !is_of_kind => drop(ids.remove(at)),
        _ => {}
    }
    usize::from(is_of_kind || place.is_ok())
}
