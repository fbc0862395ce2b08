//! Digest files verified by the real `bootstrap`: objects in moto, keys from a double of CloudTrail's, signatures by a key
//! that each test makes.

use std::io::Write;

use aws_sdk_s3::primitives::ByteStream;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trailhound_testkit::cloudtrail::{CloudTrail, Signer, hex};
use trailhound_testkit::lambda_runtime_api::Outcome;
use trailhound_testkit::records;

use super::stage::{Stage, all_done, balances, given_back, s3_notice, sqs_event};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

/// A trail that signs what it delivers.
struct Trail {
    stage: Stage,
    cloudtrail: CloudTrail,
    signer: Signer,
    /// Key, sum and signature of the last digest file.
    last: Option<(String, String, String)>,
    hour: u64,
}

/// The last part of a key.
fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(content).and_then(|()| packing.finish()).expect("memory takes it")
}

fn sum(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Which hours ago an hour of the trail ended; the twentieth has just.
fn end_of(hour: u64) -> Timestamp {
    let ago = SignedDuration::from_hours(20 - i64::try_from(hour).expect("few"));
    let second = Timestamp::now().as_second();
    Timestamp::from_second(second).and_then(|now| now.checked_sub(ago)).expect("in range")
}

impl Trail {
    async fn set() -> Option<Self> {
        let signer = Signer::new(REGION, "0123456789abcdef0123456789abcdef")?;
        let mut stage = Stage::set().await?;
        let cloudtrail = CloudTrail::start().expect("a port");
        cloudtrail.publish(&signer);
        stage.set_variable("AWS_ENDPOINT_URL_CLOUDTRAIL", &cloudtrail.url());
        stage.set_variable("TRAILHOUND_DIGESTS", "verified");
        Some(Self { stage, cloudtrail, signer, last: None, hour: 0 })
    }

    /// Delivers a log file, in which nothing is found; answers with its key and what it holds.
    async fn deliver(&self, name: &str) -> (String, Vec<u8>) {
        let key = format!("AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/18/{name}.json.gz");
        let content =
            json!({"Records": [records::ssm(1, "DescribeSessions", "2026-03-18T10:15:30Z", 1)], "n": name});
        let content = content.to_string().into_bytes();
        self.stage.put(&key, packed(&content)).await;
        (key, content)
    }

    /// The digest file over these log files, as CloudTrail writes it, and what is signed of it.
    fn digest(&self, files: &[(String, Vec<u8>)]) -> (String, Value) {
        let end = end_of(self.hour);
        let stamp = end.to_string().replace(['-', ':'], "");
        let key = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/03/18/{ACCOUNT}_CloudTrail-Digest_{REGION}_t_{REGION}_{stamp}.json.gz"
        );
        let files: Vec<Value> = files
            .iter()
            .map(|(key, content)| {
                json!({"s3Bucket": self.stage.trail, "s3Object": key, "hashValue": sum(content), "hashAlgorithm": "SHA-256",
                       "newestEventTime": "2026-03-18T10:15:30Z", "oldestEventTime": "2026-03-18T10:15:30Z"})
            })
            .collect();
        let last = |n: usize| match &self.last {
            Some((key, sum, signature)) => json!([key, sum, signature][n]),
            None => Value::Null,
        };
        let before = |value: &str| if self.last.is_some() { json!(value) } else { Value::Null };
        let file = json!({
            "awsAccountId": ACCOUNT, "digestStartTime": end_of(self.hour.saturating_sub(1)).to_string(),
            "digestEndTime": end.to_string(), "digestS3Bucket": self.stage.trail, "digestS3Object": key,
            "digestPublicKeyFingerprint": self.signer.fingerprint, "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null, "oldestEventTime": null, "previousDigestS3Bucket": before(&self.stage.trail),
            "previousDigestS3Object": last(0), "previousDigestHashValue": last(1),
            "previousDigestHashAlgorithm": before("SHA-256"), "previousDigestSignature": last(2), "logFiles": files,
        });
        (key, file)
    }

    /// What CloudTrail signs of a digest file, by its documentation.
    fn signed(file: &Value) -> String {
        let text = |name: &str| file[name].as_str().unwrap_or("null").to_owned();
        format!(
            "{}\n{}/{}\n{}\n{}",
            text("digestEndTime"),
            text("digestS3Bucket"),
            text("digestS3Object"),
            sum(file.to_string().as_bytes()),
            text("previousDigestSignature")
        )
    }

    async fn put(&self, key: &str, content: &[u8], signature: &str) {
        let request = self.stage.s3.put_object().bucket(&self.stage.trail).key(key);
        let request =
            request.metadata("signature", signature).metadata("signature-algorithm", "SHA256withRSA");
        request.body(ByteStream::from(packed(content))).send().await.expect("put");
    }

    /// Signs and delivers a digest file over these log files; answers with its key.
    async fn sign(&mut self, files: &[(String, Vec<u8>)]) -> String {
        self.hour += 1;
        let (key, file) = self.digest(files);
        let signature = self.signer.sign(&Self::signed(&file));
        self.put(&key, file.to_string().as_bytes(), &signature).await;
        self.last = Some((key.clone(), sum(file.to_string().as_bytes()), signature));
        key
    }

    fn tell(&mut self, key: &str) -> Outcome {
        let notice = s3_notice(&self.stage.trail, &[key]).to_string();
        self.stage.invoke(&sqs_event(&[notice]))
    }

    async fn delete(&self, key: &str) {
        self.stage.s3.delete_object().bucket(&self.stage.trail).key(key).send().await.expect("deleted");
    }

    /// The last accounting line.
    fn account(&self) -> Value {
        self.stage.accounts().pop().expect("a line")
    }

    /// Tells of a digest file, which must raise one alert that has these words.
    async fn raises(&mut self, key: &str, words: &[&str]) {
        assert_eq!(self.tell(key), all_done());
        let findings = self.stage.findings().await;
        assert_eq!(findings.len(), 1, "{findings:?}");
        let finding = &findings[0];
        assert_eq!(finding["ruleid"], "trail-integrity", "{finding}");
        let message = finding["data"]["message"].as_str().unwrap_or_default();
        for word in words {
            assert!(message.contains(word), "{word}: {message}");
        }
        let labels = &finding["data"]["metadata"]["labels"];
        assert!(!labels.to_string().contains("unauthenticated"), "it was seen in the bucket: {labels}");
        assert!(balances(&self.account()), "{}", self.account());
        // Told again it is the same alert.
        assert_eq!(self.tell(key), all_done());
        assert_eq!(self.stage.findings().await, Vec::<Value>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cloudtrail_signed_is_quiet_and_counted() {
    let Some(mut trail) = Trail::set().await else { return };
    for hour in 0..3 {
        let files = [trail.deliver(&format!("a{hour}")).await, trail.deliver(&format!("b{hour}")).await];
        let key = trail.sign(&files).await;
        assert_eq!(trail.tell(&key), all_done());
        let account = trail.account();
        // Itself, two log files, and the one before where there is one.
        assert_eq!(account["verified"], json!(if hour == 0 { 3 } else { 4 }), "{account}");
        assert_eq!(account["notices"], json!({"cloud_trail_digest": 1}), "{account}");
        assert!(account.get("unverified").is_none(), "{account}");
    }
    let empty = trail.sign(&[]).await;
    assert_eq!(trail.tell(&empty), all_done());
    assert_eq!(trail.stage.findings().await, Vec::<Value>::new());
    // The key is asked for once, in the region of the folder, which is not the function's.
    let asked = trail.cloudtrail.asked();
    assert_eq!(asked.iter().map(|(region, _)| region.as_str()).collect::<Vec<_>>(), [REGION]);
    assert!(asked[0].1["StartTime"].as_f64() < asked[0].1["EndTime"].as_f64(), "{asked:?}");
    assert!(trail.stage.output().iter().any(|line| line.contains("\"Verified\":4")), "a metric tells of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_file_that_was_changed_is_told() {
    let Some(mut trail) = Trail::set().await else { return };
    let files = [trail.deliver("a").await, trail.deliver("b").await];
    let key = trail.sign(&files).await;
    trail.stage.put(&files[1].0, packed(b"{\"Records\":[]}")).await;
    trail.raises(&key, &["changed", "b.json.gz"]).await;
    // Something put behind what was delivered is read as well, so it is a change.
    let files = [trail.deliver("c").await];
    let key = trail.sign(&files).await;
    let behind = [packed(&files[0].1), packed(b"{\"Records\":[]}")].concat();
    trail.stage.put(&files[0].0, behind).await;
    trail.raises(&key, &["changed", "c.json.gz"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_files_that_were_deleted_are_told_in_one_alert() {
    let Some(mut trail) = Trail::set().await else { return };
    let files = [trail.deliver("a").await, trail.deliver("b").await, trail.deliver("c").await];
    let key = trail.sign(&files).await;
    trail.delete(&files[0].0).await;
    trail.delete(&files[2].0).await;
    trail.raises(&key, &["not there any more", "2 "]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_after_as_long_as_a_notice_can_wait_may_be_gone_with_age() {
    let Some(mut trail) = Trail::set().await else { return };
    let files = [trail.deliver("a").await];
    trail.hour = 0;
    let (key, mut file) = trail.digest(&files);
    file["digestEndTime"] = json!("2024-03-18T10:15:30Z");
    let signature = trail.signer.sign(&Trail::signed(&file));
    trail.put(&key, file.to_string().as_bytes(), &signature).await;
    trail.delete(&files[0].0).await;
    assert_eq!(trail.tell(&key), all_done());
    assert_eq!(trail.stage.findings().await, Vec::<Value>::new());
    assert_eq!(trail.account()["unverified"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_file_that_cloudtrail_did_not_sign_is_told_and_not_followed() {
    let Some(mut trail) = Trail::set().await else { return };
    let Some(own) = Signer::new(REGION, &trail.signer.fingerprint) else { return };
    let files = [trail.deliver("a").await];
    trail.delete(&files[0].0).await;

    // Somebody else's key under the fingerprint of the true one.
    let (key, file) = trail.digest(&files);
    trail.put(&key, file.to_string().as_bytes(), &own.sign(&Trail::signed(&file))).await;
    trail.raises(&key, &["not CloudTrail's", "signature is wrong"]).await;

    // A true signature, and another content: without what was deleted.
    trail.hour += 1;
    let (key, file) = trail.digest(&files);
    let signature = trail.signer.sign(&Trail::signed(&file));
    let mut without = file.clone();
    without["logFiles"] = json!([]);
    trail.put(&key, without.to_string().as_bytes(), &signature).await;
    trail.raises(&key, &["signature is wrong"]).await;

    // Moved to where another lay; a key that there is none of; no signature; no digest file.
    trail.hour += 1;
    let elsewhere = trail.digest(&files).0;
    trail.put(&elsewhere, file.to_string().as_bytes(), &signature).await;
    trail.raises(&elsewhere, &["written for another place"]).await;
    trail.hour += 1;
    let (key, mut file) = trail.digest(&files);
    file["digestPublicKeyFingerprint"] = json!("ffff");
    trail.put(&key, file.to_string().as_bytes(), &own.sign(&Trail::signed(&file))).await;
    trail.raises(&key, &["no such key"]).await;
    trail.hour += 1;
    let (key, file) = trail.digest(&files);
    trail.stage.put(&key, packed(file.to_string().as_bytes())).await;
    trail.raises(&key, &["no signature"]).await;
    trail.hour += 1;
    let key = trail.digest(&files).0;
    trail.stage.put(&key, packed(b"{\"Records\":[]}")).await;
    trail.raises(&key, &["something else"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_broken_is_told_by_the_next_digest_file() {
    let Some(mut trail) = Trail::set().await else { return };
    let files = [trail.deliver("a").await];
    let first = trail.sign(&files).await;
    let second = trail.sign(&[]).await;
    trail.delete(&first).await;
    trail.raises(&second, &["is gone", "CloudTrail-Digest"]).await;

    // Replaced by what CloudTrail signed for another hour, and by its content under another signature.
    let third = trail.sign(&[]).await;
    let (key, _, signature) = trail.last.clone().expect("the third");
    trail.put(&key, b"{}", &signature).await;
    let fourth = trail.sign(&[]).await;
    trail.raises(&fourth, &["another than the next one", file_name(&third)]).await;
    let last = trail.last.clone().expect("the fourth");
    let fifth = trail.sign(&[]).await;
    let got = trail.stage.s3.get_object().bucket(&trail.stage.trail).key(&last.0).send().await.expect("got");
    let packed = got.body.collect().await.expect("bytes").to_vec();
    trail.stage.put(&last.0, packed).await;
    trail.raises(&fifth, &["another than the next one", file_name(&fourth)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_had_bring_the_notice_back_and_accuse_nobody() {
    let Some(mut trail) = Trail::set().await else { return };
    let files = [trail.deliver("a").await];
    let key = trail.sign(&files).await;
    for (code, cause) in [("AccessDeniedException", "denied"), ("ThrottlingException", "unreadable")] {
        trail.cloudtrail.refuse(Some(code));
        assert_eq!(trail.tell(&key), given_back(&["m0"]), "{code}");
        assert_eq!(trail.account()["cause"], json!(cause), "{}", trail.account());
        assert!(trail.account()["error"].to_string().contains(REGION), "{}", trail.account());
    }
    assert_eq!(trail.stage.findings().await, Vec::<Value>::new());
    trail.cloudtrail.refuse(None);
    assert_eq!(trail.tell(&key), all_done());
    assert_eq!(trail.account()["verified"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_a_bucket_that_may_not_be_read_is_not_followed() {
    let Some(mut trail) = Trail::set().await else { return };
    let (key, content) = trail.deliver("a").await;
    trail.hour += 1;
    let (at, mut file) = trail.digest(&[(key, content)]);
    file["logFiles"][0]["s3Bucket"] = json!("somebody-elses");
    let signature = trail.signer.sign(&Trail::signed(&file));
    trail.put(&at, file.to_string().as_bytes(), &signature).await;
    assert_eq!(trail.tell(&at), all_done());
    assert_eq!(trail.stage.findings().await, Vec::<Value>::new());
    assert_eq!(trail.account()["unverified"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn unless_it_is_asked_for_a_digest_file_is_counted_and_nobody_is_asked_for_a_key() {
    let Some(mut trail) = Trail::set().await else { return };
    trail.stage.set_variable("TRAILHOUND_DIGESTS", "");
    let files = [trail.deliver("a").await];
    let key = trail.sign(&files).await;
    trail.delete(&files[0].0).await;
    assert_eq!(trail.tell(&key), all_done());
    assert_eq!(trail.stage.findings().await, Vec::<Value>::new());
    let account = trail.account();
    assert_eq!(account["notices"], json!({"cloud_trail_digest": 1}), "{account}");
    assert!(account.get("verified").is_none() && trail.cloudtrail.asked().is_empty());
}
