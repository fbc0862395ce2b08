//! The suppression file, and everything it must not say.

use std::collections::HashSet;

use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::yaml::{self, Yaml};
use trailhound_sigma::{Diagnostics, Level, Report};

use super::suppress::{FACTS, Fact, Suppression, SuppressionAction, Suppressions, Test};
use super::values::tests;
use super::who::name_someone;
use super::window::TimeWindow;
use crate::rules::{RuleSet, duration, unknown_key};

const ENTRY_KEYS: [&str; 13] = [
    "id",
    "rules",
    "when",
    "unless",
    "action",
    "to",
    "tags",
    "reason",
    "owner",
    "ticket",
    "expires",
    "allow_high",
    "time_window",
];

/// Facts that `unless: {first_seen: […]}` may list.
const FIRST_SEEN: [&str; 9] =
    ["actor-action", "target", "network", "country", "client", "region", "app", "document", "account"];

impl Suppressions {
    /// Reads a file. Everything wrong is told at once, and a file with anything wrong is refused whole.
    pub fn load(file: &str, text: &str, rules: &RuleSet, now: Timestamp) -> Result<Self, Diagnostics> {
        let mut report = Report::new(file);
        let documents = yaml::parse(file, text)?;
        let mut loaded = Self::default();
        let mut ids = HashSet::new();
        for document in &documents {
            let Some(entries) = document.expect_map(&mut report) else { continue };
            for (key, _) in entries {
                let name = key.text().unwrap_or_default();
                if !matches!(name, "version" | "suppressions") {
                    unknown_key(key, name, &["version", "suppressions"], &mut report);
                }
            }
            match document.get("version") {
                Some(version) if version.as_i64() == Some(1) => {}
                Some(version) => {
                    report.error(version, "not a version this trailhound reads").help("write `version: 1`");
                }
                None => {
                    report
                        .error(document, "the file does not say its version")
                        .help("begin it with `version: 1`");
                }
            }
            let list = document.get("suppressions").and_then(|list| list.expect_seq(&mut report));
            for node in list.unwrap_or_default() {
                let Some(entry) = EntryNode { node, rules, now }.read(&mut report) else { continue };
                if !ids.insert(entry.id.clone()) {
                    report.error(node, format!("a second suppression with the id '{}'", entry.id));
                }
                if entry.expires <= now { loaded.expired.push(entry) } else { loaded.active.push(entry) }
            }
            if let Some(why) = loaded.hide_too_many(rules) {
                report.error(document, why).help("name who is meant, and the rules that are");
            }
        }
        report.finish(loaded)
    }
}

/// One entry while it is read.
struct EntryNode<'n> {
    node: &'n Yaml,
    rules: &'n RuleSet,
    now: Timestamp,
}

