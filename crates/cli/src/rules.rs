//! `rules`: list, check, test, new, diff, promote, prove, explain, coverage, docs.

mod check;
mod coverage;
mod diff;
mod docs;
mod found;
pub(crate) mod junit;
mod list;
mod lsp;
mod new;
mod promote;
mod prove;
mod sarif;
mod test;
mod watch;

pub(crate) use docs::condition;
pub(crate) use list::unknown;

use crate::args::{Rules, RulesCommand};
use crate::exit::Exit;
use crate::rule_files;

pub(crate) fn run(arguments: &Rules) -> anyhow::Result<Exit> {
    match &arguments.command {
        RulesCommand::List(rules) => list::list(&rule_files::load_rules(rules)?),
        RulesCommand::Check(arguments) => check::check(arguments),
        RulesCommand::Test(arguments) => test::test(arguments),
        RulesCommand::New(arguments) => new::new(arguments),
        RulesCommand::Diff(arguments) => diff::diff(arguments),
        RulesCommand::Lsp(rules) => lsp::serve(rules),
        RulesCommand::Promote(arguments) => promote::promote(arguments),
        RulesCommand::Prove(arguments) => prove::prove(arguments),
        RulesCommand::Explain { rule, rules } => list::explain(&rule_files::load_rules(rules)?, rule),
        RulesCommand::Coverage { format, rules } => coverage::coverage(
            &rule_files::load_rules(rules)?,
            &rule_files::tests_files(&rules.folders)?,
            *format,
        ),
        RulesCommand::Docs(rules) => docs::docs(&rule_files::load_rules(rules)?),
    }
}
