use std::fs;

use trailhound_testkit::stores;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_does_what_every_store_must() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline");
    stores::conforms("t1", || FileStore::open_or_create(&path).unwrap().0).await;
    stores::conforms("t2", || FileStore::open(&path).unwrap()).await;
}

#[test]
fn a_file_has_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline");
    let (first, is_new) = FileStore::open_or_create(&path).unwrap();
    assert!(is_new);
    let error = FileStore::open(&path).err().unwrap().to_string();
    assert!(error.contains("in use by another"), "{error}");
    drop(first);
    assert!(!FileStore::open_or_create(&path).unwrap().1);
}

#[test]
fn what_is_no_baseline_of_this_version_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let absent = FileStore::open(&path("absent")).err().unwrap().to_string();
    assert!(absent.contains("no such baseline") && !path("absent").exists(), "{absent}");

    for (name, bytes) in [("text", &b"{\"Records\":[]}"[..]), ("zeros", &[0; 8_192])] {
        fs::write(path(name), bytes).unwrap();
        for error in [FileStore::open(&path(name)).err(), FileStore::open_or_create(&path(name)).err()] {
            assert!(error.is_some_and(|error| error.to_string().contains(name)), "{name}");
        }
        assert_eq!(fs::read(path(name)).unwrap(), bytes, "{name}");
    }

    let (later, _) = FileStore::open_or_create(&path("later")).unwrap();
    let transaction = later.database.begin_write().unwrap();
    transaction.open_table(ABOUT).unwrap().insert("schema", SCHEMA + 1).unwrap();
    transaction.commit().unwrap();
    drop(later);
    let later = FileStore::open(&path("later")).err().unwrap().to_string();
    assert!(later.contains("version 2") && later.contains("reads 1"), "{later}");
}
