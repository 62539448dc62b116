//! Whether a file lies where a digest says that it was put. A copy on disk often cannot tell, and that is no fault.

use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::trail::digest::Place;

/// How a file's present place compares with the place that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    /// The whole key fits.
    Same,
    /// What is known of the path fits, but it is not the whole key.
    Unknown,
    /// It lies elsewhere.
    Differs,
    /// Not even the name is the same.
    Renamed,
}

impl Location {
    /// Worth the remark `moved`.
    pub(crate) fn is_moved(self) -> bool {
        matches!(self, Self::Differs | Self::Renamed)
    }
}

/// Compares from the right, folder by folder; packed or unpacked is the same name.
pub(crate) fn standing(file: &GivenFile, place: &Place) -> Location {
    if file.base != unpacked(base_of(&place.key)) {
        return Location::Renamed;
    }
    if let Some(exact) = &file.facts.place {
        return if exact == place { Location::Same } else { Location::Differs };
    }
    if file.name.path.strip_suffix(place.key.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/')) {
        return Location::Same;
    }
    let (mut path, mut key) = (file.name.path.rsplit('/').skip(1), place.key.rsplit('/').skip(1));
    loop {
        return match (path.next(), key.next()) {
            (Some(here), Some(there)) if here == there => continue,
            (_, None) => Location::Same,
            (None, _) => Location::Unknown,
            // `backup/AWSLogs/…` may be a copy of `prefix/AWSLogs/…` into a folder of one's own: only what differs below counts.
            (Some(_), Some(_)) => match (file.name.from_aws_logs(), below_aws_logs(&place.key)) {
                (Some((_, here)), Some(there)) if unpacked(here) != unpacked(there) => Location::Differs,
                _ => Location::Unknown,
            },
        };
    }
}

/// The part before what both have in common, from and to: how the file was moved.
pub(crate) fn shift(file: &GivenFile, place: &Place) -> (String, String) {
    let (here, bucket) = match &file.facts.place {
        Some(exact) => (format!("s3://{}/{}", exact.bucket, exact.key), Some(&place.bucket)),
        None => (file.name.path.clone(), None),
    };
    let there = bucket.map_or_else(|| place.key.clone(), |bucket| format!("s3://{bucket}/{}", place.key));
    let common = here.rsplit('/').zip(there.rsplit('/')).take_while(|(a, b)| unpacked(a) == unpacked(b)).count();
    let before = |path: &str| path.rsplit('/').skip(common).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/");
    (before(&there), before(&here))
}

/// The last part of a key.
pub(crate) fn base_of(key: &str) -> &str {
    memchr::memrchr(b'/', key.as_bytes()).and_then(|at| key.get(at.saturating_add(1)..)).unwrap_or(key)
}

fn below_aws_logs(key: &str) -> Option<&str> {
    let at = if key.starts_with("AWSLogs/") { 0 } else { key.rfind("/AWSLogs/")?.saturating_add(1) };
    key.get(at..)
}
