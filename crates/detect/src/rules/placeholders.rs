//! What the placeholders of `expand` stand for, from a file beside the rules: names, each with a value or several.

use trailhound_sigma::{Diagnostics, Report, yaml};

/// Placeholders with their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Placeholders(Vec<(String, Vec<String>)>);

impl Placeholders {
    /// Adds what a file says; a name that is there already takes the new values.
    pub(super) fn add(&mut self, file: &str, text: &str) -> Result<Vec<String>, Diagnostics> {
        let mut report = Report::new(file);
        let nodes = yaml::parse(file, text)?;
        let mut names = Vec::new();
        for (key, value) in
            nodes.iter().filter_map(|node| node.expect_map(&mut report)).flatten().collect::<Vec<_>>()
        {
            let name = key.text().unwrap_or_default().trim_matches('%').to_owned();
            if name.is_empty() {
                report.error(key, "a placeholder without a name").help("write it as `admins: [alice, bob]`");
            }
            let values: Vec<String> = value
                .one_or_many()
                .iter()
                .filter_map(|node| node.expect_text(&mut report))
                .map(str::to_owned)
                .collect();
            self.0.retain(|(known, _)| *known != name);
            self.0.push((name.clone(), values));
            names.push(name);
        }
        report.finish(names)
    }

    /// Lends them to a reader of rules.
    pub(super) fn with<T>(&self, read: impl FnOnce(&[(&str, &[&str])]) -> T) -> T {
        let values: Vec<Vec<&str>> =
            self.0.iter().map(|(_, values)| values.iter().map(String::as_str).collect()).collect();
        let lent: Vec<(&str, &[&str])> = self
            .0
            .iter()
            .zip(&values)
            .map(|((name, _), values)| (name.as_str(), values.as_slice()))
            .collect();
        read(&lent)
    }
}
