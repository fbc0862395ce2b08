//! The published schemas of rule and tests files say what the readers say: all that is shipped is of that form, and what the
//! readers refuse by its form is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;
use trailhound_detect::proving::{self, parse_all};
use trailhound_detect::rules::{EMBEDDED, Loading, RuleFile, load_as, schema};
use trailhound_sigma::{words, yaml};

fn of_rules() -> Validator {
    jsonschema::validator_for(&schema::rule()).unwrap()
}

fn of_tests() -> Validator {
    jsonschema::validator_for(&proving::schema::tests()).unwrap()
}

/// What a schema finds wrong with a file; nothing where that is no YAML.
fn faults(schema: &Validator, text: &str) -> Option<Vec<String>> {
    let documents = yaml::parse("t.yml", text).ok()?;
    let mut all = Vec::new();
    for document in documents {
        let said: Value = serde_json::from_str(&document.to_json()).unwrap();
        all.extend(schema.iter_errors(&said).map(|error| format!("{} at {}", error, error.instance_path())));
    }
    Some(all)
}

/// What the reader finds wrong.
fn refused(path: &str, text: &str) -> Option<String> {
    let file = RuleFile { path: path.to_owned(), text: text.to_owned() };
    if path.ends_with(".tests.yml") {
        return parse_all(&[file]).remove(0).err().map(|wrong| wrong.to_string());
    }
    // The one that others look at.
    let beside = EMBEDDED.iter().find(|file| file.path.ends_with("/ssm-session-shell.yml")).unwrap();
    let beside = RuleFile { path: beside.path.to_owned(), text: beside.text.to_owned() };
    let loaded = load_as(&[beside, file], Loading { shipped: false, ..Loading::default() });
    loaded.errors().next().map(ToString::to_string)
}

#[test]
fn what_is_published_is_what_the_code_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for (name, schema) in
        [("rule.v1.schema.json", schema::rule()), ("tests.v1.schema.json", proving::schema::tests())]
    {
        let published = fs::read_to_string(folder.join(name)).unwrap_or_default();
        let published: Value = serde_json::from_str(&published).unwrap_or_default();
        assert!(published == schema, "schemas/{name} is stale; renew it with `cargo xtask docs`");
        assert!(jsonschema::meta::is_valid(&published), "{name}");
    }
}

#[test]
fn all_that_is_shipped_is_of_the_form() {
    let (rules, tests) = (of_rules(), of_tests());
    for file in EMBEDDED.iter() {
        assert_eq!(faults(&rules, file.text).unwrap(), [""; 0], "{}", file.path);
    }
    for file in proving::shipped() {
        assert_eq!(faults(&tests, &file.text).unwrap(), [""; 0], "{}", file.path);
    }
}

/// Both ways: every list of the readers is in the schema, and the schema has no word that no reader knows.
#[test]
fn keys_and_words_are_those_of_the_readers() {
    let rule = schema::rule();
    let keys = |schema: &Value| -> BTreeSet<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let own = ["logsource", "detection", "correlation", "filter", "generate", "trailhound"];
    let document = words::document_keys().iter().copied().chain(own).map(str::to_owned).collect();
    assert_eq!(keys(&rule), document);
    let correlation = words::correlation_keys().iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(keys(&rule["$defs"]["correlation"]), correlation);
    // Each key of ours is taken by the reader, and one that is spelled otherwise by neither.
    for (def, text) in [("extension", RULE), ("correlation_extension", CORRELATION)] {
        for key in keys(&rule["$defs"][def]) {
            let told = |key: &str| {
                let text = format!("{text}trailhound: {{{key}: 1}}\n");
                refused("mine.yml", &text).unwrap_or_default().contains(&format!("unknown key '{key}'"))
            };
            assert!(!told(&key), "{key}");
            assert!(told(&format!("{key}x")), "{key}");
            let misspelled = format!("{text}trailhound: {{{key}x: 1}}\n");
            assert_ne!(faults(&of_rules(), &misspelled).unwrap(), [""; 0], "{key}x");
        }
    }
    for modifier in words::modifiers() {
        let value = match modifier {
            "exists" => "true",
            "all" => "[a, b]",
            "lt" | "lte" | "gt" | "gte" => "1",
            _ => "a",
        };
        let text = RULE.replace("eventName: StartSession", &format!("eventName|{modifier}: {value}"));
        assert_eq!(faults(&of_rules(), &text).unwrap(), [""; 0], "{modifier}");
        let text = text.replace(&format!("|{modifier}"), &format!("|{modifier}x"));
        assert_ne!(faults(&of_rules(), &text).unwrap(), [""; 0], "{modifier}x");
    }
}

