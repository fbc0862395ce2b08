//! The tables beside the proof: what each shape is, what it loses, and what is still to be mended.

/// A row of `shapes.tsv`.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) shape: String,
    /// What it is, in a sentence.
    pub(crate) sentence: String,
    /// Who says so.
    pub(crate) address: String,
}

/// A row of `losses.tsv`: what a shape has no place for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Loss {
    pub(crate) shape: String,
    /// A rule, or `*`.
    pub(crate) rule: String,
    /// A field of the verdict, or `finding`.
    pub(crate) field: String,
    /// Why, as the shape's documentation has it.
    pub(crate) sentence: String,
    pub(crate) address: String,
}

impl Loss {
    pub(crate) fn explains(&self, shape: &str, difference: &crate::verdict::Difference) -> bool {
        self.shape == shape
            && (self.rule == "*" || self.rule == difference.rule)
            && self.field == difference.field
            && difference.is_less()
    }
}

/// A row of `pending.tsv`: a shape that is not yet read as it should be.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) shape: String,
    pub(crate) log: String,
    pub(crate) reason: String,
}

pub(crate) fn shapes() -> Vec<Known> {
    rows(include_str!("shapes.tsv"))
        .map(|[shape, sentence, address]| Known { shape, sentence, address })
        .collect()
}

pub(crate) fn losses() -> Vec<Loss> {
    rows(include_str!("losses.tsv"))
        .map(|[shape, rule, field, sentence, address]| Loss { shape, rule, field, sentence, address })
        .collect()
}

pub(crate) fn pending() -> Vec<Pending> {
    rows(include_str!("pending.tsv")).map(|[shape, log, reason]| Pending { shape, log, reason }).collect()
}

/// The rows below the header.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [String; N]> {
    table.lines().skip(1).map(|line| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("not {N} cells: {cells:?}"))
    })
}
