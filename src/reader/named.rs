//! What a name says that a file is, where its content does not say it.

use crate::integrity::evidence::FileKind;
use crate::integrity::lake::is_result_name;
use crate::integrity::lake::is_sign_name;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

/// A file at a log's or a digest's name is judged even when its content says nothing.
pub(super) fn by_name(source: &str, why: &str) -> Option<FileKind> {
    let key = ObjectKey::parse(source);
    match key.kind {
        KeyKind::Log(_) => Some(FileKind::Log),
        KeyKind::Digest(_) => Some(FileKind::Digest(Err(why.to_owned()))),
        KeyKind::Other if is_sign_name(key.base()) => Some(FileKind::LakeSign(Err(why.to_owned()))),
        KeyKind::Other if is_result_name(key.base()) => Some(FileKind::LakeResult),
        KeyKind::Other => None,
    }
}

/// Whether it is a file of a Lake query.
pub(super) fn is_lakes(kind: &FileKind) -> bool {
    matches!(kind, FileKind::LakeSign(_) | FileKind::LakeResult)
}
