//! Published intrusions: each is one story, in the order in which it was done.

use std::fs;
use std::path::Path;

use super::cases;

#[test]
fn each_published_intrusion_is_one_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/stories");
    let mut told = 0;
    let mut wrong = Vec::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let all = cases(&["--min-level", "informational", &format!("events/stories/{name}")]);
        if all.len() != 1 {
            let heads: Vec<_> =
                all.iter().map(|case| (&case["headline"], case["story"].as_array().unwrap().len())).collect();
            wrong.push(format!("{name}: {heads:#?}"));
        }
        told += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told >= 10);
}
