//! `rules`: list, check, test, explain, coverage, docs.

mod check;
mod coverage;
mod docs;
mod list;
mod test;

use crate::args::{Rules, RulesCommand};
use crate::exit::Exit;
use crate::rule_files;

pub(crate) fn run(arguments: &Rules) -> anyhow::Result<Exit> {
    match &arguments.command {
        RulesCommand::List(rules) => list::list(&rule_files::load_rules(&rules.folders)?),
        RulesCommand::Check(paths) => check::check(&paths.all()),
        RulesCommand::Test(paths) => test::test(&paths.all()),
        RulesCommand::Explain { rule, rules } => {
            list::explain(&rule_files::load_rules(&rules.folders)?, rule)
        }
        RulesCommand::Coverage { format, rules } => coverage::coverage(
            &rule_files::load_rules(&rules.folders)?,
            &rule_files::tests_files(&rules.folders)?,
            *format,
        ),
        RulesCommand::Docs(rules) => docs::docs(&rule_files::load_rules(&rules.folders)?),
    }
}
