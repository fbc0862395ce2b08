//! What a scan goes by beside its inputs: none of it may be what is written.

use trailhound_detect::rules::FileKind;

use crate::args::Scan;
use crate::inputs::{self, Input};
use crate::settings;

/// Rules, suppressions, baseline, marks, an earlier report and settings.
pub(super) fn read_besides(arguments: &Scan) -> Vec<Input> {
    let rules = arguments.rules.folders.iter().flat_map(|folder| inputs::walk(folder)).filter_map(Result::ok);
    // What else lies in a folder of rules is not read.
    let rules = rules.filter(|file| FileKind::of(&file.to_string_lossy()).is_some());
    let named = [&arguments.suppressions, &arguments.baseline, &arguments.triage, &arguments.since_report]
        .into_iter()
        .flatten();
    let named = named.chain(&arguments.rules.placeholders).chain(arguments.context.files()).cloned();
    rules.chain(named).chain(settings::file_at_hand()).map(Input::File).collect()
}