impl EntryNode<'_> {
    fn read(&self, report: &mut Report) -> Option<Suppression> {
        for (key, _) in self.node.expect_map(report)? {
            let name = key.text().unwrap_or_default();
            if !ENTRY_KEYS.contains(&name) {
                unknown_key(key, name, &ENTRY_KEYS, report);
            }
        }
        let id = self.required("id", "a name to count it by", report);
        let reason = self.required("reason", "why these matches are expected", report);
        let owner = self.required("owner", "who answers for it", report);
        let ticket = self.node.get("ticket").and_then(|node| node.expect_text(report)).map(str::to_owned);
        let allow_high =
            self.node.get("allow_high").and_then(|node| node.expect_bool(report)).unwrap_or(false);
        if allow_high && ticket.is_none() {
            report
                .error(self.node, "`allow_high` without a ticket")
                .help("name the change it belongs to: `ticket: CHG-1`");
        }
        let action = self.action(report);
        let rules = self.rules(action, allow_high, report);
        let when = self.when(report);
        let expires = self.expires(action, report);
        let suppression = Suppression {
            id: id?,
            rules,
            action: action?,
            reason: reason?,
            owner: owner?,
            ticket,
            expires: expires?,
            allow_high,
            tags: self.node.get("tags").map(|node| owned(node.expect_strs(report))).unwrap_or_default(),
            when,
            unless_first: self.unless(report),
            window: self.window(report),
        };
        Some(suppression)
    }

    fn required(&self, key: &str, what: &str, report: &mut Report) -> Option<String> {
        let value = self.node.get(key).and_then(Yaml::text).filter(|text| !text.trim().is_empty());
        if value.is_none() {
            report
                .error(self.node.get(key).unwrap_or(self.node), format!("`{key}` is missing"))
                .help(format!("`{key}` says {what}"));
        }
        value.map(|text| text.trim().to_owned())
    }

    fn action(&self, report: &mut Report) -> Option<SuppressionAction> {
        let word = self.required("action", "what it does: drop, downgrade or tag", report)?;
        let to = self.node.get("to");
        if let (Some(to), false) = (to, word == "downgrade") {
            report.error(to, "`to` belongs to `action: downgrade`");
        }
        match word.as_str() {
            "drop" => Some(SuppressionAction::Drop),
            "tag" => Some(SuppressionAction::Tag),
            "downgrade" => {
                let Some(to) = to else {
                    report
                        .error(self.node, "`action: downgrade` without `to`")
                        .help("say to which level: `to: informational`");
                    return None;
                };
                let level = to.expect_text(report)?;
                match if level == "info" { Ok(Level::Informational) } else { level.parse::<Level>() } {
                    Ok(Level::Critical) => {
                        report.error(to, "nothing is above critical, so this lowers nothing");
                        None
                    }
                    Ok(level) => Some(SuppressionAction::Downgrade(level)),
                    Err(error) => {
                        report.error(to, error.to_string());
                        None
                    }
                }
            }
            other => {
                report
                    .error(self.node.get("action")?, format!("unknown action '{other}'"))
                    .help("the actions are drop, downgrade and tag");
                None
            }
        }
    }

    fn rules(&self, action: Option<SuppressionAction>, allow_high: bool, report: &mut Report) -> Vec<String> {
        let Some(node) = self.node.get("rules") else {
            report
                .error(self.node, "`rules` is missing")
                .help("name the rules it is about: `rules: [AWS-04]`");
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in node.one_or_many() {
            let Some(name) = item.expect_text(report) else { continue };
            if name == "*" {
                if action.is_some_and(|action| action != SuppressionAction::Tag) {
                    report
                        .error(item, "all rules at once can only be tagged")
                        .help("name the rules, or use `action: tag`");
                }
            } else if let Some(detection) = self.rules.find(name) {
                if action == Some(SuppressionAction::Drop)
                    && detection.info.level >= Level::High
                    && !allow_high
                {
                    report
                        .error(item, format!("'{name}' is {}, which is not dropped", detection.info.level))
                        .help("downgrade it, or set `allow_high: true` and name the ticket");
                }
            } else if self.rules.correlation(name).is_some() {
                if action == Some(SuppressionAction::Drop) && !allow_high {
                    report
                        .error(item, "a correlation is not dropped")
                        .help("downgrade it, or set `allow_high: true` and name the ticket");
                }
            } else {
                let rules = self.rules.detections().iter().map(|detection| &detection.info);
                let all = rules.chain(self.rules.correlations().iter().map(|correlated| &correlated.info));
                let known =
                    all.flat_map(|info| [Some(info.name.as_str()), info.catalogue.as_deref()]).flatten();
                let help = nearest(name, known).map(|meant| format!("did you mean '{meant}'?"));
                let help = help.unwrap_or_else(|| "`trailhound rules list` names them all".to_owned());
                report.error(item, format!("no rule is called '{name}'")).help(help);
            }
            names.push(name.to_owned());
        }
        if names.is_empty() {
            report.error(node, "`rules` is empty");
        }
        names
    }

    fn when(&self, report: &mut Report) -> Vec<(Fact, Vec<Test>)> {
        let Some(node) = self.node.get("when") else {
            report
                .error(self.node, "`when` is missing")
                .help("say whose matches: `when: {actor.issuer_arn: […]}`");
            return Vec::new();
        };
        let mut when = Vec::new();
        for (name, value) in node.expect_map(report).unwrap_or_default() {
            let word = name.text().unwrap_or_default();
            match FACTS.iter().find(|(known, _)| *known == word) {
                Some((_, key)) => when.push((*key, tests(*key, value, report))),
                None => unknown_key(name, word, &FACTS.map(|(known, _)| known), report),
            }
        }
        if !when.iter().any(|(key, tests)| name_someone(*key, tests)) {
            let class = when.iter().flat_map(|(_, tests)| tests).find_map(|test| match test {
                Test::Class(_, why) => Some(format!(": it names {why}")),
                _ => None,
            });
            let class = class.unwrap_or_default();
            let told = format!("names neither who nor where, so it would hide somebody else{class}");
            report.error(node, told).help(
                "add `actor.issuer_arn`, `actor.key`, `actor.appid`, `source.cidr`, `account` or `subscription`; names of \
                 sessions, source identities and user agents are the caller's to choose",
            );
        }
        when
    }

    fn expires(&self, action: Option<SuppressionAction>, report: &mut Report) -> Option<Timestamp> {
        let word = self.required("expires", "its last day, as 2026-12-31", report)?;
        let node = self.node.get("expires")?;
        let Ok(day) = word.parse::<Date>() else {
            report.error(node, format!("'{word}' is no date")).help("write it as 2026-12-31");
            return None;
        };
        let end =
            day.tomorrow().ok()?.to_datetime(time(0, 0, 0, 0)).to_zoned(TimeZone::UTC).ok()?.timestamp();
        let most = if action == Some(SuppressionAction::Drop) { 90 } else { 365 };
        if end.duration_since(self.now) > SignedDuration::from_hours(24 * (most + 1)) {
            report
                .error(node, format!("expires more than {most} days from now"))
                .help("choose an earlier day and renew it when it is still wanted");
        }
        Some(end)
    }

    fn unless(&self, report: &mut Report) -> Vec<String> {
        let Some(unless) = self.node.get("unless") else { return Vec::new() };
        for (key, value) in unless.expect_map(report).unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            if name != "first_seen" {
                unknown_key(key, name, &["first_seen"], report);
            }
            for item in value.one_or_many() {
                let fact = item.text().unwrap_or_default();
                if !FIRST_SEEN.contains(&fact) {
                    unknown_key(item, fact, &FIRST_SEEN, report);
                }
            }
        }
        unless.get("first_seen").map(|facts| owned(facts.expect_strs(report))).unwrap_or_default()
    }

    fn window(&self, report: &mut Report) -> Option<TimeWindow> {
        let node = self.node.get("time_window")?;
        for (key, _) in node.expect_map(report)? {
            let name = key.text().unwrap_or_default();
            if !matches!(name, "tz" | "cron" | "duration") {
                unknown_key(key, name, &["tz", "cron", "duration"], report);
            }
        }
        let part = |key| node.get(key).and_then(Yaml::text);
        let (Some(cron), Some(lasts)) = (part("cron"), part("duration")) else {
            report
                .error(node, "a time window needs `cron` and `duration`")
                .help("as {tz: Europe/Paris, cron: \"0 22 * * 6\", duration: 6h}");
            return None;
        };
        let Some(lasts) = duration(lasts) else {
            report
                .error(node, format!("'{lasts}' is no time span"))
                .help("write a number and a unit, as 6h or 90m");
            return None;
        };
        let window = TimeWindow::new(cron, part("tz").unwrap_or("UTC"), lasts)
            .map_err(|error| {
                report.error(node, format!("the time window cannot be read: {error}"));
            })
            .ok()?;
        if let Some(why) = window.bounds_nothing(self.now) {
            report.error(node, why).help("as {tz: Europe/Paris, cron: \"0 22 * * 6\", duration: 6h}");
        }
        Some(window)
    }
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}
