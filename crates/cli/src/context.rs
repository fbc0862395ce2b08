//! Files of what is known beside the logs, as the command line names them; what will be looked up is told with their dates.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_detect::context::{Context, Given};
use trailhound_detect::describe::visible;
use trailhound_detect::rules::RuleSet;

use crate::args::ContextChoice;
use crate::inputs;

/// The most that a database may hold: larger ones are sold, and take as much memory.
const MOST_OF_DATABASE: u64 = 1 << 30;

/// What is known, if files are named; says what they are, and which rules ask for what none of them answers.
pub(crate) fn load(choice: &ContextChoice, rules: &RuleSet) -> anyhow::Result<Option<Arc<Context>>> {
    let mut context = Context::default();
    for file in &choice.geo {
        let (name, date) = (file.display().to_string(), written(file));
        let bytes = inputs::read_file_within(file, MOST_OF_DATABASE);
        let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
        context.add_database(Given { name: &name, date, bytes: &[] }, bytes)?;
    }
    let tables = choice.inventory.iter().map(|file| (file, true));
    for (file, is_inventory) in tables.chain(choice.indicators.iter().map(|file| (file, false))) {
        let (name, date) = (file.display().to_string(), written(file));
        let bytes = inputs::read_file(file).with_context(|| format!("cannot read {name}"))?;
        let given = Given { name: &name, date, bytes: &bytes };
        let added = if is_inventory { context.add_inventory(given) } else { context.add_indicators(given) };
        added?;
    }
    for line in context.told() {
        anstream::eprintln!("known beside the logs: {}", visible(line));
    }
    let mut unanswered = BTreeSet::new();
    for detection in rules.detections().iter().filter(|detection| detection.extension.enabled) {
        for name in detection.facts_asked() {
            let option = context.unanswered(&name);
            unanswered.extend(option.map(|option| (detection.info.name.clone(), name, option)));
        }
    }
    for (rule, name, option) in unanswered {
        anstream::eprintln!("{} asks for {name}, which takes {option}", visible(&rule));
    }
    Ok((!context.is_empty()).then(|| Arc::new(context)))
}

/// Says what could not be looked up after all.
pub(crate) fn tell_faults(context: Option<&Arc<Context>>) {
    for fault in context.map(|context| context.faults()).unwrap_or_default() {
        anstream::eprintln!("trailhound: {}", visible(&fault));
    }
}

fn written(file: &Path) -> Option<Timestamp> {
    Timestamp::try_from(fs::metadata(file).ok()?.modified().ok()?).ok()
}
