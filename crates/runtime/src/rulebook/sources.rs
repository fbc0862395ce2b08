//! Files of rules and of suppressions: in the function's package, where they never change, or in a cloud's folder.

use std::future::Future;
use std::path::{Path, PathBuf};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::time::{Instant, timeout_at};
use trailhound_detect::rules::{FileKind, RuleFile};

use trailhound_courier::ports::{Files, Listed};

/// Most files in a folder, and most bytes in all of them.
const MOST_FILES: usize = 2_000;
const MOST_BYTES: u64 = 16 << 20;
/// How many are fetched at the same time.
const AT_ONCE: usize = 32;

/// Where files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<Place> {
    /// In a cloud: a file, or all files below a folder.
    Cloud(Place),
    /// A file or folder in the function's package.
    Package(PathBuf),
}

impl<Place> Source<Place> {
    /// The same with another form of the place.
    pub fn map<Other>(self, of: impl FnOnce(Place) -> Other) -> Source<Other> {
        match self {
            Self::Cloud(place) => Source::Cloud(of(place)),
            Self::Package(path) => Source::Package(path),
        }
    }
}

/// What tells whether files changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) rules: Vec<Listed>,
    pub(super) suppressions: Vec<Listed>,
}

/// Lists what is in a cloud.
pub(super) async fn look<Place: Files>(
    rules: Option<&Source<Place>>,
    suppressions: Option<&Source<Place>>,
    until: Instant,
    faults: &mut Vec<String>,
) -> Seen {
    let list = async |source: Option<&Source<Place>>| match source {
        Some(Source::Cloud(place)) => {
            let listed = in_time(until, list(place)).await;
            listed.map_err(|why| format!("{} cannot be listed: {why}", place.place()))
        }
        _ => Ok(Vec::new()),
    };
    let (rules, suppressions) = tokio::join!(list(rules), list(suppressions));
    let mut files =
        |listed: Result<_, String>| listed.map_err(|fault| faults.push(fault)).unwrap_or_default();
    Seen { rules: files(rules), suppressions: files(suppressions) }
}

/// The files listed, or those of the package, in the order of their names: of two rules of a name the first is in
/// force.
pub(super) async fn read<Place: Files>(
    source: Option<&Source<Place>>,
    listed: &[Listed],
    until: Instant,
    faults: &mut Vec<String>,
) -> Vec<RuleFile> {
    let files = match source {
        None => return Vec::new(),
        Some(Source::Cloud(place)) => {
            let fetched = timeout_at(until, fetch(place, listed)).await;
            fetched.unwrap_or_else(|_| {
                Err(format!("files of {} cannot be read: no answer in time", place.place()))
            })
        }
        Some(Source::Package(path)) => {
            let mut files = Vec::new();
            let read = packaged(path, &mut files);
            read.map(|()| files).map_err(|error| format!("{} cannot be read: {error}", path.display()))
        }
    };
    files.map_err(|fault| faults.push(fault)).unwrap_or_default()
}

/// What is worked on, if it is there in time.
pub(super) async fn in_time<T>(
    until: Instant,
    work: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    timeout_at(until, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

/// Rules, and what their placeholders stand for; tests beside them are neither.
fn holds_rules(name: &str) -> bool {
    matches!(FileKind::of(name), Some(FileKind::Rules | FileKind::Placeholders))
}

async fn list(place: &impl Files) -> Result<Vec<Listed>, String> {
    let mut files = place.list().await?;
    files.retain(|file| holds_rules(&file.name));
    files.sort();
    if files.is_empty() {
        return Err("there is no .yml or .yaml file".to_owned());
    }
    if files.len() > MOST_FILES || files.iter().map(|file| file.size).sum::<u64>() > MOST_BYTES {
        return Err(format!("more than {MOST_FILES} files or {MOST_BYTES} bytes"));
    }
    Ok(files)
}

async fn fetch(place: &impl Files, listed: &[Listed]) -> Result<Vec<RuleFile>, String> {
    let names: Vec<String> = listed.iter().map(|file| file.name.clone()).collect();
    stream::iter(names).map(|name| fetch_one(place, name)).buffered(AT_ONCE).try_collect().await
}

async fn fetch_one(place: &impl Files, path: String) -> Result<RuleFile, String> {
    let bytes = place.read(&path).await.map_err(|why| format!("{path} cannot be read: {why}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{path} cannot be read: it is not UTF-8"))?;
    Ok(RuleFile { path, text })
}

/// Reads a file, or the rule files of a folder in name order.
fn packaged(path: &Path, files: &mut Vec<RuleFile>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(RuleFile { path: path.display().to_string(), text: std::fs::read_to_string(path)? });
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || holds_rules(&entry.to_string_lossy()) {
            packaged(&entry, files)?;
        }
    }
    Ok(())
}
