use super::{matches, selects};

#[test]
fn plain_values_ignore_case() {
    assert!(selects("eventName: SendCommand", r#"{"eventName":"SENDCOMMAND"}"#));
    assert!(!selects("eventName: SendCommand", r#"{"eventName":"SendCommands"}"#));
    assert!(!selects("eventName|cased: SendCommand", r#"{"eventName":"SENDCOMMAND"}"#));
    assert!(selects("a: [x, 'TO\u{212a}EN', y]", r#"{"a":"token"}"#));
}

#[test]
fn a_number_is_its_text_too() {
    assert!(selects("port: 22", r#"{"port":"22"}"#));
    assert!(selects("port: '22'", r#"{"port":22}"#));
    assert!(selects("port: 22", r#"{"port":22.0}"#));
    assert!(selects("port: 1.5", r#"{"port":"1.50"}"#));
    assert!(!selects("port: 22", r#"{"port":"22x"}"#));
    assert!(selects("port|startswith: 2", r#"{"port":222}"#));
    assert!(selects("n: 9007199254740993", r#"{"n":9007199254740993}"#));
    assert!(
        !selects("n: 9007199254740993", r#"{"n":9007199254740992}"#),
        "beyond what a double can tell apart"
    );
}

#[test]
fn booleans_are_words_too() {
    assert!(selects("a: true", r#"{"a":true}"#));
    assert!(selects("a: true", r#"{"a":"Yes"}"#));
    assert!(selects("a: 'true'", r#"{"a":true}"#));
    assert!(selects("a: false", r#"{"a":"0"}"#));
    assert!(!selects("a: true", r#"{"a":1}"#));
}

#[test]
fn null_is_absence() {
    for event in ["{}", r#"{"errorCode":null}"#, r#"{"errorCode":[]}"#, r#"{"errorCode":[null]}"#] {
        assert!(selects("errorCode: null", event), "{event}");
        assert!(selects("errorCode: [null, Client.X]", event), "{event}");
    }
    assert!(!selects("errorCode: null", r#"{"errorCode":""}"#));
    assert!(selects("errorCode: ''", r#"{"errorCode":""}"#));
    assert!(!selects("errorCode: ''", "{}"));
    assert!(!selects("errorCode|neq: null", "{}"));
    assert!(selects("errorCode|neq: null", r#"{"errorCode":"x"}"#));
}

#[test]
fn not_holds_over_an_absent_field() {
    assert!(matches("s:\n  a: 1\nf:\n  b: x\ncondition: s and not f", r#"{"a":1}"#));
}

#[test]
fn one_member_of_a_list_suffices() {
    assert!(selects("a: y", r#"{"a":["x","y"]}"#));
    assert!(selects("a.b: y", r#"{"a":[{"b":"x"},{"b":["z","y"]}]}"#));
    assert!(selects("a|contains|all: [x, y]", r#"{"a":["1x","1y"]}"#));
    assert!(!selects("a|neq: y", r#"{"a":["x","y"]}"#));
}

#[test]
fn neq_needs_the_field() {
    assert!(selects("a|neq: x", r#"{"a":"y"}"#));
    assert!(!selects("a|neq: [x, y]", r#"{"a":"y"}"#));
    assert!(!selects("a|neq: x", "{}"));
    assert!(selects("a|neq: x", r#"{"a":null}"#));
    assert!(selects("a|contains|neq: x", r#"{"a":"y"}"#));
}

#[test]
fn exists_asks_for_the_field_not_its_value() {
    assert!(selects("a|exists: true", r#"{"a":null}"#));
    assert!(selects("a|exists: true", r#"{"a":[]}"#));
    assert!(selects("a|exists: false", "{}"));
    assert!(!selects("a|exists: false", r#"{"a":""}"#));
}

#[test]
fn objects_are_searched_as_text() {
    assert!(selects("a|contains: secret", r#"{"a":{"b":{"c":"my Secret"}}}"#));
    assert!(selects("a: '*'", r#"{"a":{}}"#));
}

#[test]
fn strings_are_anchored() {
    assert!(selects("a|contains: b", r#"{"a":"aBc"}"#));
    assert!(selects("a|startswith: A", r#"{"a":"abc"}"#));
    assert!(selects("a|endswith: C", r#"{"a":"abc"}"#));
    assert!(!selects("a|endswith|cased: C", r#"{"a":"abc"}"#));
    assert!(selects("a|contains|all: [a, c]", r#"{"a":"abc"}"#));
    assert!(!selects("a|contains|all: [a, d]", r#"{"a":"abc"}"#));
    assert!(selects(r"a|endswith: '\cmd.exe'", r#"{"a":"C:\\Windows\\CMD.exe"}"#));
    assert!(selects(r"a: '*\\cmd.exe'", r#"{"a":"C:\\Windows\\cmd.exe"}"#));
}

#[test]
fn regular_expressions_mind_case_and_lines() {
    assert!(selects("a|re: '^a.c$'", r#"{"a":"abc"}"#));
    assert!(!selects("a|re: '^a.c$'", r#"{"a":"ABC"}"#));
    assert!(selects("a|re|i: '^a.c$'", r#"{"a":"ABC"}"#));
    assert!(selects("a|re|m: '^b$'", r#"{"a":"a\nb"}"#));
    assert!(selects("a|re|s: 'a.b'", r#"{"a":"a\nb"}"#));
    assert!(!selects("a|re: 'a.b'", r#"{"a":"a\nb"}"#));
    assert!(selects("a|re|i: 's'", "{\"a\":\"\u{17f}\"}"), "LONG S folds in regular expressions");
    assert!(selects("a|re: '^2'", r#"{"a":22}"#));
}

#[test]
fn networks_hold_addresses() {
    assert!(selects("ip|cidr: 192.0.2.0/24", r#"{"ip":"192.0.2.77"}"#));
    assert!(!selects("ip|cidr: 192.0.2.0/24", r#"{"ip":"198.51.100.1"}"#));
    assert!(selects("ip|cidr: ['192.0.2.0/24', '2001:db8::/32']", r#"{"ip":"2001:DB8::1"}"#));
    assert!(selects("ip|cidr: 192.0.2.0/24", r#"{"ip":"::ffff:192.0.2.77"}"#));
    assert!(!selects("ip|cidr: 192.0.2.0/24", r#"{"ip":"::ffff:198.51.100.1"}"#));
    assert!(!selects("ip|cidr: 192.0.2.0/24", r#"{"ip":"ssm.amazonaws.com"}"#));
    assert!(selects("ip|cidr|neq: 192.0.2.0/24", r#"{"ip":"198.51.100.1"}"#));
}

#[test]
fn numbers_are_compared() {
    assert!(selects("n|gt: 5", r#"{"n":6}"#));
    assert!(selects("n|gte: 5", r#"{"n":"5"}"#));
    assert!(selects("n|lt: 0.5", r#"{"n":0.25}"#));
    assert!(!selects("n|lte: 5", r#"{"n":5.5}"#));
    assert!(!selects("n|gt: 5", r#"{"n":"many"}"#));
}

#[test]
fn fields_are_compared_with_each_other() {
    let event = r#"{"a":"Root","b":"root","c":"arn:root","n":1,"m":"1"}"#;
    assert!(selects("a|fieldref: b", event));
    assert!(!selects("a|fieldref|cased: b", event));
    assert!(selects("c|fieldref|endswith: b", event));
    assert!(selects("n|fieldref: m", event));
    assert!(selects("a|fieldref|neq: c", event));
    assert!(!selects("a|fieldref: missing", event));
    assert!(!selects("missing|fieldref: a", event));
}

#[test]
fn times_are_taken_apart() {
    let event = r#"{"t":"2026-11-20T23:15:42.123Z","u":1795216542,"v":"2026-11-20 23:15:42","w":"2026-11-20T23:15:42-02:00"}"#;
    for (selection, verdict) in [
        ("t|hour: 23", true),
        ("t|hour|gte: 22", true),
        ("t|hour|lt: 22", false),
        ("t|minute: 15", true),
        ("t|day: 20", true),
        ("t|week: 47", true),
        ("t|month: 11", true),
        ("t|year: 2026", true),
        ("u|year: 2026", true),
        ("v|hour: 23", true),
        ("w|hour: 1", true),
        ("w|day: 21", true),
        ("missing|hour: 1", false),
    ] {
        assert_eq!(selects(selection, event), verdict, "{selection}");
    }
}

#[test]
fn encodings_are_recognised() {
    // base64("-enc") and UTF-16 of it, as PowerShell takes it.
    assert!(selects("a|base64: '-enc'", r#"{"a":"LWVuYw=="}"#));
    assert!(selects("a|wide|base64: 'cmd'", r#"{"a":"YwBtAGQA"}"#));
    assert!(selects("a|utf16be|base64: 'cmd'", r#"{"a":"AGMAbQBk"}"#));
    assert!(selects("a|utf16|base64: 'cmd'", r#"{"a":"//5jAG0AZAA="}"#));
    for (n, text) in ["foobar", "xfoobar", "xxfoobar"].iter().enumerate() {
        let encoded = ["Zm9vYmFy", "eGZvb2Jhcg==", "eHhmb29iYXI="][n];
        assert!(selects("a|base64offset|contains: foobar", &format!(r#"{{"a":"{encoded}"}}"#)), "{text}");
    }
    // The last sextet depends on what follows, so it is not looked for: base64("xfoo!") ends in `oh`.
    assert!(selects("a|base64offset|contains: foo", r#"{"a":"eGZvbyE="}"#));
    assert!(selects("a|utf16le: ab", r#"{"a":"a\u0000b\u0000"}"#));
}

#[test]
fn windash_covers_every_dash() {
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
        assert!(selects("a|windash|contains: ' -enc '", &format!(r#"{{"a":"x {dash}ENC y"}}"#)), "{dash}");
    }
    assert!(selects("a|windash|base64: '-e'", r#"{"a":"L2U="}"#), "every choice is encoded");
}

#[test]
fn keywords_are_searched_everywhere() {
    let event = r#"{"a":{"b":["x","EvilService"]},"c":"other","n":4711}"#;
    assert!(selects("[evilserv, nothing]", event));
    assert!(!selects("[nothing]", event));
    assert!(selects("4711", event));
    assert!(selects("'e*l'", event));
    assert!(!selects("[b]", event), "keys are no values");
    assert!(selects("'|all': [evil, other]", event), "each in a value of its own");
    assert!(!selects("'|all': [evil, nothing]", event));
    assert!(selects("'|re': 'E.il'", event));
    assert!(!selects("'|cased': [evil]", event));
}

#[test]
fn lists_of_maps_are_alternatives() {
    let selection = "- a: 1\n  b: 2\n- c: 3\n- keyword";
    assert!(selects(selection, r#"{"a":1,"b":2}"#));
    assert!(!selects(selection, r#"{"a":1}"#));
    assert!(selects(selection, r#"{"c":3}"#));
    assert!(selects(selection, r#"{"x":"some keyword"}"#));
}

#[test]
fn conditions_count_selections() {
    let rule = |condition: &str| {
        format!("a1:\n  a: 1\na2:\n  b: 1\na3:\n  c: 1\n_x:\n  d: 1\ncondition: {condition}")
    };
    let two = r#"{"a":1,"b":1}"#;
    for (condition, verdict) in [
        ("1 of a*", true),
        ("2 of a*", true),
        ("3 of a*", false),
        ("all of a*", false),
        ("all of them", false),
        ("any of them", true),
        ("a1 and a2 and not a3", true),
        ("not (a1 or a3)", false),
        ("a3 or a1 and a2", true),
    ] {
        let used = format!("({condition}) or a1 and a2 and a3 and _x");
        assert_eq!(matches(&rule(&used), two), verdict, "{condition}");
    }
    let three = r#"{"a":1,"b":1,"c":1}"#;
    assert!(matches(&rule("all of them"), three), "`them` leaves out names that start with an underscore");
    assert!(
        matches("a:\n  a: 9\nb:\n  b: 1\ncondition: [a, b]", two),
        "conditions of a list are alternatives"
    );
}
