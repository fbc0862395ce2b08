//! What `rules prove` takes.

use clap::ValueEnum;

/// What `--help` says of it.
pub(super) const PROVE: &str = "\
Make a record that ought to fire for each rule, put it into every shape its log comes in, and say what fires.

FIRES     in its log's own form and in every shape that can hold the record
PARTLY    not in every shape; the first reason follows
CANNOT    nowhere, though a record was made that meets the rule as written
UNPROVEN  no record could be made: the rule contradicts itself, or asks for more than is known how to make
OFF       the rule is switched off

Exits with 1 if a rule cannot fire in any of the shapes tried. Correlations have tests instead.";

/// What `rules prove` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProveFormat {
    /// For people: a line a rule, and a summary
    Table,
    /// One JSON array: every rule with its record and every shape
    Json,
}
