use super::*;

#[test]
fn a_folder_is_told_from_its_container() {
    let of = |address: &str| {
        let (container, folder) = split(&Url::parse(address).unwrap());
        (container.to_string(), folder)
    };
    let account = "https://stexample.blob.core.windows.net";
    assert_eq!(of(&format!("{account}/rules")), (format!("{account}/rules"), String::new()));
    assert_eq!(of(&format!("{account}/c/our%20rules/x")), (format!("{account}/c"), "our rules/x".into()));
    let emulator = "https://localhost:10000/devstoreaccount1";
    assert_eq!(of(&format!("{emulator}/c")), (format!("{emulator}/c"), String::new()));
    assert_eq!(of(&format!("{emulator}/c/a/b")), (format!("{emulator}/c"), "a/b".into()));
}

#[test]
fn a_page_gives_names_versions_sizes_and_where_the_next_begins() {
    let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"c\">\
               <Prefix>a/</Prefix><Blobs><Blob><Name>a/x &amp; y.yml</Name><Properties><Etag>\"0x1\"</Etag>\
               <Last-Modified>Wed, 18 Mar 2026 09:00:00 GMT</Last-Modified><Content-Length>12</Content-Length></Properties></Blob><Blob><Name>a/z.yml</Name><Properties>\
               <Etag>0x2</Etag></Properties></Blob></Blobs><NextMarker>2!8</NextMarker></EnumerationResults>";
    let blob = |name: &str, version: &str, size, written: &str| Blob {
        name: name.to_owned(),
        version: version.to_owned(),
        size,
        written: written.parse().ok(),
    };
    let blobs = vec![
        blob("a/x & y.yml", "\"0x1\"", 12, "2026-03-18T09:00:00Z"),
        blob("a/z.yml", "0x2", 0, "not told"),
    ];
    assert_eq!(page(xml), Ok(BlobPage { blobs, folders: Vec::new(), next: Some("2!8".into()) }));
    let xml = "<EnumerationResults><Blobs><Blob><Name>a.json</Name></Blob><BlobPrefix><Name>y=2026/</Name></BlobPrefix>\
               <Blob><Name>z.json</Name></Blob></Blobs></EnumerationResults>";
    let found = page(xml).unwrap();
    assert_eq!(found.folders, ["y=2026/"]);
    assert_eq!(found.blobs.iter().map(|blob| blob.name.as_str()).collect::<Vec<_>>(), ["a.json", "z.json"]);
    assert_eq!(page("<EnumerationResults><NextMarker/></EnumerationResults>").unwrap(), BlobPage::default());
    assert!(page("<EnumerationResults><Blob></EnumerationResults>").is_err());
}
