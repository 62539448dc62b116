//! The report as text, in the AWS CLI's sentences where it has one; and the exit code.
use crate::integrity::report::VerdictReport;

/// How much the text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// What is not proven, and the sums.
    #[default]
    Brief,
    /// Every file.
    Verbose,
}

impl VerdictReport {
    /// 0 all proven · 1 disproven, missing or planted · 3 something unproven or a gap · 2 no CloudTrail file at all.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        todo!()
    }

    /// What goes to standard output and what to standard error.
    #[must_use]
    pub fn text(&self, verbosity: Verbosity) -> (String, String) {
        let _ = verbosity;
        todo!()
    }
}
