//! What an operator knows beside the logs: files as rules are, and looked at as often.
//!
//! Files are fetched where their listing changed alone, for a database has tens of megabytes. A change with anything wrong
//! changes nothing; with nothing before, what can be used is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use trailhound_courier::ports::{Files, Listed};
use trailhound_detect::context::{Context, ContextKind, Given};
use trailhound_detect::rules::RuleSet;

use super::sources::{Source, in_time};

/// How long listing may keep alerts waiting, and how long what changed may take to come.
const LISTING: Duration = Duration::from_secs(5);
const READING: Duration = Duration::from_secs(15);
/// Most bytes of databases, and of tables of one kind. All stay in memory, a database as it is; while one takes another's
/// place both do.
const MOST_OF_DATABASES: u64 = 128 << 20;
const MOST_OF_TABLES: u64 = 8 << 20;

/// Where what is known beside the logs comes from; nothing is looked up without.
#[derive(Clone, Debug)]
pub struct ContextSources<Place> {
    /// Databases of places and networks in MaxMind's format.
    pub geo: Option<Source<Place>>,
    /// Inventories.
    pub inventory: Option<Source<Place>>,
    /// Lists of indicators.
    pub indicators: Option<Source<Place>>,
}

impl<Place> Default for ContextSources<Place> {
    fn default() -> Self {
        Self { geo: None, inventory: None, indicators: None }
    }
}

impl<Place> ContextSources<Place> {
    /// The same with another form of the places.
    pub fn map<Other>(self, of: impl Fn(Place) -> Other) -> ContextSources<Other> {
        let [geo, inventory, indicators] =
            [self.geo, self.inventory, self.indicators].map(|source| source.map(|source| source.map(&of)));
        ContextSources { geo, inventory, indicators }
    }

    fn all(&self) -> [(ContextKind, Option<&Source<Place>>); 3] {
        [
            (ContextKind::Geo, self.geo.as_ref()),
            (ContextKind::Inventory, self.inventory.as_ref()),
            (ContextKind::Indicators, self.indicators.as_ref()),
        ]
    }
}

/// What is known, and what came of the latest look.
#[derive(Clone, Default)]
pub(super) struct Beside {
    context: Option<Arc<Context>>,
    /// The files as they were listed when they were read; nothing where reading failed.
    seen: Option<Shelves>,
    /// What is wrong with them.
    faults: Vec<String>,
    /// What could not be looked up.
    damage: Vec<String>,
}

impl Beside {
    pub(super) fn context(&self) -> Option<Arc<Context>> {
        self.context.clone()
    }

    pub(super) fn faults(&self) -> impl Iterator<Item = &String> {
        self.faults.iter().chain(&self.damage)
    }

