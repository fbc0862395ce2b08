use super::*;

fn example() -> Value {
    json!({
        "specversion": "1.0", "id": "00", "source": "urn:trailhound:aws:111122223333:eu-west-1",
        "observables": [], "data": { "list": [{ "a": { "b": 7 } }] }
    })
}

#[test]
fn a_path_leads_through_objects_and_lists() {
    assert_eq!(resolve(&example(), "data.list[0].a.b"), &json!(7));
    assert_eq!(resolve(&example(), "data.list[1].a.b"), &Value::Null);
}

#[test]
fn what_is_no_finding_is_refused_with_every_reason() {
    let wrong = validate_finding(&example().to_string()).expect_err("half an envelope is none");
    assert!(wrong.len() > 5, "{wrong:?}");
    assert!(validate_finding("{").is_err());
}

/// The overlay in the shared folder says what a consumer may count on; ours must not allow what it forbids.
#[test]
fn documents_that_the_contract_refuses_are_refused_by_our_schema_too() {
    let Some(folder) = shared_folder() else {
        eprintln!("SKIPPED: no shared folder");
        return;
    };
    let path = folder.join("ocsf/examples/aws_start_session.cloudevent.json");
    let event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut broken = event.clone();
        change(&mut broken);
        let errors =
            OWN.iter_errors(&broken).map(|error| error.instance_path().to_string()).collect::<Vec<_>>();
        (errors, !SHARED.as_ref().unwrap().as_ref().unwrap().alert.is_valid(&broken["data"]))
    };
    // The example is older than our schema, so other places of it may be refused, too.
    let breaks: [(&str, Value); 9] = [
        ("/data/time", json!(1_773_828_930)),
        ("/data/message", json!("a\u{1b}[2Jb")),
        ("/data/message", json!("x".repeat(501))),
        ("/data/severity_id", json!(6)),
        ("/data/risk_score", json!(101)),
        ("/data/resources", json!([])),
        ("/data/evidences", json!([])),
        ("/data/metadata/uid", json!("7")),
        ("/data/finding_info/analytic/uid", json!("Has Spaces")),
    ];
    for (pointer, value) in breaks {
        let (ours, theirs) = refused(&|event| *event.pointer_mut(pointer).unwrap() = value.clone());
        assert!(theirs, "the overlay takes {value} at {pointer}");
        assert!(ours.iter().any(|place| place == pointer), "our schema takes {value} at {pointer}");
    }
}

#[test]
fn a_damaged_folder_is_a_fault_that_names_the_file() {
    // Our own schemas are there, and none of those that it should hold.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let damage = Shared::read(&folder).err().expect("it is not whole");
    assert!(damage.contains("detection_finding.schema.json"), "{damage}");
}
