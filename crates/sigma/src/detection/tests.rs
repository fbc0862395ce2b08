use crate::{ParseOptions, SigmaDocument, parse};

const OPTIONS: ParseOptions<'_> = ParseOptions {
    extensions: &[],
    placeholders: &[("admins", &["root", "adm_*"]), ("none", &[])],
    strict: false,
};

fn read(selection: &str) -> Result<crate::Rule, String> {
    let text = format!("title: t\nlogsource: {{product: p}}\ndetection:\n  s: {selection}\n  condition: s\n");
    match parse("t.yml", &text, &OPTIONS) {
        Ok(mut documents) => match documents.remove(0) {
            SigmaDocument::Rule(rule) => Ok(rule),
            other => panic!("{other:?}"),
        },
        Err(error) => Err(error.to_string()),
    }
}

fn error(selection: &str) -> String {
    read(selection).unwrap_err()
}

#[test]
fn what_could_not_be_honoured_is_refused() {
    for (selection, says) in [
        ("{}", "the selection is empty\n  help: it would match every event"),
        ("[]", "the selection is empty\n  help: it would never match"),
        ("{a: []}", "the list of values is empty"),
        ("{a: {b: 1}}", "expected a value, found a mapping"),
        ("{a: [[1]]}", "expected a value, found a list"),
        ("{a|exists: 'true'}", "`exists` takes true or false, found a string"),
        ("{a|exists: [true, false]}", "`exists` takes one boolean"),
        ("{a|all: x}", "`all` needs more than one value"),
        ("{a|gt: x}", "`x` is no number"),
        ("{a|hour: [1, x]}", "`x` is no number"),
        ("{a|contains: null}", "`null` cannot be combined"),
        ("{a: 0x17}", "`0x17` is a number to YAML, whose digits are lost"),
        ("{a|fieldref: 'b*'}", "a field's name has no wildcards"),
        ("{a|base64: 'b*'}", "wildcards cannot be encoded"),
        ("{a|base64offset: x}", "too short to be recognised"),
        ("{a|utf16: x}", "never valid in a log value"),
        ("{a|windash|base64: '------'}", "too many dashes"),
        ("{'': x}", "the field has no name"),
        ("{'|exists': true}", "`exists` needs a field"),
        ("[null]", "nothing cannot be searched for"),
        ("{a|expand: plain}", "`expand` finds no placeholder"),
        ("{a|expand: '%users%'}", "nothing says what %users% stands for"),
        ("{a|expand: '%none%'}", "%none% stands for nothing"),
        (r"{a|re: '(?=x)'}", "look-around"),
        (r"{a|re: '(\w{200}){200}'}", "not a regular expression that can be used"),
        (
            "{a|re: '((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})'}",
            "not a regular expression that can be used",
        ),
    ] {
        let error = error(selection);
        assert!(error.contains(says), "{selection}: {error}");
        assert!(error.starts_with("t.yml:4:"), "{error}");
    }
}

#[test]
fn placeholders_stand_for_their_values() {
    let rule = read("{a|expand: 'x%admins%'}").unwrap();
    let crate::Search::All(items) = &rule.detection.selections[0].search else { panic!() };
    let texts: Vec<&str> = items[0].values.iter().map(|value| value.text.as_str()).collect();
    assert_eq!(texts, ["xroot", "xadm_*"]);
}

#[test]
fn a_percent_sign_behind_a_backslash_is_a_percent_sign() {
    let texts = |value: &str| -> Vec<String> {
        let rule = read(&format!("{{a|expand: '{value}'}}")).unwrap();
        let crate::Search::All(items) = &rule.detection.selections[0].search else { panic!() };
        items[0].values.iter().map(|value| value.text.clone()).collect()
    };
    assert_eq!(texts(r"\%plain%admins%"), ["%plainroot", "%plainadm_*"]);
    assert_eq!(texts(r"\%plain\%"), ["%plain%"]);
    assert_eq!(texts(r"C:\\%admins%"), [r"C:\\root", r"C:\\adm_*"]);
    assert!(error(r"{a|expand: '\%admins%'}").contains("finds no placeholder"));
    assert!(error("{a|expand: '%admin%'}").contains("did you mean %admins%?"));
}

fn detection(body: &str) -> String {
    let text = format!("title: t\nlogsource: {{product: p}}\ndetection: {body}\n");
    parse("t.yml", &text, &OPTIONS).unwrap_err().to_string()
}

#[test]
fn names_and_conditions_are_checked() {
    assert!(detection("{'a b': {a: 1}, condition: s}").contains("`a b` is no name for a selection"));
    assert!(detection("{not: {a: 1}, condition: s}").contains("`not` is a word of conditions"));
    assert!(detection("{s: {a: 1}, condition: []}").contains("the list of conditions is empty"));
    assert!(detection("{s: {a: 1}, timeframe: 5m, condition: s}").contains("`timeframe` is no longer part"));
    assert!(detection("{s: {a: 1}, condition: s | count() > 5}").contains("aggregations behind `|`"));
}
