//! The rules in force: the shipped ones, with an operator's files, looked at again every few minutes.
//!
//! A change that cannot be used changes nothing: the previous rules and suppressions stay in force, the log names file
//! and line, and `RulesInvalid` alarms for as long as it lasts. With nothing previous, what can be used is.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;
use trailhound_detect::describe::visible;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{Loaded, RuleFile, load};
use trailhound_detect::settle::Suppressions;
use trailhound_sigma::Level;

use crate::accounting::embedded;
use crate::aws::files;
use crate::settings::FileSource;

/// How long rules are taken for current.
const FRESH: Duration = Duration::from_mins(5);
/// How long listing and reading them may keep alerts waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rules in force, and where they come from.
pub struct RuleBook {
    /// To fetch files with.
    pub client: aws_sdk_s3::Client,
    /// Rules beside the shipped ones.
    pub rules: Option<FileSource>,
    /// Suppressions.
    pub suppressions: Option<FileSource>,
    /// Least level reported.
    pub min_level: Level,
    /// The dimension `Function`.
    pub function: String,
    page: Mutex<Option<Page>>,
}

/// What is in force.
struct Page {
    pipeline: Arc<Pipeline>,
    seen: Seen,
    checked: Instant,
    faults: Vec<String>,
}

/// What tells whether files changed: names and ETags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    rules: Vec<(String, String)>,
    suppressions: Vec<(String, String)>,
}

impl RuleBook {
    /// A book that was not opened yet; the first delivery opens it.
    pub fn new(
        client: aws_sdk_s3::Client,
        rules: Option<FileSource>,
        suppressions: Option<FileSource>,
        min_level: Level,
        function: String,
    ) -> Self {
        Self { client, rules, suppressions, min_level, function, page: Mutex::new(None) }
    }

    /// The pipeline with the rules in force now.
    pub async fn current(&self) -> Arc<Pipeline> {
        let mut page = self.page.lock().await;
        if let Some(page) = page.as_ref().filter(|page| page.checked.elapsed() < FRESH) {
            return Arc::clone(&page.pipeline);
        }
        let next = Box::pin(self.turn(page.as_ref())).await;
        if !next.faults.is_empty() {
            for fault in &next.faults {
                tracing::error!(fault = %visible(&fault.replace('\n', " ")), "rules or suppressions cannot be used");
            }
            println!(
                "{}",
                embedded(&[("Function", &self.function)], &[("RulesInvalid", "Count", 1)], Timestamp::now())
            );
        }
        Arc::clone(&page.insert(next).pipeline)
    }

    /// Why the latest rules and suppressions are not in force; empty when they are.
    pub async fn faults(&self) -> Vec<String> {
        self.page.lock().await.as_ref().map(|page| page.faults.clone()).unwrap_or_default()
    }

    async fn turn(&self, previous: Option<&Page>) -> Page {
        let mut faults = Vec::new();
        let until = Instant::now() + PATIENCE;
        let seen = Box::pin(self.look(until, &mut faults)).await;
        let keep = |page: &Page, faults| Page {
            pipeline: Arc::clone(&page.pipeline),
            seen: page.seen.clone(),
            checked: Instant::now(),
            faults,
        };
        if let Some(previous) = previous {
            // After a fault everything is read again, for it may have been the reading that failed.
            let unchanged = previous.faults.is_empty() && previous.seen == seen;
            if unchanged || !faults.is_empty() {
                return keep(previous, faults);
            }
        }
        let rules = self.read(self.rules.as_ref(), &seen.rules, until, &mut faults).await;
        let suppressions =
            self.read(self.suppressions.as_ref(), &seen.suppressions, until, &mut faults).await;
        let built = build(&rules, &suppressions, self.min_level, &mut faults);
        match previous {
            Some(previous) if !faults.is_empty() => keep(previous, faults),
            _ => Page { pipeline: Arc::new(built), seen, checked: Instant::now(), faults },
        }
    }

    /// Lists what is in S3; what is in the package never changes.
    async fn look(&self, until: Instant, faults: &mut Vec<String>) -> Seen {
        let list = async |source: Option<&FileSource>| match source {
            Some(FileSource::S3(place)) => {
                files::list(&self.client, place, until).await.map(|listing| listing.files)
            }
            _ => Ok(Vec::new()),
        };
        let (rules, suppressions) = tokio::join!(list(self.rules.as_ref()), list(self.suppressions.as_ref()));
        let mut files =
            |listed: Result<_, String>| listed.map_err(|fault| faults.push(fault)).unwrap_or_default();
        Seen { rules: files(rules), suppressions: files(suppressions) }
    }

    async fn read(
        &self,
        source: Option<&FileSource>,
        listed: &[(String, String)],
        until: Instant,
        faults: &mut Vec<String>,
    ) -> Vec<RuleFile> {
        let files = match source {
            None => return Vec::new(),
            Some(FileSource::S3(place)) => {
                let listing = files::Listing { files: listed.to_vec() };
                files::fetch(&self.client, &place.bucket, &listing, until).await
            }
            Some(FileSource::Path(path)) => {
                let mut files = Vec::new();
                bundled(path, &mut files)
                    .map(|()| files)
                    .map_err(|error| format!("{}: {error}", path.display()))
            }
        };
        match files {
            Ok(files) => files.into_iter().map(|(path, text)| RuleFile { path, text }).collect(),
            Err(fault) => {
                faults.push(fault);
                Vec::new()
            }
        }
    }
}

/// Reads the YAML files of the package at `path`, in name order.
fn bundled(path: &Path, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push((path.display().to_string(), std::fs::read_to_string(path)?));
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || files::is_yaml(&entry.to_string_lossy()) {
            bundled(&entry, files)?;
        }
    }
    Ok(())
}

/// Builds the pipeline from all that can be used, and says what cannot.
fn build(
    rules: &[RuleFile],
    suppressions: &[RuleFile],
    min_level: Level,
    faults: &mut Vec<String>,
) -> Pipeline {
    let loaded = load(rules);
    let bad: Vec<&str> = loaded
        .reports
        .iter()
        .filter(|report| report.outcome.is_err())
        .map(|report| report.path.as_str())
        .collect();
    faults.extend(loaded.errors().map(ToString::to_string));
    let rules = if bad.is_empty() {
        loaded.rules
    } else {
        let good: Vec<RuleFile> =
            rules.iter().filter(|file| !bad.contains(&file.path.as_str())).cloned().collect();
        let Loaded { rules, .. } = load(&good);
        rules
    };
    let mut keeping_back = Suppressions::default();
    match suppressions {
        [] => {}
        [file] => match Suppressions::load(&file.path, &file.text, &rules, Timestamp::now()) {
            Ok(read) => keeping_back = read,
            Err(wrong) => faults.push(wrong.to_string()),
        },
        files => faults.push(format!("suppressions are one file, and there are {}", files.len())),
    }
    for expired in &keeping_back.expired {
        tracing::warn!(suppression = expired.id, "a suppression has expired and does nothing");
    }
    Pipeline::new(Policy::new(Arc::new(rules)).suppressing(keeping_back).at_least(min_level))
}
