//! Published intrusions: each is one story, in the order in which it was done.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cases;
use super::common::Folder;

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

/// Azure spells names of resources and people as whoever asked did, and no two of them differ by case alone.
fn shout(value: &mut Value) {
    const SPELLED: [&str; 5] = ["resourceid", "caller", "userprincipalname", "devicename", "name"];
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(key, member)| match member {
            Value::String(text) if SPELLED.contains(&key.to_ascii_lowercase().as_str()) => {
                text.make_ascii_uppercase();
            }
            _ => shout(member),
        }),
        Value::Array(elements) => elements.iter_mut().for_each(shout),
        _ => {}
    }
}

#[test]
fn a_name_in_another_case_is_no_other_machine_and_no_other_person() {
    let folder = Folder::new();
    let mut machines = 0;
    for name in ["2023-unc3944-serial-console.jsonl", "2023-octo-tempest.jsonl", "2025-storm-0501.jsonl"] {
        let text = fs::read_to_string(Path::new("../../events/stories").join(name)).unwrap();
        let shouted = text.lines().enumerate().map(|(at, line)| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if at % 2 == 1 {
                shout(&mut record);
            }
            format!("{record}\n")
        });
        let shouted = folder.write(name, shouted.collect::<String>());
        let names = |case: &Value, of: &str| {
            let list = case[of].as_array().unwrap().iter();
            let mut names: Vec<_> =
                list.map(|seen| seen["name"].as_str().unwrap().to_ascii_lowercase()).collect();
            names.sort();
            names
        };
        let level = ["--min-level", "informational"];
        let as_it_was = cases(&[&level[..], &[&format!("events/stories/{name}")]].concat());
        let all = cases(&[&level[..], &[&shouted]].concat());
        assert_eq!(all.len(), as_it_was.len(), "{name}: {all:#?}");
        for of in ["machines", "actors"] {
            assert_eq!(names(&all[0], of), names(&as_it_was[0], of), "{name}: {of}");
        }
        machines += all[0]["machines"].as_array().unwrap().len();
    }
    assert!(machines > 1, "{machines}");
}
