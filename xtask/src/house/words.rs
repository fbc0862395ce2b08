//! One meaning a word: in a crate no two types bear one name, so that a name says which is meant wherever it stands.

use std::collections::BTreeMap;

use super::syntax::Crate;

/// Objects of OCSF, which names them; what they are made of here may have the same name.
const OCSF: [&str; 2] = ["describe", "ocsf"];

/// One fault for each name of several types, with the places of all of them.
pub(super) fn check(krate: &Crate) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in
        krate.modules.iter().filter(|module| !module.path.iter().map(String::as_str).take(2).eq(OCSF))
    {
        for (name, line) in &module.types {
            places.entry(name).or_default().push(format!("{}:{line}", module.file));
        }
    }
    places.retain(|_, places| places.len() > 1);
    let told = |(name, places): (&str, Vec<String>)| {
        format!("{}: `{name}` is the name of {} types", places.join(", "), places.len())
    };
    places.into_iter().map(told).collect()
}
