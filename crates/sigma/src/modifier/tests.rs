use super::*;

fn conflict(chain: &str) -> Option<String> {
    let chain: Vec<Modifier> = chain.split('|').map(|name| Modifier::named(name).unwrap()).collect();
    check(&chain).err().map(|conflict| conflict.message)
}

#[test]
fn every_name_is_understood_and_given_back() {
    for (name, modifier) in NAMES {
        assert_eq!(Modifier::named(name), Some(*modifier));
        assert_eq!(Modifier::named(modifier.as_str()), Some(*modifier));
    }
    assert_eq!(Modifier::suggestion("contian"), Some("contains"));
}

#[test]
fn sound_chains_pass() {
    for chain in [
        "contains|all",
        "re|i|m|s",
        "wide|base64offset|contains",
        "windash|contains|all",
        "hour|gte",
        "fieldref|startswith|cased",
        "neq|cidr",
        "cased|endswith",
        "expand|re",
    ] {
        assert_eq!(conflict(chain), None, "{chain}");
    }
}

#[test]
fn contradictions_are_refused() {
    for (chain, says) in [
        ("contains|re", "contradict"),
        ("all|all", "twice"),
        ("hour|day", "contradict"),
        ("fieldref|cidr", "cannot be combined"),
        ("fieldref|all", "cannot be combined"),
        ("hour|contains", "yields a number"),
        ("base64|re", "rewrites text"),
        ("expand|cidr", "rewrites text"),
        ("windash|exists", "rewrites text"),
        ("contains|i", "flag of `re`"),
        ("re|i|cased", "contradict"),
        ("cidr|cased", "means nothing"),
        ("exists|all", "one boolean"),
        ("exists|neq", "one boolean"),
        ("neq|gt", "turns a comparison round"),
        ("gt|all", "means nothing"),
        ("base64|base64offset", "contradict"),
        ("base64offset|endswith", "anywhere"),
        ("hour|cased", "means nothing"),
        ("fieldref|hour", "cannot be combined"),
        ("wide|utf16be", "only one"),
        ("base64|wide", "before base64"),
        ("base64|windash", "before base64"),
        ("gte|hour", "before its comparison"),
        ("contains|fieldref", "before what it does"),
    ] {
        assert!(
            conflict(chain).is_some_and(|message| message.contains(says)),
            "{chain}: {:?}",
            conflict(chain)
        );
    }
}
