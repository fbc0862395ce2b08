//! A finding for people: the subject of a mail, its text, a chat notification, and the attributes subscribers filter
//! by. Pure functions; credentials stay in the evidence and never come here.

use std::fmt::Write;

use serde::Serialize;

use super::Finding;
use super::escape::{markdown_code, plain, subject as ascii};
use super::visible::{one_line, visible_within};
use crate::event::Facts;
use crate::matched::{CaseNews, CaseStep, InCase};

#[cfg(test)]
mod tests;

/// Longest subject that SNS takes.
pub const MOST_SUBJECT: usize = 99;

/// `[HIGH] Shell session opened through Session Manager | i-0123456789abcdef0 | 111122223333`
pub fn subject(finding: &Finding) -> String {
    let level = finding.level().as_str().to_uppercase();
    let account = ascii(&finding.matched.facts.scope.account, 36);
    let target = ascii(&finding.target(), 40);
    let tail = if account.is_empty() { format!(" | {target}") } else { format!(" | {target} | {account}") };
    // The title gives way, so that machine and account can always be read.
    let room = MOST_SUBJECT.saturating_sub(tail.len() + level.len() + 3);
    let title = ascii(&finding.title(), room);
    ascii(&format!("[{level}] {title}{tail}"), MOST_SUBJECT)
}

/// An attribute that subscribers filter by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// One string.
    Text(String),
    /// Several.
    List(Vec<String>),
}

/// What subscribers may filter by: ten at most, which is what SNS hands on to a queue, and none empty.
pub fn attributes(finding: &Finding) -> Vec<(&'static str, Attribute)> {
    let found = &finding.matched;
    let facts = &found.facts;
    let text = |text: &str| Attribute::Text(visible_within(text, 256).into_owned());
    let techniques: Vec<String> = found.techniques().map(str::to_owned).collect();
    let mut all = vec![
        ("severity", text(found.verdict.level.as_str())),
        ("rule_id", text(&found.rule_id())),
        ("technique", Attribute::List(techniques)),
        ("account", text(&facts.scope.account)),
        ("region", text(facts.scope.region.as_deref().unwrap_or_default())),
        ("provider", text(facts.provider.as_str())),
        ("outcome", text(facts.outcome.kind.as_str())),
        ("first_seen", text(if found.verdict.newness.first.is_empty() { "false" } else { "true" })),
        ("case", text(found.verdict.case.as_ref().map_or("", InCase::uid))),
        ("case_step", text(finding.case_step())),
    ];
    all.retain(|(_, value)| match value {
        Attribute::Text(text) => !text.is_empty(),
        Attribute::List(list) => !list.is_empty(),
    });
    all
}

/// The text of a mail: the sentence, the facts, why it matters and what to do next.
pub fn email(finding: &Finding) -> String {
    let found = &finding.matched;
    let rule = &found.rule;
    let facts = &found.facts;
    let mut out = format!("{}\n\n", plain(&finding.message()));
    for (name, value) in particulars(finding) {
        let _ = writeln!(out, "{name:<10} {}", plain(&value));
    }
    for (path, value) in finding.shown() {
        let _ = writeln!(out, "{} {}", plain(&path), plain(&value));
    }
    let sections = [
        ("Why it matters", rule.why.as_str()),
        ("Check next", found.check()),
        ("What is normal", rule.normal.as_str()),
    ];
    for (heading, text) in sections {
        let text = one_line(text);
        if !text.is_empty() {
            let _ = writeln!(out, "\n{heading}\n{text}");
        }
    }
    if !found.verdict.score.parts.is_empty() {
        let _ = writeln!(out, "\nRisk {} of 100", found.verdict.score.value);
        for part in &found.verdict.score.parts {
            let _ = writeln!(out, "{:>+4}  {}", part.points, plain(&part.because));
        }
    }
    if let Some(reason) = facts.reason.as_deref().filter(|reason| !reason.is_empty()) {
        let reason = visible_within(&super::redact::free_text(reason), 120).into_owned();
        let _ = writeln!(out, "\nThe caller wrote: {reason}");
    }
    let _ = writeln!(out, "\nFinding {}\nRecord  {}", finding.uid, visible_within(&found.from.origin, 1_000));
    let links = finding.links();
    if !links.is_empty() {
        out.push_str("\nLook at\n");
        for link in links {
            let _ = writeln!(out, "{:<10} {}", link.what, link.url);
        }
    }
    let containments = finding.containments();
    if !containments.is_empty() {
        out.push_str("\nContain it\n");
        for containment in containments {
            let _ = writeln!(out, "# {}\n{}", containment.what, containment.command);
        }
    }
    if let Some(file) = finding.suppression() {
        let _ = write!(out, "\n{SUPPRESS}\n{}", plain_lines(&file));
    }
    out
}

/// Before a suppression that nobody has reviewed yet.
const SUPPRESS: &str =
    "If this is expected: a suppression for this case (of several machines, for any of them), to be reviewed";

/// Each line made safe to look at.
fn plain_lines(text: &str) -> String {
    text.lines().flat_map(|line| [plain(line), "\n".to_owned()]).collect()
}

/// Who, what, where, when and from where, as far as known.
fn particulars(finding: &Finding) -> Vec<(&'static str, String)> {
    let found = &finding.matched;
    let facts = &found.facts;
    let short = |text: &str| visible_within(text, 200).into_owned();
    let mut all = vec![
        ("Severity", found.verdict.level.as_str().to_owned()),
        ("Level", finding.reasons().join("; ")),
        ("Rule", found.rule_id()),
        ("Who", who(finding)),
        ("What", what(facts)),
        ("Target", finding.target()),
        ("Account", short(&facts.scope.account)),
        ("Region", short(facts.scope.region.as_deref().unwrap_or_default())),
        (word_for_from(finding), from(facts)),
        ("When", facts.time.map(|time| time.to_string()).unwrap_or_default()),
        ("Technique", found.techniques().collect::<Vec<_>>().join(", ")),
        ("Case", found.verdict.case.as_ref().map(|case| in_case(finding, case)).unwrap_or_default()),
    ];
    all.retain(|(_, value)| !value.is_empty());
    all
}

