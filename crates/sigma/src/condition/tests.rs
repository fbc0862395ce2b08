use proptest::prelude::*;

use super::*;

const NAMES: [&str; 6] = ["selection", "filter", "sel_a", "sel_b", "_hidden", "keywords"];

fn read(text: &str) -> Condition {
    parse(text, &NAMES).unwrap()
}

fn error(text: &str) -> String {
    let error = parse(text, &NAMES).unwrap_err();
    format!("{}: {} / {}", error.offset, error.message, error.help.unwrap_or_default())
}

#[test]
fn precedence_is_not_and_or() {
    assert_eq!(read("selection and not filter or sel_a").to_string(), "(selection and not filter) or sel_a");
    assert_eq!(
        read("selection AND NOT (filter OR sel_a)").to_string(),
        "selection and not (filter or sel_a)"
    );
}

#[test]
fn patterns_name_selections() {
    let names = |text| match read(text) {
        Condition::Of { names, .. } => names,
        other => panic!("{other:?}"),
    };
    assert_eq!(names("1 of sel_*"), ["sel_a", "sel_b"]);
    assert_eq!(names("all of sel*"), ["selection", "sel_a", "sel_b"]);
    assert_eq!(names("any of *l*t*"), ["selection", "filter"]);
    assert_eq!(names("2 of them"), ["selection", "filter", "sel_a", "sel_b", "keywords"]);
    assert_eq!(names("1 of selection"), ["selection"]);
}

#[test]
fn errors_say_where_and_what_to_do() {
    assert_eq!(error("selection and filtre"), "14: there is no selection `filtre` / did you mean `filter`?");
    assert_eq!(error("selection and"), "13: the condition ends where a selection is expected / ");
    assert_eq!(error("(selection"), "0: this `(` is never closed / ");
    assert_eq!(error("selection)"), "9: this `)` closes nothing / ");
    assert_eq!(
        error("selection filter"),
        "10: `filter` does not belong here / join selections with `and` or `or`"
    );
    assert_eq!(error("sel_*"), "0: `sel_*` names several selections / write `1 of sel_*` or `all of sel_*`");
    assert!(error("1 of filter_*").starts_with("5: `filter_*` fits no selection / the rule has `selection`"));
    assert!(error("3 of sel_*").starts_with("0: `sel_*` fits only 2, fewer than 3"));
    assert!(error("0 of them").contains("expected a number"));
    assert!(error("selection | count() > 5").starts_with("10: aggregations behind `|`"));
    assert!(error("1 of and").contains("expected `them` or a pattern"));
    assert!(error("and").contains("expected a selection"));
    assert!(error("").contains("ends where"));
    assert!(error(&"not ".repeat(100)).contains("nested deeper"));
    assert!(error(&"(".repeat(100)).contains("nested deeper"));
}

fn condition() -> impl Strategy<Value = Condition> {
    let of = |quantifier, pattern: &str| read(&format!("{quantifier} of {pattern}"));
    let leaf = prop_oneof![
        prop::sample::select(&NAMES[..]).prop_map(|name| Condition::Name(name.to_owned())),
        Just(of("1", "sel*")),
        Just(of("all", "them")),
        Just(of("2", "sel_*")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(condition in condition()) {
        prop_assert_eq!(read(&condition.to_string()), condition);
    }

    #[test]
    fn no_text_is_too_much(text in "([a-z_*()|0-9é]{0,8} ?){0,8}") {
        let _ = parse(&text, &NAMES);
    }
}
