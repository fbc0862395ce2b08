use crate::event::testing::with;
use crate::tally::RejectReason;

use super::record;

#[test]
fn entities_and_character_data_are_resolved() {
    let xml = "<Event><System><EventID Qualifiers=''>1</EventID></System><EventData>\
        <Data Name='CommandLine'>a &amp;&amp; b &quot;c&quot; &#x41; <![CDATA[<d>]]></Data><Data Name='Empty'/></EventData></Event>";
    let json: serde_json::Value = serde_json::from_str(&record(xml).unwrap()).unwrap();
    assert_eq!(json["CommandLine"], "a && b \"c\" A <d>");
    assert_eq!((json["EventID"].as_str(), json["Empty"].as_str()), (Some("1"), Some("")));
}

#[test]
fn other_xml_is_no_record() {
    for xml in ["<html><body>no</body></html>", "<Event><System>", "<", "<a></b>"] {
        assert_eq!(with(xml, |_| ()).unwrap_err().reason, RejectReason::NotJson, "{xml}");
    }
}
