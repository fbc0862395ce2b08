use super::*;

#[test]
fn addresses_lose_their_outer_slashes() {
    assert_eq!(s3_uri("s3://bucket"), Ok(S3Uri { bucket: "bucket".into(), key: String::new() }));
    assert_eq!(s3_uri("s3://bucket/a/b/"), Ok(S3Uri { bucket: "bucket".into(), key: "a/b".into() }));
}
