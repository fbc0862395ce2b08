//! The files that an editor has open, and what is found in them.
//!
//! An edit checks the file itself with what it names, in files beside it and among the shipped rules, and nothing else. What is
//! saved is checked with everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use trailhound_detect::rules::{EMBEDDED, FileKind, Loading, RuleFile, load_as};

use crate::args::RuleChoice;
use crate::inputs;
use crate::rule_files;
use crate::rules::found::{Found, Remark};

/// Texts by path, with what each declares.
pub(super) struct Files {
    choice: RuleChoice,
    open: BTreeMap<String, Open>,
    /// How many files the last check read.
    read: usize,
}

struct Open {
    text: String,
    declares: Vec<String>,
}

impl Open {
    fn of(text: String) -> Self {
        let declares = declared(&text);
        Self { text, declares }
    }
}

impl Files {
    pub(super) fn new(choice: RuleChoice) -> Self {
        let mut files = Self { choice, open: BTreeMap::new(), read: 0 };
        files.open_folders(&files.choice.folders.clone());
        files
    }

    /// Reads all rule files below folders.
    pub(super) fn open_folders(&mut self, folders: &[PathBuf]) {
        for folder in folders.iter().filter(|folder| folder.exists()) {
            let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
            for file in inputs::walk(&folder).into_iter().filter_map(Result::ok) {
                self.read(&file.to_string_lossy());
            }
        }
    }

    /// Reads a file from the disk; one that is gone is closed.
    pub(super) fn read(&mut self, path: &str) {
        if FileKind::of(path).is_none() {
            return;
        }
        match inputs::read_file(Path::new(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) => self.write(path, text),
            None => drop(self.open.remove(path)),
        }
    }

    /// Takes a text as an editor has it.
    pub(super) fn write(&mut self, path: &str, text: String) {
        self.open.insert(path.to_owned(), Open::of(text));
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.open.get(path).map(|open| open.text.as_str())
    }

