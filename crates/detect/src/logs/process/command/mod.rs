//! Command lines taken apart: which tools are run, what they were told to do, whatever way it is written.

mod lex;
mod names;
mod run;
#[cfg(test)]
mod tests;
mod tools;

use std::collections::HashSet;

pub(super) use names::program;

/// The tools that a process start runs.
#[derive(Debug, Default)]
pub(super) struct Tools {
    /// Tool, service and verb: `aws ssm start-session`; a cmdlet: `send-ssmcommand`.
    pub(super) verbs: Vec<String>,
    /// Tool and option: `amazon-ssm-agent register`.
    pub(super) options: Vec<String>,
}

pub(super) fn tools(line: Option<&str>, image: Option<&str>) -> Tools {
    let mut tools = Tools::default();
    let mut seen = HashSet::new();
    for invocation in run::read(line.unwrap_or_default(), image) {
        let options = invocation.options.iter().map(|option| format!("{} {option}", invocation.tool));
        for (known, all) in
            [(&mut tools.options, options.collect::<Vec<_>>()), (&mut tools.verbs, invocation.verbs)]
        {
            for one in all {
                if seen.insert(one.clone()) {
                    known.push(one);
                }
            }
        }
    }
    tools
}
