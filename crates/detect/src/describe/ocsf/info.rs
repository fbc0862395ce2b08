//! What was found, by which rule, and what to do about it: the rule's words, not the record's.

use std::collections::HashSet;

use serde::Serialize;

use super::caption::{RULE, analytic_state};
use super::writer::{Writer, prose};
use crate::describe::{Product, attack, message};
use crate::logs;
use crate::matched::{EpisodeMember, Match, RuleInfo};

#[derive(Serialize)]
pub(super) struct FindingInfo {
    uid: String,
    title: String,
    desc: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_url: Option<String>,
    types: Vec<&'static str>,
    data_sources: [&'static str; 1],
    created_time: i64,
    first_seen_time: i64,
    last_seen_time: i64,
    analytic: Analytic,
    attacks: Vec<Attack>,
    related_events: Vec<RelatedEvent>,
}

#[derive(Serialize)]
struct Analytic {
    uid: String,
    name: String,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: &'static str,
    version: String,
    category: String,
    state_id: u8,
    state: &'static str,
}

#[derive(Serialize)]
struct Attack {
    version: &'static str,
    tactic: Label,
    technique: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_technique: Option<Label>,
}

#[derive(Serialize)]
struct Label {
    uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
}

#[derive(Serialize)]
struct RelatedEvent {
    uid: String,
    #[serde(rename = "type")]
    type_name: &'static str,
    created_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl FindingInfo {
    pub(super) fn of(writer: &Writer<'_>, product: &Product, uid: &str) -> Self {
        let found = writer.found;
        let rule = &*found.rule;
        let (first_seen_time, last_seen_time) = writer.span();
        let attacks = attacks(found);
        let mut types = Vec::new();
        for name in attacks.iter().filter_map(|attack| attack.tactic.name) {
            if !types.contains(&name) {
                types.push(name);
            }
        }
        Self {
            uid: uid.to_owned(),
            title: title(found),
            desc: prose(first(&[&rule.description, &rule.why, &rule.title, &rule.name]), 1000),
            src_url: product.page_of(rule),
            types,
            data_sources: [logs::of(found.facts.log).words.log],
            created_time: writer.now.as_millisecond(),
            first_seen_time,
            last_seen_time,
            analytic: Analytic::of(rule),
            attacks,
            related_events: related_events(writer).into_iter().chain(opening(found)).collect(),
        }
    }
}

/// The source event, or all members of an episode with the rules that matched them.
fn related_events(writer: &Writer<'_>) -> Vec<RelatedEvent> {
    let found = writer.found;
    let Some(episode) = &found.episode else {
        return vec![RelatedEvent {
            uid: source_event(writer),
            type_name: logs::of(found.facts.log).words.event,
            created_time: writer.time().as_millisecond(),
            title: None,
        }];
    };
    writer.note_cut(episode.count);
    let listed: HashSet<&str> = episode.members.iter().map(|member| member.uid.as_str()).collect();
    writer.note_missing(listed.len(), episode.count);
    let members = episode.members.iter().take(writer.budget.members);
    let event = |member: &EpisodeMember| RelatedEvent {
        uid: writer.text(&member.uid, 256),
        type_name: logs::of(member.log).words.event,
        created_time: member.at.as_millisecond(),
        title: Some(prose(&member.rule, 128)),
    };
    members.map(event).collect()
}

/// The finding that opened its case, where that is another.
fn opening(found: &Match) -> Option<RelatedEvent> {
    let case = found.verdict.case.as_ref().filter(|case| case.opened_by != found.uid())?;
    Some(RelatedEvent {
        uid: case.opened_by.clone(),
        type_name: "Finding that opened the case",
        created_time: case.since,
        title: None,
    })
}

/// The rule's title, with what became of it where it was only tried.
pub(in crate::describe) fn title(found: &Match) -> String {
    let rule = &found.rule;
    let own = found.verdict.title.as_deref().unwrap_or_default();
    let title = first(&[own, &rule.title, &rule.name, "Finding"]);
    match message::attempt_word(found) {
        Some(word) => prose(&format!("{word} attempt: {title}"), 120),
        None => prose(title, 120),
    }
}

/// The first of the texts that says anything.
fn first<'t>(texts: &[&'t str]) -> &'t str {
    texts.iter().find(|text| !text.trim().is_empty()).copied().unwrap_or_default()
}

/// The source event's own id: CloudTrail's `eventID`, Azure's `correlationId`, a sign-in's `id`.
pub(super) fn source_event(writer: &Writer<'_>) -> String {
    let facts = &writer.found.facts;
    writer.text((logs::of(facts.log).words.source_event)(facts), 256)
}

impl Analytic {
    fn of(rule: &RuleInfo) -> Self {
        let state = analytic_state(&rule.status);
        let tactic = rule.tactics.first().map_or("", String::as_str);
        Self {
            uid: rule.name.clone(),
            name: prose(first(&[&rule.title, &rule.name]), 120),
            type_id: RULE.id,
            type_name: RULE.name,
            version: first(&[&rule.version, "1"]).to_owned(),
            category: first(&[tactic, "lateral-movement"]).to_owned(),
            state_id: state.id,
            state: state.name,
        }
    }
}

fn attacks(found: &Match) -> Vec<Attack> {
    let mut seen = Vec::new();
    for uid in found.techniques() {
        let uid = uid.to_ascii_uppercase();
        if attack::is_well_formed(&uid) && !seen.contains(&uid) {
            seen.push(uid);
        }
    }
    if seen.is_empty() {
        // The schema wants one; remote services are the family this product watches.
        seen.push("T1021".to_owned());
    }
    seen.iter().map(|uid| Attack::of(uid, &found.rule.tactics)).collect()
}

impl Attack {
    fn of(uid: &str, tactics: &[String]) -> Self {
        let tactic = attack::tactic_of(uid, tactics);
        let parent = attack::parent(uid);
        Self {
            version: attack::VERSION,
            tactic: Label { uid: tactic.uid.to_owned(), name: Some(tactic.name) },
            technique: Label::technique(parent),
            sub_technique: (parent != uid).then(|| Label::technique(uid)),
        }
    }
}

impl Label {
    fn technique(uid: &str) -> Self {
        Self { uid: uid.to_owned(), name: attack::technique(uid).map(|technique| technique.name) }
    }
}

/// What to do next.
#[derive(Serialize)]
pub(super) struct Remediation {
    desc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<String>,
}

impl Remediation {
    pub(super) fn of(found: &Match) -> Self {
        let rule = &found.rule;
        let fallback =
            "Ask the actor; if nobody expected this, revoke the session and look at what it reached.";
        let is_link = |link: &&String| link.starts_with("https://");
        Self {
            desc: prose(first(&[found.check(), fallback]), 1000),
            references: rule
                .references
                .iter()
                .filter(is_link)
                .take(10)
                .map(|link| prose(link, 300))
                .collect(),
        }
    }
}