    /// All files, in name order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.open.iter().map(|(path, open)| (path.as_str(), open.text.as_str()))
    }

    /// Names of rules, those shipped included.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let own = self.open.values().flat_map(|open| &open.declares).map(String::as_str);
        own.chain(shipped().keys().map(String::as_str)).filter(|name| !is_id(name)).collect()
    }

    /// Where a rule is declared.
    pub(super) fn declares(&self, name: &str) -> Option<(&str, &str)> {
        let own = self.open.iter().find(|(_, open)| open.declares.iter().any(|own| own == name));
        own.map(|(path, open)| (path.as_str(), open.text.as_str()))
            .or_else(|| shipped().get(name).map(|at| (EMBEDDED[*at].path, EMBEDDED[*at].text)))
    }

    #[cfg(test)]
    pub(super) fn read_last(&self) -> usize {
        self.read
    }

    /// What is found in a file.
    pub(super) fn check(&mut self, path: &str) -> Vec<Remark> {
        if !self.open.contains_key(path) {
            return Vec::new();
        }
        if FileKind::of(path) == Some(FileKind::Tests) {
            return Vec::new();
        }
        let (files, beneath) = self.with_what_it_names(path);
        self.read = files.len() + beneath.len();
        let loading =
            Loading { among: Some(&beneath), placeholders: &self.placeholders(), ..Loading::default() };
        let loaded = load_as(&files, loading);
        Found::of(&loaded, &|found| found == path)
            .files
            .into_iter()
            .flat_map(|file| file.diagnostics)
            .collect()
    }

    /// What is found in all files together.
    pub(super) fn check_all(&mut self) -> BTreeMap<String, Vec<Remark>> {
        let is_rule = |path: &&String| FileKind::of(path) != Some(FileKind::Tests);
        let file = |(path, open): (&String, &Open)| RuleFile { path: path.clone(), text: open.text.clone() };
        let files: Vec<RuleFile> = self.open.iter().filter(|(path, _)| is_rule(path)).map(file).collect();
        self.read = files.len();
        let shipped = !self.choice.only_rules;
        let loaded =
            load_as(&files, Loading { shipped, placeholders: &self.placeholders(), ..Loading::default() });
        let found = Found::of(&loaded, &|path| self.open.contains_key(path));
        found.files.into_iter().map(|file| (file.path, file.diagnostics)).collect()
    }

    /// Placeholders that a file gives a meaning, and what stands there of it.
    pub(super) fn placeholder_names(&self) -> BTreeMap<String, String> {
        let is_said = |path: &&String| FileKind::of(path) == Some(FileKind::Placeholders);
        let beside = self.open.keys().filter(is_said).filter_map(|path| self.text(path).map(str::to_owned));
        let texts: Vec<String> =
            beside.chain(self.placeholders().into_iter().map(|file| file.text)).collect();
        let named = texts.iter().flat_map(|text| text.lines()).filter_map(|line| {
            let (name, meaning) = line.split_once(':')?;
            let is_name = !name.starts_with([' ', '#', '-', '\t']) && !name.is_empty();
            is_name.then(|| (name.trim().trim_matches(['"', '\'']).to_owned(), meaning.trim().to_owned()))
        });
        named.collect()
    }

    fn placeholders(&self) -> Vec<RuleFile> {
        rule_files::rule_files(&self.choice.placeholders).unwrap_or_default()
    }

    /// A file, those that say what placeholders stand for where it has some, and all that declare what it names, and what
    /// they name in turn; of the shipped ones their places.
    fn with_what_it_names(&self, path: &str) -> (Vec<RuleFile>, Vec<usize>) {
        let mut owners: HashMap<&str, Vec<&str>> = HashMap::new();
        for (path, open) in &self.open {
            open.declares.iter().for_each(|name| owners.entry(name).or_default().push(path));
        }
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        let mut beneath: BTreeSet<usize> = BTreeSet::new();
        let mut left: Vec<&str> = vec![path];
        while let Some(next) = left.pop() {
            let Some((path, open)) = self.open.get_key_value(next) else { continue };
            if !taken.insert(path) {
                continue;
            }
            for word in words(&open.text) {
                left.extend(owners.get(word).into_iter().flatten().copied());
                beneath.extend(shipped().get(word).copied().filter(|_| !self.choice.only_rules));
            }
        }
        if self.text(path).is_some_and(|text| text.contains("expand")) {
            let says = |path: &&String| FileKind::of(path) == Some(FileKind::Placeholders);
            taken.extend(self.open.keys().filter(says).map(String::as_str));
        }
        let mut more: Vec<usize> = beneath.iter().copied().collect();
        while let Some(at) = more.pop() {
            let named = words(EMBEDDED[at].text).filter_map(|word| shipped().get(word).copied());
            more.extend(named.filter(|at| beneath.insert(*at)).collect::<Vec<_>>());
        }
        let own = taken.into_iter().filter(|path| FileKind::of(path) != Some(FileKind::Tests));
        let own = own
            .filter_map(|path| Some(RuleFile { path: path.to_owned(), text: self.text(path)?.to_owned() }));
        (own.collect(), beneath.into_iter().collect())
    }
}

/// Which shipped file declares a name or an id.
fn shipped() -> &'static HashMap<String, usize> {
    static SHIPPED: OnceLock<HashMap<String, usize>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let files = EMBEDDED.iter().enumerate();
        files.flat_map(|(at, file)| declared(file.text).into_iter().map(move |name| (name, at))).collect()
    })
}

/// The names and ids that a text declares, whether or not the rest of it can be read.
fn declared(text: &str) -> Vec<String> {
    let own = |line: &str| {
        let value = line.strip_prefix("name:").or_else(|| line.strip_prefix("id:"))?;
        let value = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| if is_id(value) { value.to_lowercase() } else { value.to_owned() })
    };
    text.lines().filter_map(own).collect()
}

/// Is it a UUID?
fn is_id(word: &str) -> bool {
    word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4
}

/// All that may be a name in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).filter(|word| word.len() > 2)
}

#[cfg(test)]
mod tests;
