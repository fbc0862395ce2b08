use serde_json::{Value, json};

use super::*;

const KEY: &str = "audit/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/18/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260318T101530Z.json.gz";

fn file() -> Value {
    json!({
        "awsAccountId": "111122223333", "digestStartTime": "2026-03-18T09:15:30Z",
        "digestEndTime": "2026-03-18T10:15:30Z", "digestS3Bucket": "example-trail", "digestS3Object": KEY,
        "digestPublicKeyFingerprint": "0011", "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": null,
        "oldestEventTime": null, "previousDigestS3Bucket": "example-trail", "previousDigestS3Object": "before",
        "previousDigestHashValue": "aa", "previousDigestHashAlgorithm": "SHA-256", "previousDigestSignature": "bb",
        "logFiles": [{"s3Bucket": "example-trail", "s3Object": "k", "hashValue": "cc", "hashAlgorithm": "SHA-256",
                      "newestEventTime": "2026-03-18T10:10:00Z", "oldestEventTime": "2026-03-18T10:00:00Z"}]
    })
}

fn read(file: &Value) -> Result<DigestFile, String> {
    DigestFile::read(file.to_string().as_bytes())
}

#[test]
fn what_is_signed_is_the_time_the_place_the_content_and_the_signature_before() {
    let signed = read(&file()).unwrap().signed_text(b"abc");
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(signed, format!("2026-03-18T10:15:30Z\nexample-trail/{KEY}\n{hash}\nbb"));
    let mut first = file();
    first["previousDigestSignature"] = Value::Null;
    assert!(read(&first).unwrap().signed_text(b"abc").ends_with("\nnull"), "where a chain begins");
}

#[test]
fn what_it_names_is_read() {
    let digest = read(&file()).unwrap();
    assert_eq!(digest.previous(), Some(Named { bucket: "example-trail", key: "before", hash: "aa" }));
    assert_eq!(
        digest.log_files().collect::<Vec<_>>(),
        [Named { bucket: "example-trail", key: "k", hash: "cc" }]
    );
    assert_eq!(digest.end().to_string(), "2026-03-18T10:15:30Z");
    assert!(digest.belongs_at("example-trail", KEY) && !digest.belongs_at("another", KEY));
    assert!(DigestFile::is_at(KEY) && !DigestFile::is_at("AWSLogs/111122223333/CloudTrail/eu-west-1/k"));
}

#[test]
fn the_key_is_asked_for_in_the_region_of_the_folder_and_nowhere_else() {
    assert_eq!(read(&file()).unwrap().region(), Some("eu-west-1"));
    for odd in ["example.com", "EU-WEST-1", "", "a-b/..", "x"] {
        let mut moved = file();
        moved["digestS3Object"] = json!(KEY.replace("Digest/eu-west-1", &format!("Digest/{odd}")));
        let region = read(&moved).unwrap().region().map(str::to_owned);
        assert!(region.is_none() || region.as_deref() == Some("a-b"), "{odd}: {region:?}");
    }
}

#[test]
fn another_algorithm_is_none_of_cloudtrails() {
    for (path, value) in [
        ("/digestSignatureAlgorithm", json!("none")),
        ("/previousDigestHashAlgorithm", json!("MD5")),
        ("/logFiles/0/hashAlgorithm", json!("MD5")),
        ("/digestEndTime", json!("today")),
        ("/digestS3Bucket", Value::Null),
    ] {
        let mut odd = file();
        *odd.pointer_mut(path).unwrap() = value;
        assert!(read(&odd).is_err(), "{path}");
    }
    assert!(DigestFile::read(b"no JSON").is_err());
}
