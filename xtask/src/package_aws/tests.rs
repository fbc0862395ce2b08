use super::*;

#[test]
fn the_header_tells_the_processor() {
    let header = |machine: [u8; 2]| [&[0x7f, b'E', b'L', b'F'][..], &[0; 14], &machine].concat();
    assert_eq!(Architecture::of(&header([0x3e, 0])), Some(Architecture::X86_64));
    assert_eq!(Architecture::of(&header([0xb7, 0])), Some(Architecture::Arm64));
    assert_eq!(Architecture::of(&header([0x28, 0])), None);
    assert_eq!(Architecture::of(b"#!/bin/sh"), None);
}

#[test]
fn names_are_lambdas() {
    for architecture in [Architecture::Arm64, Architecture::X86_64] {
        assert_eq!(Architecture::named(architecture.name()).unwrap(), architecture);
    }
    assert!(Architecture::named("aarch64").is_err());
}

#[test]
fn the_manifest_stands_beside_the_zip_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("trailhound-aws-arm64.zip");
    fs::write(&zip, b"").unwrap();
    write_manifest(&zip, Architecture::Arm64).unwrap();
    let text = fs::read_to_string(folder.path().join("trailhound-aws-arm64.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["architecture"], "arm64");
    assert_eq!(manifest["sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
