//! Questions at a terminal, for what was not said.

#[cfg(test)]
mod tests;

use std::io::{BufRead, Write};
use std::path::Path;

use anyhow::bail;
use trailhound_detect::event::FieldMaps;
use trailhound_detect::matched::Level;
use trailhound_detect::proving::{Draft, Naming};

use super::sample::of_sample;

/// Who is asked, and who hears.
pub(super) struct Asking<In, Out> {
    pub(super) from: In,
    pub(super) to: Out,
}

impl<In: BufRead, Out: Write> Asking<In, Out> {
    /// What the rule is about, until it is understood.
    pub(super) fn what(&mut self, log: Option<&str>) -> anyhow::Result<Draft> {
        loop {
            let event =
                self.ask("A file with a record of it, or the operation, as ssm:StartSession", None)?;
            if Path::new(&event).is_file() {
                match of_sample(Path::new(&event), None) {
                    Ok(draft) => return Ok(draft),
                    Err(wrong) => writeln!(self.to, "{wrong:#}")?,
                }
                continue;
            }
            let log = if let Some(log) = log {
                log.to_owned()
            } else {
                writeln!(self.to, "Logs: {}", FieldMaps::known())?;
                self.ask("Its log", Some("aws/cloudtrail"))?
            };
            match Draft::of_event(&log, &event) {
                Ok(draft) => return Ok(draft),
                Err(wrong) => writeln!(self.to, "{wrong}")?,
            }
        }
    }

    /// What it is called.
    pub(super) fn naming(&mut self, suggested: Naming) -> anyhow::Result<Naming> {
        let name = loop {
            let name = self.ask("Name", Some(&suggested.name))?;
            if name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
                break name;
            }
            writeln!(self.to, "write letters, digits, - and _")?;
        };
        let title = self.ask("Title", Some(suggested.title.as_deref().unwrap_or("what was done")))?;
        let title = if title == "what was done" { suggested.title.clone() } else { Some(title) };
        let level = loop {
            let level = self.ask("Level", Some(&suggested.level))?;
            match level.parse::<Level>() {
                Ok(level) => break level.as_str().to_owned(),
                Err(wrong) => writeln!(self.to, "{wrong}")?,
            }
        };
        Ok(Naming { name, title, level, ..suggested })
    }

    /// An answer, or what is taken where none is given.
    fn ask(&mut self, question: &str, default: Option<&str>) -> anyhow::Result<String> {
        loop {
            let taken = default.map_or_else(String::new, |default| format!(" [{default}]"));
            write!(self.to, "{question}{taken}: ")?;
            self.to.flush()?;
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                bail!("no answer; nothing is written");
            }
            let answer = line.trim();
            match default {
                Some(default) if answer.is_empty() => return Ok(default.to_owned()),
                _ if answer.is_empty() => {}
                _ => return Ok(answer.to_owned()),
            }
        }
    }
}
