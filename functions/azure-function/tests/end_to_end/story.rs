//! What happened one after the other, told record by record by processes that share a table alone.

use trailhound_testkit::story;
use trailhound_testkit::tls::Certificate;

use super::common::{World, storage};
use super::{MINUTE, balanced, first_attempt};

#[tokio::test]
async fn its_findings_are_of_the_cases_and_people_that_the_core_tells() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "one story over Table Storage").await else { return };
    let world = World::new(&certificate).await;
    let mut all = Vec::new();
    for record in story::records() {
        let worker = world.start_with(&certificate, &azurite).await;
        worker.invoke("detect", first_attempt(vec![record.to_string().into_bytes()]), MINUTE).await.unwrap();
        all.extend(story::told(&world.grid.accepted()));
        world.grid.clear();
        worker.accounts().iter().for_each(balanced);
    }
    assert_eq!(all, story::as_the_core_tells_it().await);
}
