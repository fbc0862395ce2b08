use proptest::prelude::*;
use proptest::sample::select;
use trailhound_sigma::{CompiledRule, ParseOptions, Rule, SigmaDocument, parse};

use super::super::Screen;
use crate::decode::{Decoded, Decoder, Family, Limits, Place, Record};
use crate::event::{FieldMaps, LogType, Reader};

fn rule(detection: &str) -> Rule {
    let text = format!(
        "title: t\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  {}\n",
        detection.replace('\n', "\n  ")
    );
    match parse("t.yml", &text, &ParseOptions::default())
        .unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
        .remove(0)
    {
        SigmaDocument::Rule(rule) => rule,
        other => panic!("{other:?}"),
    }
}

fn compile(detections: &[&str]) -> Vec<CompiledRule> {
    detections.iter().map(|detection| CompiledRule::compile(&rule(detection), &FieldMaps).unwrap()).collect()
}

fn screen(rules: &[CompiledRule]) -> Screen {
    let logs = [LogType::CloudTrail];
    Screen::new(&rules.iter().map(|rule| (&logs[..], "r", rule)).collect::<Vec<_>>())
}

fn record(bytes: &[u8]) -> Record<'_> {
    Record {
        is_mended: false,
        at: None,
        bytes,
        place: Place::Ordinal(1),
        family: Family::CloudTrail,
        has_escape: bytes.contains(&b'\\'),
        has_non_ascii: !bytes.is_ascii(),
    }
}

fn candidate(detection: &str, event: &str) -> bool {
    screen(&compile(&[detection])).is_candidate(&record(event.as_bytes()))
}

#[test]
fn names_are_looked_for_in_whatever_spelling() {
    let rule = "s:\n  eventName: SendCommand\n  requestParameters.documentName: y\ncondition: s";
    for event in [
        r#"{"eventName":"SendCommand"}"#,
        r#"{"eventName":"SENDCOMMAND"}"#,
        "{\"eventName\" \n:\t\"sendcommand\"}",
        r#"{"eventName":"Send\u0043ommand"}"#,
        r#"{"event\u004eame":"SendCommand"}"#,
        r#"{"eventName":["Other","SendCommand"]}"#,
        r#"{"eventName":"Other","eventName":"SendCommand"}"#,
        r#"{"a":{"eventName":"SendCommand"},"eventName":"Other"}"#,
        r#"{"eventName":"Other","x":"\u0041"}"#,
        r#"{"eventName":"Send\/Command"}"#,
        r#"{"eventName":{"value":"SendCommand"}}"#,
        r#"{"eventName":22}"#,
        "{\"eventName\":\"\u{17f}endCommand\"}",
        r#"{"awsRegion":"eu-north-1"}"#,
        r#"{"eventName":"x","message":"{\"eventName\":\"SendCommand\"}"}"#,
    ] {
        assert!(candidate(rule, event), "{event}");
    }
    for event in [
        r#"{"eventName":"Other"}"#,
        r#"{"eventName":"SendCommand2","x":"SendCommand"}"#,
        r#"{"eventName" : "Other","requestParameters":{"eventName":"Another","x":"\"\\"}}"#,
        r#"{"eventName":"Other","x":"eventName"}"#,
    ] {
        assert!(!candidate(rule, event), "{event}");
    }
}