    /// Does it know what the other does?
    pub(super) fn is_as(&self, other: &Self) -> bool {
        match (&self.context, &other.context) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// Says which rules ask for what no file answers.
    pub(super) fn tell_unanswered(&self, rules: &RuleSet) {
        let nothing = Context::default();
        let context = self.context.as_deref().unwrap_or(&nothing);
        let mut unanswered = BTreeSet::new();
        for detection in rules.detections().iter().filter(|detection| detection.extension.enabled) {
            let names = detection.facts_asked().into_iter();
            let names = names.filter(|name| context.unanswered(name).is_some());
            unanswered.extend(names.map(|name| (detection.info.name.clone(), name)));
        }
        for (rule, fact) in unanswered {
            tracing::warn!(rule, fact, "a rule asks for what no file answers that is known beside the logs");
        }
    }
}

/// Files that are listed, kind by kind.
type Shelves = [Vec<Listed>; 3];

/// A file that was read.
struct FileRead {
    kind: ContextKind,
    name: String,
    date: Option<Timestamp>,
    bytes: Vec<u8>,
}

/// Looks at the files, and goes on to what they hold if it can be used.
pub(super) async fn look<Place: Files>(from: &ContextSources<Place>, previous: Option<&Beside>) -> Beside {
    let sources = from.all();
    if sources.iter().all(|(_, source)| source.is_none()) {
        return Beside::default();
    }
    let known = previous.filter(|previous| previous.context.is_some());
    let damage =
        known.and_then(|known| known.context.as_ref()).map(|known| known.faults()).unwrap_or_default();
    let keep =
        |known: &Beside, seen, faults| Beside { seen, faults, damage: damage.clone(), ..known.clone() };
    let (listed, mut faults) = list_all(&sources).await;
    if let Some(previous) = previous {
        if faults.is_empty() && previous.seen.as_ref() == Some(&listed) {
            return keep(previous, previous.seen.clone(), previous.faults.clone());
        }
        if let Some(known) = known.filter(|_| !faults.is_empty()) {
            return keep(known, None, faults);
        }
    }
    let mut seen = faults.is_empty().then(|| listed.clone());
    let until = Instant::now() + READING;
    let files = timeout_at(until, read_all(&sources, &listed, &mut faults)).await.ok();
    if files.is_none() {
        faults.push("what is known beside the logs cannot be read: it did not come in time".to_owned());
    }
    // What could not be read may be read the next time; what is wrong stays wrong until it is another.
    seen = seen.filter(|_| faults.is_empty());
    let context = taken(files.unwrap_or_default(), &mut faults);
    match known {
        Some(known) if !faults.is_empty() => keep(known, seen, faults),
        _ => {
            for line in context.told() {
                tracing::info!(known = line, "known beside the logs");
            }
            let context = (!context.is_empty()).then(|| Arc::new(context));
            Beside { context, seen, faults, damage: Vec::new() }
        }
    }
}

/// All files that are listed in a cloud; those of a package never change.
async fn list_all<Place: Files>(sources: &[(ContextKind, Option<&Source<Place>>)]) -> (Shelves, Vec<String>) {
    let (mut all, mut faults) = (Shelves::default(), Vec::new());
    let until = Instant::now() + LISTING;
    for ((kind, source), shelf) in sources.iter().zip(&mut all) {
        let Some(Source::Cloud(place)) = source else { continue };
        match in_time(until, list(*kind, place)).await {
            Ok(listed) => *shelf = listed,
            Err(why) => faults.push(format!("{} cannot be listed: {why}", place.place())),
        }
    }
    (all, faults)
}

async fn list(kind: ContextKind, place: &impl Files) -> Result<Vec<Listed>, String> {
    let mut files = place.list().await?;
    files.retain(|file| kind.is_in(&file.name));
    files.sort();
    if files.is_empty() {
        return Err(format!("there is no {} file", kind.endings().join(" or ")));
    }
    within(kind, files.iter().map(|file| file.size).sum())?;
    Ok(files)
}

fn within(kind: ContextKind, bytes: u64) -> Result<(), String> {
    let most = if kind == ContextKind::Geo { MOST_OF_DATABASES } else { MOST_OF_TABLES };
    if bytes <= most {
        return Ok(());
    }
    Err(format!(
        "{} MiB, and {} MiB are held at most; name smaller files",
        bytes.div_ceil(1 << 20),
        most >> 20
    ))
}

async fn read_all<Place: Files>(
    sources: &[(ContextKind, Option<&Source<Place>>)],
    listed: &Shelves,
    faults: &mut Vec<String>,
) -> Vec<FileRead> {
    let mut files = Vec::new();
    for ((kind, source), shelf) in sources.iter().zip(listed) {
        match source {
            None => {}
            Some(Source::Package(path)) => {
                if let Err(why) = packaged(*kind, path, &mut files) {
                    faults.push(format!("{} cannot be read: {why}", path.display()));
                }
            }
            Some(Source::Cloud(place)) => {
                for file in shelf {
                    match place.read(&file.name).await {
                        Ok(bytes) => {
                            files.push(FileRead {
                                kind: *kind,
                                name: file.name.clone(),
                                date: file.written,
                                bytes,
                            });
                        }
                        Err(why) => faults.push(format!("{} cannot be read: {why}", file.name)),
                    }
                }
            }
        }
    }
    files
}

/// A file, or those of a folder in name order.
fn packaged(kind: ContextKind, path: &Path, files: &mut Vec<FileRead>) -> Result<(), String> {
    let in_words = |error: std::io::Error| error.to_string();
    let meta = fs::metadata(path).map_err(in_words)?;
    if meta.is_dir() {
        let entries = fs::read_dir(path).map_err(in_words)?;
        let mut entries: Vec<_> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(in_words)?;
        entries.sort();
        entries.retain(|entry| entry.is_dir() || kind.is_in(&entry.to_string_lossy()));
        return entries.iter().try_for_each(|entry| packaged(kind, entry, files));
    }
    within(kind, meta.len())?;
    let date = meta.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    let bytes = fs::read(path).map_err(in_words)?;
    files.push(FileRead { kind, name: path.display().to_string(), date, bytes });
    Ok(())
}

/// All that can be used; what cannot is told by name.
fn taken(files: Vec<FileRead>, faults: &mut Vec<String>) -> Context {
    let mut context = Context::default();
    for FileRead { kind, name, date, bytes } in files {
        let given = |bytes| Given { name: &name, date, bytes };
        let added = match kind {
            ContextKind::Geo => context.add_database(given(&[]), bytes),
            ContextKind::Inventory => context.add_inventory(given(&bytes)),
            ContextKind::Indicators => context.add_indicators(given(&bytes)),
        };
        faults.extend(added.err().map(|wrong| wrong.to_string()));
    }
    context
}
