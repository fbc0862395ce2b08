//! The committed lists: operations with a verdict, a line each, and those of no interest, a line a service.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Context;

/// What an operation of interest does.
const CLASSES: [&str; 5] =
    ["interactive access", "code execution", "credentials", "reach", "identity changed"];

/// Both clouds, and what others try against them.
pub(super) struct Ground {
    pub(super) aws: List,
    pub(super) azure: List,
    pub(super) stratus: Vec<Technique>,
    /// What ATT&CK's analytics look at.
    pub(super) attack: Vec<Technique>,
}

/// Something that an emulation does.
pub(super) struct Technique {
    pub(super) name: String,
    pub(super) rule: Option<String>,
    pub(super) reason: Option<String>,
}

/// One cloud's operations.
#[derive(Default)]
pub(super) struct List {
    /// What its files say of themselves.
    pub(super) source: Vec<String>,
    pub(super) verdicts: Vec<Verdict>,
    /// Operations that do none of it, by service.
    pub(super) none: BTreeMap<String, BTreeSet<String>>,
    /// Lines that cannot be read.
    unread: Vec<String>,
}

/// An operation that does something to a machine or an identity.
pub(super) struct Verdict {
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) class: String,
    /// The rule that fires on it, or none.
    pub(super) rule: Option<String>,
    /// Why no rule does.
    pub(super) reason: Option<String>,
    /// What a record of it needs besides its name, as JSON.
    pub(super) record: Option<String>,
}

impl Ground {
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let list = |cloud: &str| -> anyhow::Result<List> {
            let text = |name: String| {
                fs::read_to_string(folder.join(&name)).with_context(|| format!("{}/{name}", folder.display()))
            };
            Ok(List::parse(&text(format!("{cloud}.tsv"))?, &text(format!("{cloud}-none.tsv"))?))
        };
        let told = |name: &str| fs::read_to_string(folder.join(name)).map(|text| techniques(&text));
        let (stratus, attack) = (told("stratus.tsv")?, told("attack.tsv")?);
        Ok(Self { aws: list("aws")?, azure: list("azure")?, stratus, attack })
    }

    /// What others name, with its verdict.
    pub(super) fn told(&self) -> impl Iterator<Item = &Technique> {
        self.stratus.iter().chain(&self.attack)
    }

    /// All that is wrong with the lists themselves.
    pub(super) fn faults(&self) -> Vec<String> {
        let lists = [("aws", &self.aws), ("azure", &self.azure)];
        let unsaid = self.told().filter(|row| row.rule.is_some() == row.reason.is_some());
        lists
            .iter()
            .flat_map(|(cloud, list)| list.faults(cloud))
            .chain(
                unsaid.map(|row| format!("{}: a verdict is a rule or a reason, and one of them", row.name)),
            )
            .collect()
    }
}

pub(super) fn techniques(text: &str) -> Vec<Technique> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let mut cells =
            line.split('\t').map(|cell| Some(cell.trim().to_owned()).filter(|cell| !cell.is_empty()));
        let mut cell = || cells.next().flatten();
        Technique { name: cell().unwrap_or_default(), rule: cell(), reason: cell() }
    })
    .collect()
}

impl List {
    pub(super) fn parse(verdicts: &str, none: &str) -> Self {
        let mut list = Self::default();
        for line in verdicts.lines() {
            if let Some(said) = line.strip_prefix('#') {
                list.source.push(said.trim().to_owned());
                continue;
            }
            let mut cells = line.split('\t').map(|cell| Some(cell.trim()).filter(|cell| !cell.is_empty()));
            let mut cell = || cells.next().flatten().map(str::to_owned);
            match (cell(), cell(), cell()) {
                (Some(service), Some(operation), Some(class)) => list.verdicts.push(Verdict {
                    service,
                    operation,
                    class,
                    rule: cell(),
                    reason: cell(),
                    record: cell(),
                }),
                _ => list.unread.push(line.to_owned()),
            }
        }
        for line in none.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once('\t') {
                Some((service, operations)) => {
                    let operations = operations.split(' ').map(str::to_owned);
                    list.none.entry(service.to_owned()).or_default().extend(operations);
                }
                None => list.unread.push(line.to_owned()),
            }
        }
        list
    }

    /// How many operations there are.
    pub(super) fn len(&self) -> usize {
        self.verdicts.len() + self.none.values().map(BTreeSet::len).sum::<usize>()
    }

    /// Is the operation listed, with a verdict or as one of no interest?
    pub(super) fn has(&self, service: &str, operation: &str) -> bool {
        self.none.get(service).is_some_and(|operations| operations.contains(operation))
            || self.verdicts.iter().any(|row| row.service == service && row.operation == operation)
    }

    fn faults(&self, cloud: &str) -> Vec<String> {
        let mut wrong: Vec<String> =
            self.unread.iter().map(|line| format!("{cloud}: cannot read '{line}'")).collect();
        let mut seen = BTreeSet::new();
        for row in &self.verdicts {
            let name = format!("{cloud}: {} {}", row.service, row.operation);
            if !CLASSES.contains(&row.class.as_str()) {
                wrong.push(format!("{name}: '{}' is no class", row.class));
            }
            if row.rule.is_some() == row.reason.is_some() {
                wrong.push(format!("{name}: a verdict is a rule or a reason, and one of them"));
            }
            if !seen.insert((row.service.to_lowercase(), row.operation.to_lowercase())) {
                wrong.push(format!("{name} is there twice"));
            }
            if self.none.get(&row.service).is_some_and(|operations| operations.contains(&row.operation)) {
                wrong.push(format!("{name} is of interest and of none"));
            }
        }
        wrong
    }
}
