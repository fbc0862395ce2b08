use serde_json::json;
use trailhound_sigma::json::Document;

use super::{canonical, in_one};

#[test]
fn values_for_people_are_graphs_in_one_word() {
    for (words, word) in [
        ("Device Code", "deviceCode"),
        ("deviceCode", "deviceCode"),
        ("Single-factor authentication", "singleFactorAuthentication"),
        ("ROPC", "ropc"),
        ("None", "none"),
        ("Not Applied", "notApplied"),
        ("", ""),
    ] {
        assert_eq!(in_one(words), word, "{words}");
    }
}

#[test]
fn the_country_of_a_place_is_its_last_part() {
    let of = |place: &str| {
        let row = json!({"Request ID": "r", "Sign-in error code": "0", "Location": place}).to_string();
        let record = canonical(Document::parse(&row).unwrap().root());
        let document = Document::parse(&record).unwrap();
        ["countryOrRegion", "state", "city"].map(|part| {
            document
                .get(&format!("properties.location.{part}"))
                .and_then(|node| node.as_str().map(String::from))
        })
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(of("Bellevue, Washington, US"), [some("US"), some("Washington"), some("Bellevue")]);
    assert_eq!(of("NL"), [some("NL"), None, None]);
    assert_eq!(of(", , NL"), [some("NL"), None, None]);
    assert_eq!(of(""), [None, None, None]);
    assert_eq!(of("Somewhere"), [None, None, None]);
}
