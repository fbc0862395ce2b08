//! Settings, checked as a whole before anything starts: everything that is wrong is named in one message.
//!
//! A variable that is set to nothing counts as not set, which is how Terraform writes an absent value.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tracing_subscriber::filter::{LevelFilter, Targets};
use trailhound_detect::describe::is_rule_pages;
use trailhound_detect::matched::Level;

use crate::rulebook::{ContextSources, Source};

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings are wrong: {}", .0.join("; "))]
pub struct WrongSettings(pub Vec<String>);

/// Reads variables and collects what is wrong with them.
pub struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<String>,
}

impl<'a> Reader<'a> {
    /// `lookup` looks a variable up.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, wrong: Vec::new() }
    }

    /// A variable as it stands.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A variable that may be left out.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.text(name)?;
        read(&value).map_err(|fault| self.wrong.push(format!("{name}: {fault}"))).ok()
    }

    /// A variable that must be there; `why` tells what for.
    pub fn required<T>(
        &mut self,
        name: &str,
        why: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.text(name).is_none() {
            self.missing(name, why);
        }
        self.optional(name, read)
    }

    /// Says that a variable is missing.
    pub fn missing(&mut self, name: &str, why: &str) {
        self.wrong.push(format!("{name}: is not set; {why}"));
    }

    /// A place of rules or suppressions: an address of the cloud's, or a path in the function's package.
    pub fn source<Place>(
        &mut self,
        name: &str,
        address: impl FnOnce(&str) -> Result<Place, String>,
    ) -> Option<Source<Place>> {
        self.optional(name, |place| {
            if place.contains("://") {
                return address(place).map(Source::Cloud);
            }
            let path = PathBuf::from(place);
            if path.exists() {
                Ok(Source::Package(path))
            } else {
                Err(format!("'{place}' is neither an address nor a file or folder of the package"))
            }
        })
    }

    /// What is known beside the logs, by the names of variables for databases, inventories and indicators.
    pub fn context<Place>(
        &mut self,
        names: [&str; 3],
        address: impl Fn(&str) -> Result<Place, String>,
    ) -> ContextSources<Place> {
        let [geo, inventory, indicators] = names.map(|name| self.source(name, &address));
        ContextSources { geo, inventory, indicators }
    }

    /// `TRAILHOUND_MIN_LEVEL`: matches below it are counted as suppressed.
    pub fn min_level(&mut self) -> Level {
        let read = |word: &str| {
            let known = "the levels are informational, low, medium, high and critical";
            word.parse().map_err(|_| format!("'{word}' is no level; {known}"))
        };
        self.optional("TRAILHOUND_MIN_LEVEL", read).unwrap_or_default()
    }

    /// `TRAILHOUND_ALLOWED_ACCOUNTS`: whose records are told, in lower case.
    pub fn accounts(&mut self) -> Option<BTreeSet<String>> {
        let read = |list: &str| {
            let names =
                list.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
            let (good, bad): (BTreeSet<String>, BTreeSet<String>) = names.partition(|name| is_account(name));
            if bad.is_empty() {
                Ok(good)
            } else {
                Err(format!("no account, subscription or tenant: {bad:?}"))
            }
        };
        self.optional("TRAILHOUND_ALLOWED_ACCOUNTS", read)
    }

    /// `TRAILHOUND_RULE_PAGES`: what the addresses of rules' pages begin with.
    pub fn rule_pages(&mut self) -> Option<String> {
        let read = |base: &str| {
            let wrong = || {
                format!(
                    "'{base}' is no https:// address; a rule's name is put behind it, as behind https://…/detections.md#"
                )
            };
            is_rule_pages(base).then(|| base.to_owned()).ok_or_else(wrong)
        };
        self.optional("TRAILHOUND_RULE_PAGES", read)
    }

    /// `RUST_LOG`.
    pub fn log(&mut self) -> Targets {
        let read = |filter: &str| filter.parse().map_err(|error| format!("'{filter}': {error}"));
        self.optional("RUST_LOG", read).unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))
    }

    /// The settings, if nothing is wrong; `None` only where something was.
    pub fn finish<Settings>(self, settings: Option<Settings>) -> Result<Settings, WrongSettings> {
        settings.filter(|_| self.wrong.is_empty()).ok_or(WrongSettings(self.wrong))
    }
}

/// Twelve digits, or a GUID.
fn is_account(name: &str) -> bool {
    let groups: Vec<usize> = name.split('-').map(str::len).collect();
    let is_hex = name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_number = name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit());
    is_number || (is_hex && groups == [8, 4, 4, 4, 12])
}
