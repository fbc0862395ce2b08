use super::*;
use crate::json::Document as Json;
use crate::{CompiledRule, ParseOptions, PlainFields, Severity, SigmaDocument};

const RULE: &str = "
title: t
id: 00000000-0000-4000-8000-000000000001
name: the-rule
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {a: 1}
  condition: selection
";

fn filter(body: &str, logsource: &str) -> String {
    format!("title: f\nlogsource: {logsource}\nfilter:\n  {}\n", body.replace('\n', "\n  "))
}

fn read(text: &str) -> Result<(Vec<Rule>, Vec<Filter>), crate::Diagnostics> {
    let (mut rules, mut filters) = (Vec::new(), Vec::new());
    for document in crate::parse("f.yml", text, &ParseOptions::default())? {
        match document {
            SigmaDocument::Rule(rule) => rules.push(rule),
            SigmaDocument::Filter(filter) => filters.push(filter),
            SigmaDocument::Correlation(_) => panic!(),
        }
    }
    Ok((rules, filters))
}

fn apply(filter: &str) -> Result<CompiledRule, String> {
    let (mut rules, filters) = read(&format!("{RULE}---\n{filter}")).map_err(|error| error.to_string())?;
    let told = apply_filters(&mut rules, &filters);
    if let Some(error) = told.iter().find(|told| told.severity == Severity::Error) {
        return Err(error.to_string());
    }
    Ok(CompiledRule::compile(&rules[0], &PlainFields).unwrap())
}

const ADMINS: &str = "rules: [the-rule]\nadmins: {user|startswith: adm_}\ncondition: not admins";

#[test]
fn a_filter_keeps_events_out() {
    for rules in ["[the-rule]", "00000000-0000-4000-8000-000000000001", "any"] {
        let rule = apply(&filter(&ADMINS.replace("[the-rule]", rules), "{product: aws}")).unwrap();
        assert!(rule.matches(&Json::parse(r#"{"a":1,"user":"eve"}"#).unwrap()));
        assert!(!rule.matches(&Json::parse(r#"{"a":1,"user":"adm_bob"}"#).unwrap()));
    }
}

#[test]
fn a_filter_for_all_leaves_other_log_sources_alone() {
    let rule = apply(&filter(&ADMINS.replace("[the-rule]", "any"), "{product: azure}")).unwrap();
    assert!(rule.matches(&Json::parse(r#"{"a":1,"user":"adm_bob"}"#).unwrap()));
}

#[test]
fn a_condition_without_not_says_what_is_kept_out_as_the_specification_has_it() {
    for condition in ["admins", "admins and not guests", "admins or guests"] {
        let body = "rules: [the-rule]\nadmins: {user|startswith: adm_}\nguests: {user|endswith: '#ext#'}\n";
        let text =
            format!("{RULE}---\n{}", filter(&format!("{body}condition: {condition}"), "{product: aws}"));
        let (mut rules, filters) = read(&text).unwrap();
        let warnings: Vec<String> = filters[0].meta.warnings.iter().map(ToString::to_string).collect();
        assert!(
            warnings.iter().any(|told| told.contains(&format!("write `not ({condition})`"))),
            "{warnings:?}"
        );
        assert_eq!(apply_filters(&mut rules, &filters), []);
        let rule = CompiledRule::compile(&rules[0], &PlainFields).unwrap();
        assert!(rule.matches(&Json::parse(r#"{"a":1,"user":"eve"}"#).unwrap()), "{condition}");
        assert!(!rule.matches(&Json::parse(r#"{"a":1,"user":"adm_bob"}"#).unwrap()), "{condition}");
    }
}

#[test]
fn a_filter_acts_on_the_rules_that_are_there_and_names_the_others() {
    let body = ADMINS.replace("[the-rule]", "[the-rulle, the-rule]");
    let (mut rules, filters) = read(&format!("{RULE}---\n{}", filter(&body, "{product: aws}"))).unwrap();
    let told: Vec<String> = apply_filters(&mut rules, &filters).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("warning: there is no rule `the-rulle`\n  help: did you mean `the-rule`?"),
        "{told:?}"
    );
    let rule = CompiledRule::compile(&rules[0], &PlainFields).unwrap();
    assert!(!rule.matches(&Json::parse(r#"{"a":1,"user":"adm_bob"}"#).unwrap()));
}

#[test]
fn what_a_filter_cannot_do_is_told() {
    let error = |body: &str, logsource: &str| apply(&filter(body, logsource)).unwrap_err();
    assert!(
        error(&ADMINS.replace("the-rule", "other"), "{product: aws}").contains("there is no rule `other`")
    );
    assert!(error(ADMINS, "{product: azure}").contains("another log source"));
    assert!(error("admins: {a: 1}\ncondition: not admins", "{product: aws}").contains("names no rules"));
}
