//! Where records of a trail come from, and the alert that one such place has fallen silent.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AlertBasis, about};
use crate::digest;
use crate::facts::Scope;
use crate::matched::{Level, Match, RuleInfo};

/// The rule of such alerts.
const SILENT: &str = "source-silent";

/// Where records come from: a bucket, and of it one account in one region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrailSource {
    /// The bucket's address.
    pub place: String,
    /// The account: twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
}

impl TrailSource {
    /// The source of an object by its address: `s3://<bucket>/…/<account>/CloudTrail/<region>/…`.
    pub fn of(uri: &str) -> Option<Self> {
        let (place, key) = uri.strip_prefix("s3://")?.split_once('/')?;
        let mut parts = key.split('/');
        let mut account = None;
        loop {
            match parts.next()? {
                "CloudTrail" => break,
                part => account = Some(part),
            }
        }
        let account = account.filter(|part| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit()))?;
        let is_region = |part: &&str| {
            (4..=32).contains(&part.len())
                && part.contains('-')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let region = parts.next().filter(is_region)?;
        Some(Self { place: format!("s3://{place}"), account: account.to_owned(), region: region.to_owned() })
    }
}

/// A source from which nothing comes any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Which.
    pub source: TrailSource,
    /// When records came for the last time, to the hour.
    pub since: Timestamp,
    /// The longest that they were apart before.
    pub usual: SignedDuration,
}

impl Silence {
    /// The alert about it: one for each time that it falls silent.
    pub fn told(&self, scope: &Scope) -> Match {
        let Self { source: TrailSource { place, account, region }, since, .. } = self;
        let scope = Scope { account: account.clone(), region: Some(region.clone()), ..scope.clone() };
        let uris = [format!("{place}/{account}/{region}")];
        about(
            AlertBasis {
                event: digest::of_parts(&["silence", place, account, region, &since.to_string()]),
                uris: &uris,
                is_file: false,
                origin: &uris[0],
                operation: "SourceSilent",
                time: Some(*since),
                is_vouched: true,
            },
            &scope,
            self.rule(),
        )
    }

    fn rule(&self) -> RuleInfo {
        let Self { source: TrailSource { place, account, region }, since, usual } = self;
        let hours = usual.as_hours() + 1;
        let hours = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
        RuleInfo {
            id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e94".to_owned(),
            name: SILENT.to_owned(),
            title: "An account fell silent".to_owned(),
            description: "Records of an account and region that came to a bucket regularly do not come any more, while \
                          the function is alive. A trail that was stopped, deleted or led elsewhere looks like this, \
                          and so does an account that nobody works in any more."
                .to_owned(),
            why: "Whoever stops a trail is not recorded from then on.".to_owned(),
            check: "See whether the trail logs and where to (GetTrailStatus, DescribeTrails), who called StopLogging, \
                    DeleteTrail, UpdateTrail or PutEventSelectors last, and whether the bucket still takes its objects."
                .to_owned(),
            sentence: format!(
                "account {account} fell silent in {region}: nothing has come from it to {place} since {}, where something \
                 came within {hours} before",
                since.strftime("%Y-%m-%d %H:%MZ")
            ),
            level: Level::Medium,
            family: SILENT.to_owned(),
            ..super::rule()
        }
    }
}

#[cfg(test)]
mod tests;
