//! What a report keeps of a finding, as people read it: gated and made visible.

use serde::Serialize;
use trailhound_detect::describe::{Finding, visible, visible_within};
use trailhound_detect::matched::Level;

use crate::shown::{MOST_CHARS, Shown};
use crate::story::Told;
use crate::words::clock;

/// What is kept of a finding.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) seconds: Option<i64>,
    /// From the least, 0, up.
    pub(super) grade: usize,
    pub(super) level: &'static str,
    pub(super) time: String,
    pub(super) score: u8,
    /// What it is the sum of.
    pub(super) score_parts: Vec<String>,
    pub(super) rule: String,
    pub(super) title: String,
    pub(super) message: String,
    pub(super) reasons: Vec<String>,
    pub(super) check: String,
    pub(super) who: String,
    pub(super) behind: String,
    pub(super) machines: Vec<String>,
    pub(super) account: String,
    pub(super) address: String,
    pub(super) region: String,
    pub(super) outcome: &'static str,
    pub(super) techniques: Vec<String>,
    pub(super) origin: String,
    pub(super) links: Vec<(&'static str, String)>,
    pub(super) contain: String,
    pub(super) suppression: String,
    /// Path and value of what of the record may be shown, and what was held back.
    pub(super) evidence: Vec<(String, String)>,
    pub(super) explanation: String,
    pub(super) uid: String,
    /// Since an earlier report.
    pub(super) is_new: bool,
}

impl Row {
    pub(super) fn of(finding: &Finding, told: &Told, explanation: &[String], shown: &mut Shown) -> Self {
        let found = &finding.matched;
        let contain: Vec<String> =
            told.contains.iter().map(|(what, command)| format!("# {what}\n{command}")).collect();
        let parts = found.verdict.score.parts.iter();
        Self {
            seconds: told.time.map(jiff::Timestamp::as_second),
            grade: Level::ALL.iter().position(|level| *level == told.level).unwrap_or_default(),
            level: told.level.as_str(),
            time: clock(told.time),
            score: found.verdict.score.value,
            score_parts: parts.map(|part| format!("{:+} {}", part.points, visible(&part.because))).collect(),
            rule: told.rule.clone(),
            title: told.title.clone(),
            message: told.message.clone(),
            reasons: told.because.clone(),
            check: told.check.clone(),
            who: told.actor.clone(),
            behind: told.behind.clone().unwrap_or_default(),
            machines: told.machines.clone(),
            account: told.account.clone(),
            address: told.address.map(|ip| ip.to_string()).unwrap_or_default(),
            region: shown.of(found.facts.scope.region.as_deref().unwrap_or_default()),
            outcome: found.facts.outcome.kind.as_str(),
            techniques: told.techniques.clone(),
            origin: told.origin.clone(),
            links: finding.links().into_iter().map(|link| (link.what, link.url)).collect(),
            contain: contain.join("\n"),
            suppression: finding.suppression().unwrap_or_default(),
            evidence: evidence(finding),
            explanation: explanation.join("\n"),
            uid: finding.uid.clone(),
            is_new: false,
        }
    }
}

fn evidence(finding: &Finding) -> Vec<(String, String)> {
    let found = &finding.matched;
    let shown = found.excerpt.shown.iter().map(|(path, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (visible(path).into_owned(), visible_within(&text, MOST_CHARS).into_owned())
    });
    let held = found.excerpt.redactions.iter().map(|held| {
        (visible(&held.path).into_owned(), format!("held back ({} by {})", held.action, held.by))
    });
    let known = finding.known().into_iter().map(|line| ("known".to_owned(), line));
    known.chain(shown).chain(held).collect()
}
