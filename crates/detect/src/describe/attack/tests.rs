use super::*;

#[test]
fn techniques_are_in_order_and_name_known_tactics() {
    assert!(TECHNIQUES.windows(2).all(|pair| pair[0].uid < pair[1].uid));
    for technique in TECHNIQUES {
        assert!(is_well_formed(technique.uid), "{}", technique.uid);
        let tag = format!("attack.{}", technique.uid.to_ascii_lowercase());
        assert_eq!(crate::rules::tag_fault(&tag), None, "{}", technique.uid);
        assert!(super::technique(parent(technique.uid)).is_some(), "{} has no parent", technique.uid);
        assert!(technique.tactics.iter().all(|tag| tactic(tag).is_some()), "{}", technique.uid);
    }
}

#[test]
fn every_technique_that_a_shipped_rule_names_has_its_label() {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let named = regex::Regex::new(r"(?:attack\.|technique: )([tT]\d{4}(?:\.\d{3})?)").unwrap();
    let mut folders = vec![rules];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for uid in named.captures_iter(&text).map(|found| found[1].to_uppercase()) {
                assert!(technique(&uid).is_some(), "{uid} in {}", path.display());
            }
        }
    }
}

#[test]
fn a_rule_says_which_of_a_techniques_tactics_it_means() {
    let tags = |tags: &[&str]| tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>();
    assert_eq!(tactic_of("T1078.004", &tags(&["persistence"])).uid, "TA0003");
    assert_eq!(tactic_of("T1651", &tags(&["lateral-movement"])).uid, "TA0002");
    assert_eq!(tactic_of("T9999", &tags(&["credential_access"])).uid, "TA0006");
    assert_eq!(tactic_of("T9999", &[]).uid, "TA0008");
}

#[test]
fn only_ids_the_schema_takes_are_well_formed() {
    assert!(is_well_formed("T1021") && is_well_formed("T1021.008"));
    for wrong in ["", "T", "T102", "t1021", "T1021.", "T1021.08", "T1021.0081", "TA0008"] {
        assert!(!is_well_formed(wrong), "{wrong}");
    }
}
