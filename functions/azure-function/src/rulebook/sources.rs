//! Where rules and suppressions come from, and a pipeline made of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use azure_core::http::headers::HeaderName;
use azure_core::http::{Method, Request, Url};
use jiff::Timestamp;
use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{FileKind, RuleFile, load};
use trailhound_detect::settle::Suppressions;

use crate::azure::{Azure, Service};
use crate::settings::{Location, Settings};
use crate::table::SCOPE;

/// How long reading a blob may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Rules or suppressions cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The file or blob cannot be read.
    #[error("{place} cannot be read: {detail}")]
    Unreadable {
        /// Which.
        place: String,
        /// Why.
        detail: String,
    },
    /// Its content is wrong.
    #[error("refused: {0}")]
    Wrong(String),
}

/// Rules, suppressions and the least level, as set.
pub struct Sources {
    rules: Option<Location>,
    suppressions: Option<Location>,
    min_level: Level,
    blobs: Service,
}

impl Sources {
    /// As the settings say.
    pub fn new(settings: &Settings, azure: &Azure) -> Self {
        Self {
            rules: settings.rules.clone(),
            suppressions: settings.suppressions.clone(),
            min_level: settings.min_level,
            blobs: azure.service(SCOPE),
        }
    }

    /// Is anything to be fetched?
    pub(super) fn has_blobs(&self) -> bool {
        [&self.rules, &self.suppressions].into_iter().any(|place| matches!(place, Some(Location::Blob(_))))
    }

    /// Blobs change, and suppressions expire.
    pub(super) fn can_change(&self) -> bool {
        self.has_blobs() || self.suppressions.is_some()
    }

    /// The shipped rules alone.
    pub(super) fn shipped(&self) -> Pipeline {
        Pipeline::new(Policy::new(Arc::new(load(&[]).rules)).at_least(self.min_level))
    }

    /// Everything read and compiled, or all that is wrong with it.
    pub(super) async fn load(&self) -> Result<Pipeline, SourceError> {
        let files = self.read(self.rules.as_ref()).await?;
        let suppressions = self.read(self.suppressions.as_ref()).await?;
        let loaded = load(&files);
        let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
        if !wrong.is_empty() {
            return Err(SourceError::Wrong(wrong.join("; ")));
        }
        let mut policy = Policy::new(Arc::new(loaded.rules)).at_least(self.min_level);
        if let Some(file) = suppressions.first() {
            let suppressions = Suppressions::load(&file.path, &file.text, &policy.rules, Timestamp::now())
                .map_err(|wrong| SourceError::Wrong(wrong.to_string()))?;
            policy = policy.suppressing(suppressions);
        }
        Ok(Pipeline::new(policy))
    }

    async fn read(&self, place: Option<&Location>) -> Result<Vec<RuleFile>, SourceError> {
        match place {
            None => Ok(Vec::new()),
            Some(Location::Path(path)) => read_path(path).map_err(|error| SourceError::Unreadable {
                place: path.display().to_string(),
                detail: error.to_string(),
            }),
            Some(Location::Blob(url)) => {
                let text = self
                    .fetch(url)
                    .await
                    .map_err(|detail| SourceError::Unreadable { place: url.to_string(), detail })?;
                Ok(vec![RuleFile { path: url.to_string(), text }])
            }
        }
    }

    async fn fetch(&self, url: &Url) -> Result<String, String> {
        let mut request = Request::new(url.clone(), Method::Get);
        request.insert_header(HeaderName::from_static("x-ms-version"), "2021-12-02");
        let reply = self.blobs.send(&mut request, ATTEMPT).await.map_err(|error| error.to_string())?;
        match reply.status {
            200 => String::from_utf8(reply.body).map_err(|_| "it is not UTF-8".to_owned()),
            401 | 403 => {
                Err(format!("{}; grant the function's identity 'Storage Blob Data Reader'", reply.error()))
            }
            _ => Err(reply.error()),
        }
    }
}

/// A file, or the rule files of a folder in the order of their names.
fn read_path(path: &Path) -> std::io::Result<Vec<RuleFile>> {
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path)?;
        Ok(RuleFile { path: path.display().to_string(), text })
    };
    if !path.is_dir() {
        return Ok(vec![read(path)?]);
    }
    let mut paths = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if FileKind::of(&path.to_string_lossy()) == Some(FileKind::Rules) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}
