//! One rule, read and narrowed, to a detection; or why not.

use std::sync::Arc;

use trailhound_sigma::{CompiledRule, Diagnostics, Report, Rule};

use super::detection::Detection;
use super::extension::Extension;
use super::info::rule_info;
use super::words::log_source_name;
use crate::event::{FieldMaps, Unread};

/// What became of one rule.
pub(super) enum Made {
    Detection(Box<Detection>),
    Beyond(String),
    Wrong(Diagnostics),
}

/// Compiles one rule.
pub(super) fn make(rule: Rule, fields: FieldMaps) -> Made {
    let mut report = Report::new(rule.meta.file.clone());
    let reads = match FieldMaps::reads(&rule.logsource) {
        Ok(reads) => reads,
        Err(Unread::Beyond) => {
            return Made::Beyond(format!("{} is not read", log_source_name(&rule.logsource)));
        }
        Err(Unread::Slip(meant)) => {
            let place = (rule.meta.line, 1);
            report
                .error(place, format!("no log that trailhound reads: {}", log_source_name(&rule.logsource)))
                .help(format!("did you mean {meant}?"));
            let Err(wrong) = report.finish(()) else { unreachable!("an error was reported") };
            return Made::Wrong(wrong);
        }
    };
    // Of a log that is read of one event only, a rule about others is not wrong.
    let is_of_others = reads.only_event().filter(|event| !asks_for(&rule, event));
    let extension = rule
        .meta
        .extension("trailhound")
        .map_or_else(Extension::default, |node| Extension::read(node, &rule.logsource, &fields, &mut report));
    match (CompiledRule::compile(&rule, &fields).map_err(|wrong| report.merge(wrong)), report.finish(())) {
        (Ok(compiled), Ok(())) => {
            let info = Arc::new(rule_info(&rule, &extension));
            let logs = reads.logs();
            Made::Detection(Box::new(Detection { info, rule, compiled, extension, logs, reads }))
        }
        (_, Err(wrong)) => match is_of_others {
            Some(event) => {
                Made::Beyond(format!("{}: only event {event} is read", log_source_name(&rule.logsource)))
            }
            None => Made::Wrong(wrong),
        },
        (Err(()), Ok(())) => unreachable!("a rule that does not compile was reported"),
    }
}

/// Does a rule name this event?
fn asks_for(rule: &Rule, event: &str) -> bool {
    fn named(search: &trailhound_sigma::Search, event: &str) -> bool {
        match search {
            trailhound_sigma::Search::Any(parts) => parts.iter().any(|part| named(part, event)),
            trailhound_sigma::Search::All(items) => items.iter().any(|item| {
                item.field.as_deref().is_some_and(|field| field.eq_ignore_ascii_case("EventID"))
                    && item.values.iter().any(|value| value.text == event)
            }),
        }
    }
    rule.detection.selections.iter().any(|selection| named(&selection.search, event))
}
