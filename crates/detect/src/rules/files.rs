//! What a file beside others is for, told from its name alone, wherever it lies: on a disk, in a bucket, in the binary.

/// What a file of rules is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Rules, correlations, filters or suppressions.
    Rules,
    /// The tests beside them.
    Tests,
    /// What the placeholders in them stand for.
    Placeholders,
}

impl FileKind {
    /// `x.yml` and `x.yaml` hold rules, `x.tests.yml` and `x.tests.yaml` their tests, `placeholders.yml` what
    /// placeholders stand for, in any case; other files neither.
    pub fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let stem = path.strip_suffix(".yml").or_else(|| path.strip_suffix(".yaml"))?;
        let name = stem.rsplit(['/', '\\']).next().unwrap_or_default();
        match name.rsplit_once('.') {
            Some((_, "tests")) => Some(Self::Tests),
            None if name == "placeholders" => Some(Self::Placeholders),
            _ if name.is_empty() => None,
            _ => Some(Self::Rules),
        }
    }
}
