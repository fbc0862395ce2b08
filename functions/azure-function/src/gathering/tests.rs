use super::*;

const URL: &str = "https://example.blob.core.windows.net/logs/a/PT1H.json";

fn read(message: &Value) -> Result<Asked, String> {
    Asked::read(message.to_string().as_bytes())
}

#[test]
fn a_message_names_a_blob_or_several_and_what_is_to_be_kept_of_them() {
    let job = Job::Gather { candidate: true, name: "march".to_owned() };
    let one = object(URL);
    let asked = read(&json!({"job": "backtest", "parts": "march", "url": URL})).unwrap();
    assert_eq!(asked, Asked { job: job.clone(), blobs: vec![one.clone()] });
    let several = json!({"job": "backtest", "parts": "march", "url": vec![URL; MOST_BLOBS]});
    assert_eq!(read(&several).unwrap(), Asked { job, blobs: vec![one; MOST_BLOBS] });
}

#[test]
fn what_is_no_such_message_says_why() {
    let refused = |message: Value, why: &str| {
        let said = read(&message).expect_err("refused");
        assert!(said.contains(why), "{message}: {said}");
    };
    refused(json!({"job": "learn", "parts": "march"}), "has 0 blobs");
    refused(json!({"job": "learn", "parts": "march", "url": []}), "has 0 blobs");
    refused(json!({"job": "learn", "parts": "march", "url": vec![URL; MOST_BLOBS + 1]}), "has 33 blobs");
    // Event Grid's own word on a new blob says neither what to do with it nor under which name.
    refused(json!({"eventType": "Microsoft.Storage.BlobCreated", "data": {"url": URL}}), "has 0 blobs");
    assert!(Asked::read(b"example").unwrap_err().contains("no JSON"));

    // One that is misspelt spoils neither its siblings nor what is asked for.
    let asked =
        read(&json!({"job": "learn", "parts": "march", "url": [7, "http://example.org/a", URL]})).unwrap();
    let told: Vec<bool> = asked.blobs.iter().map(Result::is_ok).collect();
    assert_eq!(told, [false, false, true], "{asked:?}");
}
