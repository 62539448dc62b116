//! What is compared: a bucket, and where the two programs are known to say something else of it.

use std::fmt;

use super::bucket::Bucket;

/// One bucket.
pub struct Scene {
    pub name: &'static str,
    pub what: &'static str,
    pub make: fn() -> Bucket,
    pub known: &'static [Known],
}

/// A difference that is known: of what (the beginning of the row), what each says, and why.
pub struct Known {
    about: &'static str,
    aws: &'static str,
    ours: &'static str,
    pub why: &'static str,
}

impl Known {
    pub fn is_of(&self, about: &str, aws: &str, ours: &str) -> bool {
        let gave_up = self.aws == "gave up" && aws.starts_with("gave up: ");
        about.starts_with(self.about) && (aws == self.aws || gave_up) && ours == self.ours
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the AWS CLI `{}`, Trailseal `{}`", self.about, self.aws, self.ours)
    }
}

/// A difference, in one line.
pub const fn known(about: &'static str, aws: &'static str, ours: &'static str, why: &'static str) -> Known {
    Known { about, aws, ours, why }
}
