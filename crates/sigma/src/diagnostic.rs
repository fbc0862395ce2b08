//! What is wrong with a file, where, and what to do about it.

use std::fmt;

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Place {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

impl From<(usize, usize)> for Place {
    fn from((line, column): (usize, usize)) -> Self {
        Self { line, column }
    }
}

/// What follows from a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// The document is refused.
    Error,
    /// It is taken; its author may have meant something else.
    Warning,
}

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What follows from it.
    pub severity: Severity,
    /// The file as the caller named it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Adds what to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, "{}:{}:{}: {word}{}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a file, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, diagnostic) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// Collects the faults of one file, so that all are told at once.
#[derive(Debug)]
pub struct Report {
    file: String,
    found: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Report {
    /// For a file as the caller names it.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), found: Vec::new(), warnings: Vec::new() }
    }

    /// The file reported on.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Notes a fault at a place, or at whatever knows its place.
    pub fn error(&mut self, at: impl Into<Place>, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.made(Severity::Error, at.into(), message.into());
        added(&mut self.found, diagnostic)
    }

    /// Notes what makes one wonder at a place.
    pub fn warning(&mut self, at: impl Into<Place>, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.made(Severity::Warning, at.into(), message.into());
        added(&mut self.warnings, diagnostic)
    }

    fn made(&self, severity: Severity, Place { line, column }: Place, message: String) -> Diagnostic {
        Diagnostic { severity, file: self.file.clone(), line, column, message, help: None }
    }

    /// Hands over the warnings so far.
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings)
    }

    /// Makes errors of the warnings so far.
    pub fn refuse_warnings(&mut self) {
        let refused = self.warnings.drain(..).map(|found| Diagnostic { severity: Severity::Error, ..found });
        self.found.extend(refused);
    }

    /// Takes over what another report found.
    pub fn merge(&mut self, other: Diagnostics) {
        self.found.extend(other.0);
    }

    /// Nothing wrong so far?
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// `value` if nothing was wrong; warnings are no fault, and left to whoever takes them.
    pub fn finish<T>(mut self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|found| (found.line, found.column));
        self.found.dedup();
        Err(Diagnostics(self.found))
    }
}

fn added(all: &mut Vec<Diagnostic>, diagnostic: Diagnostic) -> &mut Diagnostic {
    let at = all.len();
    all.push(diagnostic);
    &mut all[at]
}

/// The candidate that a misspelt word most likely meant.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let allowed = (word.len() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours from one word to the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests;
