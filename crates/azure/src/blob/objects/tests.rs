use super::*;

fn of(address: &str) -> Result<(String, String), String> {
    object(address).map(|ObjectRef { bucket, key, .. }| (bucket, key))
}

#[test]
fn an_address_names_a_container_and_a_blob_in_it() {
    let named = |bucket: &str, key: &str| Ok((bucket.to_owned(), key.to_owned()));
    let account = "example.blob.core.windows.net";
    assert_eq!(
        of(&format!("https://{account}/logs/a/b.json")),
        named(&format!("{account}/logs"), "a/b.json")
    );
    assert_eq!(of(&format!("https://{account}/logs/a%20b%2Bc")), named(&format!("{account}/logs"), "a b+c"));
    assert_eq!(
        of(&format!("https://EXAMPLE{}/logs/a", &account[7..])),
        named(&format!("{account}/logs"), "a")
    );
    let emulated = "localhost:10000/devstoreaccount1/logs";
    assert_eq!(of(&format!("https://{emulated}/a/b")), named(emulated, "a/b"));
    // What stands for the folder above is gone before anybody asks whether the container is allowed.
    assert_eq!(of(&format!("https://{account}/logs/../other/a")), named(&format!("{account}/other"), "a"));
    assert_eq!(
        of(&format!("https://{account}/logs/%2e%2e/other/a")),
        named(&format!("{account}/other"), "a")
    );
}

#[test]
fn no_address_is_followed_that_says_more_or_less_than_a_blob() {
    let account = "https://example.blob.core.windows.net";
    for address in [
        "http://example.blob.core.windows.net/logs/a",
        "https://example.blob.core.windows.net@example.org/logs/a",
        "logs/a",
        "",
        &format!("{account}/logs"),
        &format!("{account}/logs/a/"),
        &format!("{account}/logs/a?sv=2021&sig=example"),
        &format!("{account}/logs/a#b"),
        &format!("{account}/logs/a%2F..%2Fb"),
        &format!("{account}/logs/%2E%2E%2Fb"),
        &format!("{account}/logs/a%FF"),
    ] {
        let refused = of(address).expect_err(address);
        assert!(!refused.contains("sig"), "{refused}");
    }
}

#[test]
fn an_address_is_written_as_a_listing_writes_it() {
    let account = "https://example.blob.core.windows.net/logs";
    for key in ["a b+c/=%25,x.json", "ä/{}", "a//b"] {
        let container = Url::parse(account).unwrap();
        let blob =
            ObjectRef { bucket: container_name(&container), key: key.to_owned(), ..ObjectRef::default() };
        let uri = BlobObjects::uri(&blob);
        assert_eq!(uri, address_of(&container, key).unwrap());
        assert_eq!(of(&uri), Ok((blob.bucket, blob.key)), "{uri}");
    }
}
