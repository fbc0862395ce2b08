use super::{list, object};

#[test]
fn printed_maps() {
    for (text, expected) in [
        ("{a=b}", r#"{"a":"b"}"#),
        ("{a=b, c=[d, e], f={g=h}}", r#"{"a":"b","c":["d","e"],"f":{"g":"h"}}"#),
        ("{a=one, two, b=c}", r#"{"a":"one, two","b":"c"}"#),
        ("{a=null, b=true, c=}", r#"{"a":null,"b":true,"c":""}"#),
        ("{targets=[{key=tag:env, values=[prod]}]}", r#"{"targets":[{"key":"tag:env","values":["prod"]}]}"#),
        ("{}", "{}"),
        (
            r#"{ids=["i-1","i-2"], p={"host":["a=b"]}, q="x"}"#,
            r#"{"ids":["i-1","i-2"],"p":{"host":["a=b"]},"q":"x"}"#,
        ),
    ] {
        assert_eq!(object(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["plain", "{PII removed}", "{", "{a", "[a]"] {
        assert_eq!(object(text), None, "{text}");
    }
    assert_eq!(list("[i-1, {a=b}]").as_deref(), Some(r#"["i-1",{"a":"b"}]"#));
    assert_eq!(list("[]").as_deref(), Some("[]"));
    assert_eq!(list("["), None);
}
