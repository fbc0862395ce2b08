//! What happened one after the other, told record by record by processes that share a table alone.

use serde_json::json;
use trailhound_testkit::story;

use super::stage::{Stage, all_done, balances, s3_notice};

#[tokio::test(flavor = "multi_thread")]
async fn its_findings_are_of_the_cases_and_people_that_the_core_tells() {
    let Some(mut stage) = Stage::set().await else { return };
    let mut all = Vec::new();
    let trail = stage.trail.clone();
    for (n, record) in story::records().into_iter().enumerate() {
        stage.kill();
        let key = format!("{n}.json");
        stage.put(&key, json!({ "Records": [record] }).to_string().into_bytes()).await;
        assert_eq!(stage.invoke(&s3_notice(&trail, &[&key])), all_done());
        all.extend(story::told(&stage.findings().await));
    }
    assert_eq!(all, story::as_the_core_tells_it().await);
    assert!(stage.accounts().iter().all(balances));
    let sessions = stage.kinds().await.into_iter().filter(|kind| kind == "session").count();
    assert_eq!(sessions, 2, "the token that was taken, by its key and by when");
}