const RULE: &str = "title: A rule\nname: mine\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  selection: {eventName: StartSession}\n  condition: selection\nlevel: low\n";
const CORRELATION: &str = "title: Several\nname: several\ncorrelation:\n  type: event_count\n  rules: [aws-ssm-session-shell]\n  group-by: [n.actor.key]\n  timespan: 10m\n  condition: {gte: 3}\nlevel: high\n";
const FILTER: &str = "title: Not dana\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n  rules: [aws-ssm-session-shell]\n  dana: {userIdentity.userName: dana}\n  condition: not dana\n";
const TESTS: &str = "rule: aws-ssm-session-shell\ntests:\n  - name: one\n    event: {eventName: StartSession}\n    expect: none\n";
const EPISODES: &str = "rule: aws-serial-console-opened-and-used\nevents:\n  enable: {event: {eventName: A}}\ntests:\n  - name: one\n    events: [{from: enable, after: 0s}]\n    expect: none\n";

/// What is beyond a schema, and why.
enum Form {
    /// By its form.
    Wrong,
    /// By more than that.
    Beyond(&'static str),
}
use Form::{Beyond, Wrong};

const FIELDS: &str = "which fields a log has is in its tables";
const VALUES: &str = "what a value of a modifier may be is a language of its own";
const CONDITIONS: &str = "conditions are a language of their own";
const NAMES: &str = "it would have to know other names of the file";

/// A file that is right, what is changed in it, and whether that is wrong by its form.
const CHANGES: &[(&str, &str, &str, &str, Form)] = &[
    ("r.yml", RULE, "title: A rule\n", "", Wrong),
    ("r.yml", RULE, "A rule", "''", Wrong),
    ("r.yml", RULE, "level: low", "level: severe", Wrong),
    ("r.yml", RULE, "level: low", "status: tested", Wrong),
    ("r.yml", RULE, "level: low", "date: yesterday", Wrong),
    ("r.yml", RULE, "level: low", "date: 2026-13-40", Beyond("a pattern does not count days")),
    ("r.yml", RULE, "level: low", "taxonomy: mine", Wrong),
    ("r.yml", RULE, "level: low", "tags: [[a]]", Wrong),
    ("r.yml", RULE, "level: low", "author: {a: b}", Wrong),
    ("r.yml", RULE, "level: low", "description: [a]", Wrong),
    ("r.yml", RULE, "{product: aws, service: cloudtrail}", "{definition: aws}", Wrong),
    ("r.yml", RULE, "logsource: {product: aws, service: cloudtrail}\n", "", Wrong),
    ("r.yml", RULE, "product: aws", "product: [aws]", Wrong),
    ("r.yml", RULE, "  condition: selection\n", "", Wrong),
    ("r.yml", RULE, "  selection: {eventName: StartSession}\n", "", Wrong),
    (
        "r.yml",
        RULE,
        "condition: selection",
        "condition: []",
        Beyond("to Sigma one and a list of them are the same"),
    ),
    ("r.yml", RULE, "condition: selection", "condition: selection and filtre", Beyond(CONDITIONS)),
    ("r.yml", RULE, "condition: selection", "condition: selection | count() > 5", Beyond(CONDITIONS)),
    ("r.yml", RULE, "  condition", "  timeframe: 5m\n  condition", Wrong),
    ("r.yml", RULE, "  condition", "  'a b': {a: 1}\n  condition", Wrong),
    ("r.yml", RULE, "  condition", "  Not: {a: 1}\n  condition", Wrong),
    ("r.yml", RULE, "detection:\n", "action: global\ndetection:\n", Beyond("keys of one's own are allowed")),
    ("r.yml", RULE, "detection:", "detections:", Wrong),
    ("r.yml", RULE, "level: low", "correlation: {}", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventNaem: StartSession", Beyond(FIELDS)),
    ("r.yml", RULE, "{eventName: StartSession}", "{}", Wrong),
    ("r.yml", RULE, "{eventName: StartSession}", "[]", Wrong),
    ("r.yml", RULE, "{eventName: StartSession}", "[null]", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName: []", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName: {b: 1}", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName: [[1]]", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName|contain: x", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "'': x", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName|exists: 'true'", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName|exists: [true, false]", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName|all: x", Wrong),
    (
        "r.yml",
        RULE,
        "eventName: StartSession",
        "eventName|contains|re: x",
        Beyond("a pattern of all that may stand together is no help"),
    ),
    ("r.yml", RULE, "eventName: StartSession", "eventName|gt: x", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|gt: [[1]]", Wrong),
    ("r.yml", RULE, "eventName: StartSession", "eventName|contains: null", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName: 0x17", Beyond("it is a number to YAML")),
    ("r.yml", RULE, "eventName: StartSession", "eventName|fieldref: 'b*'", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|base64: 'b*'", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|expand: plain", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|expand: '%nobody%'", Beyond(NAMES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|re: '('", Beyond(VALUES)),
    ("r.yml", RULE, "eventName: StartSession", "eventName|cidr: 10.0.0", Beyond(VALUES)),
    ("r.yml", RULE, "name: mine", "name: aws-ssm-session-shell", Beyond(NAMES)),
    ("r.yml", RULE, "level: low", "trailhound: {replaces: nobody}", Beyond(NAMES)),
    ("r.yml", RULE, "level: low", "trailhound: {enabled: maybe}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {attempt: 1}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {takes: both}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {adjust: {level: low}}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {adjust: [{level: low, because: x}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {adjust: [{when: {eventName: x}}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {adjust: [{when: {eventName: x}, level: low}]}", Wrong),
    (
        "r.yml",
        RULE,
        "level: low",
        "trailhound: {adjust: [{when: {eventName: x}, level: '+9', because: x}]}",
        Wrong,
    ),
    ("r.yml", RULE, "level: low", "trailhound: {adjust: [{when: {}, level: low, because: x}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{level: high}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{first: [actor, mood]}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{first: []}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{first: actor, within: soon}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{first: actor, enough: 100000}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{first: actor, level: '+1'}]}", Wrong),
    (
        "r.yml",
        RULE,
        "level: low",
        "trailhound: {baseline: [{known: [actor, document, kind]}]}",
        Beyond("it needs another entry of the list"),
    ),
    ("r.yml", RULE, "level: low", "trailhound: {baseline: [{known: actor, level: low}]}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {require_first: severe}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {show: {a: b}}", Wrong),
    ("r.yml", RULE, "level: low", "trailhound: {target: no.such.field}", Beyond(FIELDS)),
    ("r.yml", RULE, "level: low", "trailhound: {sentence: '{nobody} did it'}", Beyond(FIELDS)),
    ("r.yml", RULE, "level: low", "trailhound: [a]", Wrong),
    ("c.yml", CORRELATION, "event_count", "event_cuont", Wrong),
    ("c.yml", CORRELATION, "10m", "soon", Wrong),
    ("c.yml", CORRELATION, "10m", "0m", Wrong),
    ("c.yml", CORRELATION, "  timespan: 10m\n", "", Wrong),
    ("c.yml", CORRELATION, "[aws-ssm-session-shell]", "[]", Wrong),
    ("c.yml", CORRELATION, "[aws-ssm-session-shell]", "[aws-ssm-session-shel]", Beyond(NAMES)),
    ("c.yml", CORRELATION, "  timespan", "  x: 1\n  timespan", Wrong),
    ("c.yml", CORRELATION, "  timespan", "  timeframe: 5m\n  timespan", Wrong),
    ("c.yml", CORRELATION, "gte: 3", "more: 3", Wrong),
    ("c.yml", CORRELATION, "gte: 3", "gte: three", Wrong),
    ("c.yml", CORRELATION, "gte: 3", "gte: 3, field: x", Wrong),
    ("c.yml", CORRELATION, "gte: 3", "gte: 3, percentile: 5", Wrong),
    ("c.yml", CORRELATION, "gte: 3", "gte: 50000", Beyond("which figures are counted depends on the type")),
    ("c.yml", CORRELATION, "{gte: 3}", "{}", Wrong),
    ("c.yml", CORRELATION, "{gte: 3}", "a and b", Wrong),
    ("c.yml", CORRELATION, "  condition: {gte: 3}\n", "", Wrong),
    ("c.yml", CORRELATION, "event_count", "value_count", Wrong),
    ("c.yml", CORRELATION, "n.actor.key", "n.actor.kye", Beyond(FIELDS)),
    ("c.yml", CORRELATION, "  timespan", "  aliases: {who: {other: x}}\n  timespan", Beyond(NAMES)),
    ("c.yml", CORRELATION, "level: high", "generate: maybe", Wrong),
    ("c.yml", CORRELATION, "level: high", "trailhound: {takes: everything}", Wrong),
    ("c.yml", CORRELATION, "level: high", "trailhound: {least: '+1'}", Wrong),
    ("c.yml", CORRELATION, "level: high", "trailhound: {take: both}", Wrong),
    ("c.yml", CORRELATION, "level: high", "trailhound: {attempt: true}", Wrong),
    ("c.yml", CORRELATION, "level: high", "trailhound: {needs: [other]}", Beyond(NAMES)),
    ("f.yml", FILTER, "  rules: [aws-ssm-session-shell]\n", "", Wrong),
    ("f.yml", FILTER, "[aws-ssm-session-shell]", "[]", Wrong),
    ("f.yml", FILTER, "[aws-ssm-session-shell]", "[nobody]", Beyond(NAMES)),
    ("f.yml", FILTER, "  condition: not dana\n", "", Wrong),
    ("f.yml", FILTER, "condition: not dana", "condition: [not dana, dana]", Wrong),
    ("f.yml", FILTER, "{userIdentity.userName: dana}", "{}", Wrong),
    ("a.tests.yml", TESTS, "rule: aws-ssm-session-shell\n", "", Wrong),
    ("a.tests.yml", TESTS, "tests:", "test:", Wrong),
    ("a.tests.yml", TESTS, "name: one", "title: one", Wrong),
    ("a.tests.yml", TESTS, "expect: none", "expect: nothing", Wrong),
    ("a.tests.yml", TESTS, "    expect: none\n", "", Wrong),
    ("a.tests.yml", TESTS, "expect: none", "expect: none\n    level: severe", Wrong),
    ("a.tests.yml", TESTS, "    event: {eventName: StartSession}\n", "", Wrong),
    ("a.tests.yml", TESTS, "event: {eventName: StartSession}", "from: nobody", Beyond(NAMES)),
    ("a.tests.yml", TESTS, "expect: none", "expect: none\n    from: one", Wrong),
    ("a.tests.yml", TESTS, "tests:\n", "tests: x\nx:\n", Wrong),
    ("a.tests.yml", EPISODES, "expect: none", "expect: attempt", Wrong),
    ("a.tests.yml", EPISODES, "after: 0s", "after: soon", Wrong),
    ("a.tests.yml", EPISODES, "after: 0s", "at: 0s", Wrong),
    ("a.tests.yml", EPISODES, "from: enable", "from: nobody", Beyond(NAMES)),
    ("a.tests.yml", EPISODES, "{from: enable, after: 0s}", "{after: 0s}", Wrong),
    ("a.tests.yml", EPISODES, "expect: none", "expect: none\n    members: some", Wrong),
    ("a.tests.yml", EPISODES, "expect: none", "expect: none\n    ordered: 1", Wrong),
    ("a.tests.yml", EPISODES, "expect: none", "expect: none\n    count: 1", Wrong),
];

#[test]
fn what_the_readers_refuse_by_its_form_is_not_of_the_form() {
    let (rules, tests) = (of_rules(), of_tests());
    for (path, text, from, to, form) in CHANGES {
        let schema = if path.ends_with(".tests.yml") { &tests } else { &rules };
        assert_eq!(refused(path, text), None, "{text}");
        assert_eq!(faults(schema, text).unwrap(), [""; 0], "{text}");
        assert!(text.contains(from), "{from}");
        let wrong = text.replacen(from, to, 1);
        assert!(refused(path, &wrong).is_some(), "the reader takes\n{wrong}");
        let found = faults(schema, &wrong).unwrap();
        match form {
            Wrong => assert!(!found.is_empty(), "the schema takes\n{wrong}"),
            Beyond(why) => assert!(found.is_empty(), "no longer beyond it ({why}): {found:?}\n{wrong}"),
        }
    }
}
