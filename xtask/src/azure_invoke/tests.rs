use super::*;

#[test]
fn the_body_is_a_string_in_an_array_in_a_string() {
    let request: Value = serde_json::from_slice(&request(br#"{"records":[]}"#)).unwrap();
    let events: Vec<String> = serde_json::from_str(request["Data"]["events"].as_str().unwrap()).unwrap();
    assert_eq!(events, [r#"{"records":[]}"#]);
    assert_eq!(request["Metadata"]["SequenceNumberArray"], "[1]");
}
