//! A rule to begin with, and the tests beside it: out of a record that somebody has, or the name of an operation.
//!
//! It asks for what was done and for nothing else; its author goes on from there. The tests are what the rule makes of
//! the record, of the same with another operation, of its refusal and of half of it, so they pass as they are written.

mod block;
mod cases;
mod seed;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use super::prover::record;
use crate::logs;
use crate::rules::{Loading, RuleFile, load_as};
use seed::name;
pub use seed::{Draft, NoDraft};

/// What a new rule is called, and how it is told.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Its name, which its files have too.
    pub name: String,
    /// Its title; the operation where nothing is said.
    pub title: Option<String>,
    /// Its UUID.
    pub id: String,
    /// Its level, by Sigma's word.
    pub level: String,
    /// The day it was written on, as `2026-11-20`.
    pub date: String,
}

/// A rule and its tests, as they are written to files.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The rule.
    pub rule: String,
    /// The tests.
    pub tests: String,
}

impl Draft {
    /// The rule and its tests, which load and pass as they stand.
    pub fn write(&self, naming: &Naming) -> Result<Drafted, NoDraft> {
        let rule = self.rule(naming);
        let file = RuleFile { path: format!("{}.yml", naming.name), text: rule.clone() };
        let loaded = load_as(&[file], Loading { shipped: false, ..Loading::default() });
        if let Some(wrong) = loaded.errors().next() {
            return Err(NoDraft::Faulty(wrong.to_string()));
        }
        let detection = loaded
            .rules
            .named(&naming.name)
            .ok_or_else(|| NoDraft::Faulty(format!("nothing reads {}", name(self.source))))?;
        let record = match &self.record {
            Some(record) => record.clone(),
            None => record(detection).map_err(NoDraft::Faulty)?,
        };
        let tests = cases::of(self, detection, &record)?;
        Ok(Drafted { rule, tests })
    }

    fn rule(&self, naming: &Naming) -> String {
        let quoted = block::scalar;
        let Naming { name, title, id, level, date } = naming;
        let done: Vec<&str> = self.told.iter().map(|(_, value)| value.as_str()).collect();
        let title = title.clone().unwrap_or_else(|| done.join(" "));
        let mut out = format!(
            "title: {}\nid: {id}\nname: {}\nstatus: experimental\ndescription: {}\ndate: {date}\nlogsource:\n",
            quoted(&title),
            quoted(name),
            quoted("Say what is done here, and what somebody who should not be there gets from it."),
        );
        let [product, category, service] = self.source.parts();
        for (key, part) in [("product", product), ("category", category), ("service", service)] {
            out.extend(part.map(|part| format!("  {key}: {}\n", quoted(part))));
        }
        out += "detection:\n  selection:\n";
        let last = self.told.len().saturating_sub(1);
        for (at, (field, value)) in self.told.iter().enumerate() {
            if at == last && logs::of(self.log).begun.by_end {
                let slash = if self.is_windows() { "\\" } else { "/" };
                let _ = writeln!(out, "    {field}|endswith: {}", quoted(&format!("{slash}{value}")));
            } else {
                let _ = writeln!(out, "    {field}: {}", quoted(value));
            }
        }
        out += "  condition: selection\nfalsepositives:\n";
        let _ = write!(out, "  - {}\nlevel: {}\n", quoted("Say who does this every day."), quoted(level));
        out
    }

    fn is_windows(&self) -> bool {
        self.source.product.is_none_or(|product| product == "windows")
    }
}