/// The case, and what the finding is to it.
fn in_case(finding: &Finding, case: &InCase) -> String {
    let step = match case.step {
        CaseStep::Opened => "which it opens".to_owned(),
        CaseStep::Raised => format!("which it raises to {}", finding.level().as_str()),
        CaseStep::Added => "to which it is one more".to_owned(),
    };
    let news: Vec<&str> = case.adds.iter().map(|news| CaseNews::as_str(*news)).collect();
    let news = if news.is_empty() { String::new() } else { format!("; new in it: {}", news.join(", ")) };
    format!("{}, {step}{news}", case.uid())
}

/// The address is that of one event among several, which is the last unless another came late.
fn word_for_from(finding: &Finding) -> &'static str {
    match finding.matched.episode.as_ref().filter(|episode| episode.count > 1) {
        Some(episode) if !episode.is_in_order => "Once from",
        Some(episode) if !episode.is_sequence => "Last from",
        _ => "From",
    }
}

fn who(finding: &Finding) -> String {
    let actor = &finding.matched.facts.actor;
    if finding.matched.episode.as_ref().is_some_and(|episode| episode.actors.len() > 1) {
        return finding.who();
    }
    let name = actor.uid.as_deref().filter(|uid| !uid.is_empty()).unwrap_or(&actor.display);
    let name = visible_within(name, 200);
    match actor.mfa {
        Some(false) if actor.is_human => format!("{name} (no MFA)"),
        _ => name.into_owned(),
    }
}

fn what(facts: &Facts) -> String {
    let key = visible_within(&facts.action.key, 200).into_owned();
    match facts.document.as_deref().filter(|document| !document.is_empty()) {
        Some(document) => format!("{key} with {}", visible_within(document, 100)),
        None => key,
    }
}

fn from(facts: &Facts) -> String {
    let source = &facts.source;
    let address = source.ip.map(|ip| ip.to_string()).or_else(|| source.service.clone()).unwrap_or_default();
    let address = visible_within(&address, 100).into_owned();
    match facts.country().map(String::as_str).filter(|country| !country.is_empty()) {
        Some(country) if !address.is_empty() => format!("{address} ({})", visible_within(country, 2)),
        _ => address,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'f> {
    version: &'static str,
    source: &'static str,
    id: &'f str,
    content: Content,
    metadata: NotificationMetadata<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_steps: Vec<String>,
    keywords: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotificationMetadata<'f> {
    thread_id: String,
    summary: String,
    event_type: &'static str,
    related_resources: Vec<String>,
    additional_context: Particulars<'f>,
}

#[derive(Serialize)]
struct Particulars<'f> {
    finding_uid: &'f str,
    rule_id: String,
}

/// A custom notification of Amazon Q Developer in chat applications: version 1.0 of its schema.
pub fn amazon_q(finding: &Finding) -> String {
    let found = &finding.matched;
    let facts = &found.facts;
    let title = subject(finding);
    let mut description = markdown_code(&finding.message());
    for (name, value) in particulars(finding) {
        if !matches!(name, "Severity" | "Level" | "Rule" | "Technique") {
            let _ = write!(description, "\n*{name}* {}", markdown_code(&value));
        }
    }
    for link in finding.links() {
        let _ = write!(description, "\n*{}* {}", link.what, link.url);
    }
    for containment in finding.containments() {
        let _ = write!(description, "\n*{}* {}", containment.what, markdown_code(&containment.command));
    }
    if let Some(line) = finding.suppression_line() {
        let _ = write!(description, "\n*{SUPPRESS}* {}", markdown_code(&line));
    }
    let of_event = facts.session_id.as_ref().or(facts.command_id.as_ref()).or(facts.correlation_id.as_ref());
    let of_event = of_event.filter(|_| found.verdict.case.is_none()).map(String::as_str);
    let check = one_line(found.check());
    let notification = Notification {
        version: "1.0",
        source: "custom",
        id: &finding.id,
        content: Content {
            text_type: "client-markdown",
            title: title.clone(),
            description: visible_lines(&description),
            next_steps: if check.is_empty() { Vec::new() } else { vec![check] },
            keywords: found
                .techniques()
                .chain([found.verdict.level.as_str()])
                .map(|word| visible_within(word, 64).into_owned())
                .collect(),
        },
        metadata: NotificationMetadata {
            thread_id: visible_within(of_event.unwrap_or_else(|| finding.thread()), 256).into_owned(),
            summary: title,
            event_type: "finding.created",
            related_resources: facts
                .target
                .ids
                .iter()
                .take(10)
                .map(|id| visible_within(id, 512).into_owned())
                .collect(),
            additional_context: Particulars { finding_uid: &finding.uid, rule_id: found.rule_id() },
        },
    };
    // Only strings and lists of strings.
    serde_json::to_string(&notification).expect("a notification has only string keys")
}

/// A description within what the chat takes, cut between lines, so that no code span stays open.
fn visible_lines(text: &str) -> String {
    const MOST: usize = 7_900;
    let mut out = String::new();
    for line in text.lines() {
        if out.chars().count() + line.chars().count() >= MOST {
            break;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
    }
    out
}
