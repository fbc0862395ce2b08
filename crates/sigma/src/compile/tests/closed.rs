use super::*;
use crate::{Diagnostics, FieldMap, LogSource, Severity, UnknownField};

/// A log whose `state` is one of three words and whose `on` is a boolean.
struct Closed;

impl FieldMap for Closed {
    fn resolve(&self, _: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        Ok(vec![field.to_owned()])
    }

    fn closed(&self, _: &LogSource, field: &str) -> Option<Vec<String>> {
        let held: &[&str] = match field {
            "state" => &["running", "stopped", "gone"],
            "on" => &["true", "false"],
            _ => return None,
        };
        Some(held.iter().map(|held| (*held).to_owned()).collect())
    }
}

fn compiled(detection: &str) -> Result<CompiledRule, Diagnostics> {
    CompiledRule::compile(&rule(detection), &Closed)
}

#[test]
fn a_rule_that_needs_what_a_field_never_holds_is_refused_with_what_it_holds() {
    for never in [
        "s: {state: stoped}\ncondition: s",
        "s: {state: [paused, halted]}\ncondition: s",
        "s: {state|startswith: ning}\ncondition: s",
        "s: {a: 1, state: paused}\nt: {a: 2}\ncondition: s and t",
        "s: [{state: paused}, {state: halted}]\ncondition: 1 of s*",
        "s: {state: paused}\nt: {state: halted}\ncondition: s or t",
        "s: {state: paused}\nt: {a: 2}\ncondition: 2 of them",
        "s: {on: maybe}\ncondition: s",
    ] {
        let wrong = compiled(never).expect_err(never).to_string();
        assert!(wrong.contains("so the rule can never match"), "{never}: {wrong}");
        assert!(
            wrong.contains("running, stopped, gone") || wrong.contains("true, false"),
            "{never}: {wrong}"
        );
    }
    let wrong = compiled("s: {state: stoped}\ncondition: s").unwrap_err().to_string();
    assert!(
        wrong.contains("`state` never is `stoped`") && wrong.contains("did you mean `stopped`?"),
        "{wrong}"
    );
}

#[test]
fn what_can_match_all_the_same_is_told_and_taken() {
    for wondered in [
        "s: {state: [running, paused]}\ncondition: s",
        "s: {a: 1}\nf: {state: paused}\ncondition: s and not f",
        "s: {state: paused}\nt: {a: 2}\ncondition: s or t",
        "s: {state|neq: paused}\ncondition: s",
    ] {
        let rule = compiled(wondered).unwrap();
        let [warning] = rule.warnings() else { panic!("{wondered}: {:?}", rule.warnings()) };
        assert_eq!(warning.severity, Severity::Warning);
        assert!(warning.message.contains("`paused`"), "{warning}");
    }
    for plain in [
        "s: {state: RUNNING}\ncondition: s",
        "s: {state|endswith: ed}\ncondition: s",
        "s: {state: '*'}\ncondition: s",
        "s: {state: ''}\ncondition: s",
        "s: {state: null}\ncondition: s",
        "s: {state|exists: true}\ncondition: s",
        "s: {state|re: '^go'}\ncondition: s",
        "s: {on: false}\ncondition: s",
        "s: {a: paused}\ncondition: s",
    ] {
        let rule = compiled(plain).unwrap_or_else(|wrong| panic!("{plain}: {wrong}"));
        assert_eq!(rule.warnings(), [], "{plain}");
    }
}

#[test]
fn brackets_are_an_empty_list_too() {
    for (event, is) in
        [(r#"{"a":[]}"#, true), (r#"{"a":"[]"}"#, true), (r#"{"a":[1]}"#, false), ("{}", false)]
    {
        assert_eq!(selects("a: '[]'", event), is, "{event}");
    }
}

#[test]
fn a_bare_address_is_the_network_of_it_alone() {
    for (network, address, is) in [
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false),
        ("2001:db8::7", "2001:db8:0::7", true),
        ("2001:db8::7", "2001:db8::8", false),
    ] {
        assert_eq!(
            selects(&format!("a|cidr: '{network}'"), &format!(r#"{{"a":"{address}"}}"#)),
            is,
            "{network}"
        );
    }
}
