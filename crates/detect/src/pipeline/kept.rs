//! What a match keeps of its record, which is gone by the time it is asked for.

use std::ops::ControlFlow;

use trailhound_sigma::Event as _;

use crate::event::Event;
use crate::matched::Match;
use crate::rules::{Feed, ValueSource};

/// Names actor and target by what the rule says they are, where the record has it and it may be shown.
pub(super) fn name_as_told(found: &mut Match) {
    if let Some(names) = found.told("actor").filter(|names| !names.is_empty()) {
        let actor = &mut found.facts.actor;
        actor.display.clone_from(&names[0]);
        actor.key = names[0].to_lowercase();
        actor.name = Some(names[0].clone());
    }
    if let Some(names) = found.told("target").filter(|names| !names.is_empty()) {
        let target = &mut found.facts.target;
        target.ids = names.iter().map(|name| name.to_lowercase()).collect();
        target.count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        target.names = names.into();
        target.kind = String::new();
        (target.wildcard, target.selectors) = (false, Vec::new());
    }
}

/// The fields of a record that correlations will ask for.
pub(super) fn kept_fields(event: &Event<'_>, feeds: &[Feed]) -> Vec<(String, Vec<String>)> {
    fn raw(source: &ValueSource) -> Option<&trailhound_sigma::Field> {
        if let ValueSource::Field(field) = source { Some(field) } else { None }
    }
    let mut kept: Vec<(String, Vec<String>)> = Vec::new();
    let own = feeds.iter().flat_map(|feed| feed.group_by.iter().chain(&feed.fields)).filter_map(raw);
    for field in own.chain(feeds.iter().flat_map(|feed| &feed.onward)) {
        if kept.iter().all(|(name, _)| *name != field.name) {
            let mut values = Vec::new();
            event.values(field, &mut |value| {
                values.extend(value.text().map(std::borrow::Cow::into_owned));
                ControlFlow::Continue(())
            });
            kept.push((field.name.clone(), values));
        }
    }
    kept
}
