//! What is on this machine.

use std::collections::BTreeSet;

use trailhound_detect::remember::Entry;
use trailhound_detect::rules::Loaded;

use super::report::DoctorReport;
use crate::args::{Doctor, RuleChoice};
use crate::baseline::Store;
use crate::rule_files;
use crate::settings::{self, Settings};
use crate::words::counted;

pub(super) fn look(arguments: &Doctor, settings: &Settings, report: &mut DoctorReport) -> anyhow::Result<()> {
    report.fine("version", &version())?;
    look_at_settings(settings, report)?;
    let loaded = match rule_files::load_rules(&arguments.rules) {
        Ok(loaded) => loaded,
        Err(error) => {
            return report.wrong(
                "rules",
                &format!("{error:#}"),
                "--rules names folders or files of Sigma rules",
            );
        }
    };
    look_at_rules(&arguments.rules, &loaded, report)?;
    match &arguments.suppressions {
        None => {
            report.absent("suppressions", "none are named", "docs/suppressions.md tells how to write one")?;
        }
        Some(file) => match rule_files::load_suppressions(file, &loaded.rules) {
            Ok(found) => {
                let active = counted(found.active().len() as u64, "suppression", "suppressions");
                report.fine("suppressions", &format!("{active} in force in {}", file.display()))?;
                if !found.expired.is_empty() {
                    let ids: Vec<&str> = found.expired.iter().map(|entry| entry.id.as_str()).collect();
                    let says = format!("expired: {}", ids.join(", "));
                    report.wrong("suppressions", &says, "renew them with their owners, or take them out")?;
                }
            }
            Err(error) => {
                let remedy = "`trailhound suppressions check FILE` tells the same once it is mended";
                report.wrong("suppressions", &format!("{error:#}"), remedy)?;
            }
        },
    }
    look_at_baseline(arguments, report)
}

fn version() -> String {
    let clouds: Vec<&str> = [("aws", cfg!(feature = "aws")), ("azure", cfg!(feature = "azure"))]
        .into_iter()
        .filter_map(|(name, is_built)| is_built.then_some(name))
        .collect();
    let with =
        if clouds.is_empty() { "without a cloud".to_owned() } else { format!("with {}", clouds.join(", ")) };
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("trailhound {} for {system} on {processor}, built {with}", env!("CARGO_PKG_VERSION"))
}

fn look_at_settings(settings: &Settings, report: &mut DoctorReport) -> anyhow::Result<()> {
    for problem in &settings.wrong {
        report.wrong("settings", problem, "`trailhound --help` lists the settings")?;
    }
    let told = settings.told();
    match &settings.file {
        _ if !settings.wrong.is_empty() => Ok(()),
        Some(file) => report.fine("settings", &format!("{}\n{}", file.display(), told.join("\n"))),
        None if !told.is_empty() => report.fine("settings", &told.join("\n")),
        None => {
            let at =
                settings::usual_file().map_or_else(String::new, |file| format!("{} is read", file.display()));
            report.absent("settings", "neither a file nor a variable sets anything", &at)
        }
    }
}

fn look_at_rules(choice: &RuleChoice, loaded: &Loaded, report: &mut DoctorReport) -> anyhow::Result<()> {
    let enabled = loaded.rules.detections().iter().filter(|rule| rule.extension.enabled).count();
    let folders: Vec<String> = choice.folders.iter().map(|folder| folder.display().to_string()).collect();
    let from = match (folders.is_empty(), choice.only_rules) {
        (true, _) => "the shipped ones".to_owned(),
        (false, true) => format!("all from {}", folders.join(", ")),
        (false, false) => format!("the shipped ones and those of {}", folders.join(", ")),
    };
    report.fine("rules", &format!("{} load: {from}", counted(enabled as u64, "rule", "rules")))?;
    let errors = loaded.errors().count();
    if errors > 0 {
        let says = format!("{} not loaded", counted(errors as u64, "file is", "files are"));
        report.wrong(
            "rules",
            &says,
            "`trailhound rules check DIR` says what is wrong, with file, line and remedy",
        )?;
    }
    Ok(())
}

fn look_at_baseline(arguments: &Doctor, report: &mut DoctorReport) -> anyhow::Result<()> {
    let Some(path) = &arguments.baseline else {
        let remedy = "`trailhound baseline learn --to usual.baseline HISTORY` makes one";
        return report.absent("baseline", "none is named, so nothing counts as new", remedy);
    };
    match Store::File(path.clone()).entries() {
        Ok(entries) => {
            let accounts: BTreeSet<&str> = entries.iter().map(Entry::scope).collect();
            let accounts = counted(accounts.len() as u64, "account", "accounts");
            let entries = counted(entries.len() as u64, "entry", "entries");
            report.fine("baseline", &format!("{entries} of {accounts} in {}", path.display()))
        }
        Err(error) => {
            let remedy = "`trailhound baseline learn --to FILE HISTORY` makes a new one";
            report.wrong("baseline", &format!("{error:#}"), remedy)
        }
    }
}
