use super::object;

#[test]
fn printed_maps() {
    for (text, expected) in [
        ("{a=b}", r#"{"a":"b"}"#),
        ("{a=b, c=[d, e], f={g=h}}", r#"{"a":"b","c":["d","e"],"f":{"g":"h"}}"#),
        ("{a=one, two, b=c}", r#"{"a":"one, two","b":"c"}"#),
        ("{a=null, b=true, c=}", r#"{"a":null,"b":true,"c":""}"#),
        ("{targets=[{key=tag:env, values=[prod]}]}", r#"{"targets":[{"key":"tag:env","values":["prod"]}]}"#),
        ("{}", "{}"),
    ] {
        assert_eq!(object(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(object("plain"), None);
}
