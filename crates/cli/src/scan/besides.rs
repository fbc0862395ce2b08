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

/// Two outputs are two files.
pub(super) fn refuse_twice(arguments: &Scan) -> anyhow::Result<()> {
    let Some((output, shadow)) = arguments.output.as_ref().zip(arguments.shadow.as_ref()) else {
        return Ok(());
    };
    let whole = |path: &std::path::Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let is_one = whole(output) == whole(shadow)
        || std::fs::canonicalize(output)
            .is_ok_and(|output| std::fs::canonicalize(shadow).is_ok_and(|shadow| output == shadow));
    anyhow::ensure!(!is_one, "--output and --shadow name one file; name two");
    Ok(())
}
