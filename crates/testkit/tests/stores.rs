//! The store in memory does what every other must.

use trailhound_detect::remember::MemoryStore;
use trailhound_testkit::stores;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_does_what_every_store_must() {
    let store: &'static MemoryStore = Box::leak(Box::default());
    stores::conforms("t1", || store).await;
}
