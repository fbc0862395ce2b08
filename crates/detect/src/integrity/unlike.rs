//! The alert that a digest file and what lies in the bucket do not agree.

use jiff::Timestamp;

use super::{AlertBasis, about, rule};
use crate::digest;
use crate::facts::Scope;
use crate::matched::{Match, RuleInfo};

/// What about a digest file, or about what it names, is not as CloudTrail left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unlike {
    /// The digest file itself is none that CloudTrail signed, and why.
    Unsigned(&'static str),
    /// Log files hold something else than was delivered.
    Changed,
    /// Log files that were delivered are not there.
    Gone,
    /// The digest file before is another than was signed.
    OtherBefore,
    /// The digest file before is not there.
    NoneBefore,
}

/// A digest file and what of it does not hold.
#[derive(Clone, Copy, Debug)]
pub struct BrokenDigest<'d> {
    /// The digest file's address.
    pub digest: &'d str,
    /// What is not as it should be.
    pub unlike: Unlike,
    /// The addresses that it is about; at least one.
    pub uris: &'d [String],
    /// The end of the hour it is about, where that is known.
    pub end: Option<Timestamp>,
}

impl BrokenDigest<'_> {
    /// The alert about it. It rests on the bucket alone, so it is told whoever sent the notice.
    pub fn told(&self, scope: &Scope) -> Match {
        let Self { digest, unlike, uris, end } = self;
        let mut parts = vec![*digest, unlike.operation()];
        parts.extend(uris.iter().map(String::as_str));
        about(
            AlertBasis {
                event: digest::of_parts(&parts),
                uris,
                is_file: true,
                origin: digest,
                operation: unlike.operation(),
                time: *end,
                is_vouched: true,
            },
            scope,
            unlike.rule(),
        )
    }
}

impl Unlike {
    fn operation(self) -> &'static str {
        match self {
            Self::Unsigned(_) => "DigestForged",
            Self::Changed => "LogFilesChanged",
            Self::Gone => "LogFilesDeleted",
            Self::OtherBefore => "DigestReplaced",
            Self::NoneBefore => "DigestDeleted",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Unsigned(_) => "A digest file of the trail is not CloudTrail's",
            Self::Changed => "Log files are not what CloudTrail delivered",
            Self::Gone => "Log files that CloudTrail delivered are gone",
            Self::OtherBefore => "A digest file of the trail was replaced",
            Self::NoneBefore => "A digest file of the trail is gone",
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Unsigned(why) => {
                format!("a digest file of the trail is not CloudTrail's, {why}: {{target}}")
            }
            Self::Changed => {
                "what CloudTrail delivered and signed for was changed since: {target}".to_owned()
            }
            Self::Gone => {
                "what CloudTrail delivered and signed for is not there any more: {target}".to_owned()
            }
            Self::OtherBefore => {
                "a digest file is another than the next one, which CloudTrail signed, says: {target}"
                    .to_owned()
            }
            Self::NoneBefore => {
                "a digest file that the next one names, which CloudTrail signed, is gone: {target}".to_owned()
            }
        }
    }

    fn rule(self) -> RuleInfo {
        RuleInfo {
            id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e93".to_owned(),
            title: self.title().to_owned(),
            description: "CloudTrail signs, every hour, which log files it delivered and what they hold, and which \
                          digest file came before. What lies in the bucket is not that: somebody who may write to it \
                          changed, deleted or put something there."
                .to_owned(),
            why: "Whoever takes records out of the trail, or deletes them, hides what they told.".to_owned(),
            check: "Find out who wrote to or deleted from the bucket (its data events, its access log, the versions of \
                    the object), compare with the event history of the account, which nobody can change, and run `aws \
                    cloudtrail validate-logs` over the days around it."
                .to_owned(),
            sentence: self.sentence(),
            ..rule()
        }
    }
}

#[cfg(test)]
mod tests;
