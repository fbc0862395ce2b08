use super::*;
use crate::words::names;

fn signs(text: &str) -> Signs {
    let mut all = Vec::new();
    of_text(text, &mut |sign| all.push(sign));
    Signs::of(all)
}

fn needed(name: &str) -> Needed {
    Needed(vec![vec![of_name(name)]])
}

const TEXTS: [&str; 9] = [
    "operations/dana@example.com",
    "arn:aws:sts::111122223333:assumed-role/Admin/work",
    "203.0.113.45",
    "2001:db8::1",
    "édana-é",
    "a--b",
    "Mozilla/5.0 (X11; Linux x86_64)",
    "",
    "--",
];

#[test]
fn what_stands_in_a_text_has_its_signs_there() {
    let mut found = 0;
    for text in TEXTS {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for (n, from) in places.iter().enumerate() {
            for to in &places[n..] {
                let name = &text[*from..*to];
                for name in [name.to_owned(), name.to_ascii_uppercase()] {
                    if names(text, &name) {
                        found += 1;
                        assert!(needed(&name).may_be_in(&signs(text)), "{name:?} in {text:?}");
                    }
                }
            }
        }
    }
    assert!(found > 200, "{found}");
}

#[test]
fn what_does_not_stand_there_is_told_apart() {
    for (text, name) in [
        ("operations/dana@example.com", "danae"),
        ("operations/dana@example.com", "dana.example"),
        ("203.0.113.45", "203.0.113.4"),
        ("203.0.113.45 45.203", "113.203"),
    ] {
        assert!(!needed(name).may_be_in(&signs(text)), "{name} in {text}");
    }
    let bytes = signs(TEXTS[1]).to_bytes();
    assert_eq!(Signs::from_bytes(&bytes).0, signs(TEXTS[1]).0);
}
