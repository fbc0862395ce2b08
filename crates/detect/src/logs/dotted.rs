//! `requestParameters.target` beside `requestParameters.parameters.host.0`: how tables and search engines flatten an
//! object, put together again.

use super::json::Object;

/// An object that is put together from paths.
#[derive(Default)]
pub(super) struct Nested(Vec<(String, Part)>);

enum Part {
    /// JSON.
    Whole(String),
    Below(Nested),
}

/// Deeper ones keep the rest of the path for a name.
const MAX_DEPTH: usize = 16;

/// Cuts a key at its first dot; the names of claims are addresses, whose dots cut nothing.
pub(super) fn cut(key: &str) -> Option<(&str, &str)> {
    let (head, rest) = key.split_once('.')?;
    (!head.is_empty() && !rest.is_empty() && !head.contains(':')).then_some((head, rest))
}

impl Nested {
    /// Adds what is under a path; of two values the first stays.
    pub(super) fn put(&mut self, path: &str, json: String) {
        self.place(path, json, MAX_DEPTH);
    }

    fn place(&mut self, path: &str, json: String, depth: usize) {
        // Splunk marks lists.
        let (name, rest) = match cut(path).filter(|_| depth > 0) {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        let name = name.strip_suffix("{}").unwrap_or(name);
        let known = self.0.iter().position(|(known, _)| known == name);
        match (known.map(|at| &mut self.0[at].1), rest) {
            (Some(Part::Below(below)), Some(rest)) => below.place(rest, json, depth - 1),
            (Some(_), _) => {}
            (None, None) => self.0.push((name.to_owned(), Part::Whole(json))),
            (None, Some(rest)) => {
                let mut below = Self::default();
                below.place(rest, json, depth - 1);
                self.0.push((name.to_owned(), Part::Below(below)));
            }
        }
    }

    /// Its members as JSON.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(name, part)| {
            let json = match part {
                Part::Whole(json) => json.clone(),
                Part::Below(below) => below.json(),
            };
            (name.as_str(), json)
        })
    }

    /// The object, or the list whose members' places were the names.
    pub(super) fn json(&self) -> String {
        if self.0.iter().enumerate().all(|(at, (name, _))| *name == at.to_string()) {
            let members: Vec<_> = self.members().map(|(_, json)| json).collect();
            return format!("[{}]", members.join(","));
        }
        let mut object = Object::default();
        for (name, json) in self.members() {
            object.json(name, &json);
        }
        object.finish()
    }
}