#[test]
fn what_the_event_stage_takes_off_a_word_hides_it_not() {
    let rule = "s:\n  eventName: [StartSession]\n  userIdentity.type|cased: Root\ncondition: s";
    let cased = "s:\n  userIdentity.type|cased: Root\ncondition: s";
    for around in
        ["['_']", "[_]", "'_'", " _", "_ ", "_\u{a0}", "\u{3000}_", "['_' ]", "[ _ ]", "[_, null]", "('_')"]
    {
        let [name, who] = ["StartSession", "Root"].map(|word| around.replace('_', word));
        let event = format!("{{\"eventName\":\"{name}\",\"userIdentity\":{{\"type\":\"{who}\"}}}}");
        assert!(candidate(rule, &event), "{event}");
        let event = format!("{{\"eventName\":\"X\",\"userIdentity\":{{\"type\":\"{who}\"}}}}");
        assert!(around.starts_with('(') || candidate(cased, &event), "{event}");
    }
    // What is never rewritten stands as it is.
    let agent = "s:\n  userAgent: hydra\ncondition: s";
    assert!(!candidate(agent, r#"{"userAgent":"[aws-cli/2.0]"}"#));
}

#[test]
fn other_keys_and_words_are_looked_for_too() {
    let root = "s:\n  userIdentity.type: Root\nt:\n  eventName: AssumeRoot\ncondition: s or t";
    assert!(candidate(root, r#"{"eventName":"X","userIdentity":{"type":"Root"}}"#));
    assert!(candidate(root, r#"{"eventName":"X","userIdentity.type":"root"}"#));
    assert!(candidate(root, r#"{"eventName":"AssumeRoot","userIdentity":{"type":"AssumedRole"}}"#));
    assert!(!candidate(root, r#"{"eventName":"X","userIdentity":{"type":"AssumedRole","x":"Root"}}"#));

    let cased = "s:\n  userIdentity.type|cased: Root\nt:\n  eventName: AssumeRoot\ncondition: s or t";
    assert!(candidate(cased, r#"{"eventName":"X","userIdentity":{"type":"Root"}}"#));
    assert!(candidate(cased, r#"{"eventName":"X","userIdentity.type" : "Root"}"#));
    assert!(candidate(cased, r#"{"eventName":"X","userIdentity":{"type":["A","Root"]}}"#));
    assert!(candidate(cased, r#"{"eventName":"X","message":"{\"userIdentity\":{\"type\":\"Root\"}}"}"#));
    assert!(!candidate(cased, r#"{"eventName":"X","userIdentity":{"type":"root","x":"Rooted"}}"#));

    let prefix = "s:\n  eventName|startswith: Send\ncondition: s";
    assert!(candidate(prefix, r#"{"eventName":"sendX"}"#));
    assert!(!candidate(prefix, r#"{"eventName":"xSend"}"#));

    let word = "s:\n  userAgent|contains: PowerShell\ncondition: s";
    assert!(candidate(word, r#"{"userAgent":"a powershell"}"#));
    assert!(!candidate(word, r#"{"userAgent":"a shell"}"#));
}

#[test]
fn all_that_bytes_show_is_asked_of_a_record() {
    let rule = "s:\n  eventName: AssumeRole\n  eventSource: sts.amazonaws.com\n  userAgent|contains: [hydra, medusa]\ncondition: s";
    let event = |rest: &str| format!("{{\"eventName\":\"AssumeRole\",{rest}}}");
    for rest in [
        r#""eventSource":"sts.amazonaws.com","userAgent":"x Hydra/1""#,
        r#""userAgent":"medusa","eventSource" : "STS.amazonaws.com""#,
        r#""eventSource":"sts.amazonaws.com","userAgent":"a \"b\"""#,
        r#""eventSource":"sts.amazonaws.com","userAgent":["x","hydra"]"#,
        "\"eventSource\":\"sts.amazonaws.com\",\"userAgent\":\"\u{17f}\"",
        r#""x":"{\"userAgent\":\"hydra\"}","eventSource":"sts.amazonaws.com""#,
    ] {
        assert!(candidate(rule, &event(rest)), "{rest}");
    }
    for rest in [
        r#""eventSource":"sts.amazonaws.com","userAgent":"aws-cli""#,
        r#""eventSource":"ec2.amazonaws.com","userAgent":"hydra""#,
        r#""eventSource":"sts.amazonaws.com","x":"hydra""#,
    ] {
        assert!(!candidate(rule, &event(rest)), "{rest}");
    }
    // What one of two rules asks for is not made up of what both do.
    let two = [
        "s:\n  eventName: A\n  userAgent: x\ncondition: s",
        "s:\n  eventName: B\n  userAgent: y\ncondition: s",
    ];
    let both = screen(&compile(&two));
    assert!(!both.is_candidate(&record(br#"{"eventName":"A","userAgent":"y"}"#)));
    assert!(both.is_candidate(&record(br#"{"eventName":"B","userAgent":"y"}"#)));
}

#[test]
fn many_parts_are_found_as_few_are() {
    let agents: Vec<String> = (0..40).map(|n| format!("'agent{n}-'")).collect();
    let rule = |chain: &str| format!("s:\n  userAgent|{chain}: [{}]\ncondition: s", agents.join(", "));
    let event = |agent: &str| format!("{{\"eventName\":\"X\",\"userAgent\":\"{agent}\"}}");
    for (chain, yes, no) in [
        ("contains", "an AGENT39-x", "agent40-"),
        ("startswith", "Agent7-x", "x agent7-"),
        ("endswith", "x agent7-", "agent7-x"),
    ] {
        assert!(candidate(&rule(chain), &event(yes)), "{chain}");
        assert!(!candidate(&rule(chain), &event(no)), "{chain}");
    }
}

#[test]
fn a_rule_that_names_nothing_lets_all_pass() {
    let rules = compile(&["s:\n  errorCode: null\ncondition: s", "s:\n  eventName: A\ncondition: s"]);
    let screen = screen(&rules);
    assert_eq!(screen.unscreened(), ["r"]);
    assert!(screen.is_candidate(&record(br#"{"eventName":"B","errorCode":"x"}"#)));
}

#[test]
fn records_of_other_logs_are_candidates() {
    let screen = screen(&compile(&["s:\n  eventName: A\ncondition: s"]));
    let other = Record { family: Family::Any, ..record(br#"{"eventName":"B"}"#) };
    assert!(screen.is_candidate(&other));
}

const NAMES: [&str; 8] =
    ["SendCommand", "sendcommand", "StartSession", "Root", "Send*", "*ssion", "k\u{fc}rze", "Re\u{212a}ord"];

fn item() -> impl Strategy<Value = String> {
    let fields =
        ["eventName", "userIdentity.type", "eventSource", "userAgent", "requestParameters.x", "eventType"];
    let chain = ["", "", "", "|contains", "|startswith", "|endswith", "|cased", "|re|i", "|neq"];
    (select(fields.to_vec()), select(chain.to_vec()), prop::collection::vec(select(&NAMES[..]), 1..4))
        .prop_map(|(field, chain, names)| {
            let plain = |name: &&str| !chain.starts_with("|re") || !name.starts_with('*');
            let names: Vec<String> =
                names.iter().filter(|name| plain(name)).map(|name| format!("'{name}'")).collect();
            let names = if names.is_empty() { "'Send'".to_owned() } else { names.join(", ") };
            format!("'{field}{chain}': [{names}]")
        })
}

fn detection() -> impl Strategy<Value = String> {
    let conditions = ["s and t", "s or t", "s and not t", "1 of them", "all of them", "not t or s"];
    let rare = prop_oneof![
        8 => item(),
        1 => Just("errorCode: null".to_owned()),
        1 => Just("'n.outcome': success".to_owned()),
        1 => Just("requestParameters.x|exists: true".to_owned()),
    ];
    (item(), rare, item(), select(conditions.to_vec())).prop_map(|(a, b, c, condition)| {
        let same = a.split(':').next() == b.split(':').next();
        let b = if same { String::new() } else { format!(", {b}") };
        format!("s: {{{a}{b}}}\nt: {{{c}}}\ncondition: {condition}")
    })
}

/// A JSON string, with some of its characters escaped.
fn spelt() -> impl Strategy<Value = String> {
    let texts = [
        "SendCommand",
        "SENDCOMMAND",
        "StartSession",
        "startsession",
        "Other",
        "k\u{dc}rze",
        "re\u{212a}ord",
        "\u{17f}endCommand",
        "a \"quoted\" eventName",
        "['StartSession']",
        "[sendcommand]",
        "[Root]",
        "'Root'",
        "Root ",
        " SendCommand\u{a0}",
        "Root",
        "",
    ];
    (select(texts.to_vec()), 0u8..40).prop_map(|(text, escape)| {
        let mut out = String::from("\"");
        for (n, c) in text.chars().enumerate() {
            match c {
                '"' => out.push_str("\\\""),
                c if n == usize::from(escape) => {
                    out.extend(["\\u".to_owned(), format!("{:04x}", u32::from(c))]);
                }
                c => out.push(c),
            }
        }
        out.push('"');
        out
    })
}

fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![8 => spelt(), 1 => select(&["22", "null", "true", "[]", "{}"][..]).prop_map(str::to_owned)];
    scalar.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|members| format!("[{}]", members.join(","))),
            (key(), inner.clone()).prop_map(|(key, inner)| format!("{{{key}:{inner}}}")),
            (key(), inner).prop_map(|(key, inner)| quoted(&format!("{{{key}:{inner}}}"))),
            (plain(), plain()).prop_map(|(one, other)| quoted(&format!("{{type={one}, x={other}}}"))),
        ]
    })
}

/// A text as it stands in a printed map.
fn plain() -> impl Strategy<Value = &'static str> {
    select(&["Root", "'Root'", "[Root]", "Root ", "SendCommand", "startsession", "Other", ""][..])
}

/// What ought to be an object, as text.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn key() -> impl Strategy<Value = String> {
    let keys = [
        "\"eventName\"",
        "\"eventName\" ",
        "\"event\\u004eame\"",
        "\"userIdentity\"",
        "\"type\"",
        "\"userIdentity.type\"",
        "\"eventSource\"",
        "\"userAgent\"",
        "\"requestParameters\"",
        "\"x\"",
        "\"eventType\"",
        "\"errorCode\"",
        "\"eventVersion\"",
    ];
    select(keys.to_vec()).prop_map(str::to_owned)
}

fn event() -> impl Strategy<Value = String> {
    let entries = prop::collection::vec((key(), value()), 0..6);
    (any::<bool>(), spelt(), entries, any::<prop::sample::Index>()).prop_map(
        |(ordinary, name, entries, at)| {
            let mut entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}:{value}")).collect();
            if ordinary {
                entries.push("\"eventSource\":\"ssm.amazonaws.com\"".to_owned());
                let at = at.index(entries.len());
                entries.insert(at, format!("\"eventName\":{name}"));
            }
            format!("{{\"eventVersion\":\"1.08\",{}}}", entries.join(",")).replace(",}", "}")
        },
    )
}

/// A record that is ruled out though a rule matches it.
fn missed(detections: &[&str], events: &[String]) -> Option<String> {
    let rules = compile(detections);
    let screen = screen(&rules);
    let text = format!("{{\"Records\":[{}]}}", events.join(","));
    let mut wrong = None;
    let mut reader = Reader::default();
    let mut look = |decoded: Decoded<'_>| {
        let Decoded::Record(record) = decoded else { panic!("{decoded:?}") };
        if screen.is_candidate(&record) {
            return;
        }
        reader.read(record.bytes, &mut |event| {
            let Ok(event) = event else { return };
            if event.log() == LogType::CloudTrail && rules.iter().any(|rule| rule.matches(event)) {
                wrong = Some(String::from_utf8_lossy(record.bytes).into_owned());
            }
        });
    };
    let mut decoder = Decoder::new(Limits::default());
    decoder.push(text.as_bytes(), &mut look);
    decoder.finish(&mut look);
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_screened_out_matches_no_rule(
        detections in prop::collection::vec(detection(), 1..3),
        events in prop::collection::vec(event(), 1..8),
    ) {
        let detections: Vec<&str> = detections.iter().map(String::as_str).collect();
        prop_assert_eq!(missed(&detections, &events), None, "{:?}", detections);
    }

    #[test]
    fn nor_does_a_word_with_anything_around_it(
        field in select(&["eventName", "eventSource", "sourceIPAddress", "userIdentity.type", "userIdentity.arn"][..]),
        chain in select(&["", "|cased", "|startswith", "|endswith"][..]),
        before in prop::collection::vec(select(&["[", "'", " ", "{", "(", "\u{a0}", "a=", "-"][..]), 0..4),
        after in prop::collection::vec(select(&["]", "'", " ", "}", ")", "\u{a0}", ", null", "-"][..]), 0..4),
        is_printed in any::<bool>(),
    ) {
        let word = format!("{}Start-Session{}", before.concat(), after.concat());
        let (head, tail) = field.split_once('.').unwrap_or((field, ""));
        let under = match tail {
            "" => format!("\"{word}\""),
            _ if is_printed => format!("\"{{{tail}={word}, x=y}}\""),
            _ => format!("{{\"{tail}\":\"{word}\"}}"),
        };
        let name = if field == "eventName" { "" } else { "\"eventName\":\"X\"," };
        let event = format!("{{\"eventVersion\":\"1.08\",{name}\"awsRegion\":\"eu-west-1\",\"{head}\":{under}}}");
        let detection = format!("s: {{'{field}{chain}': Start-Session}}\ncondition: s");
        prop_assert_eq!(missed(&[&detection], &[event]), None, "{}", detection);
    }
}
