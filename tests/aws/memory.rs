//! How much memory `bootstrap` holds, whatever the object's size and whatever it inflates to. What it may hold at
//! most is held in release builds, `cargo bench` has larger objects still; that it does not grow is held in any.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::stage::{Stage, all_done, s3_notice};

/// As for the Azure Function.
const MOST_KIB: u32 = 48 << 10;
/// What allocators keep, and buffers that grow to their caps.
const MOST_GROWTH_KIB: u32 = 8 << 10;
/// A record may have 16 MiB, and a window that held less doubles.
const LARGEST_RECORD_KIB: u32 = 40 << 10;
const SMALL: usize = 4 << 20;
const LARGE: usize = 40 << 20;

/// An object of records that no rule is about, so many bytes when inflated, and how many they are.
fn quiet(bytes: usize) -> (Vec<u8>, usize) {
    let record = |n: usize| {
        json!({
            "eventVersion": "1.11", "eventTime": "2026-03-16T10:00:00Z", "eventSource": "ssm.amazonaws.com",
            "eventName": "DescribeInstanceInformation", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45",
            "eventID": format!("00000000-0000-4000-8000-{n:012}"), "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333", "requestParameters": {"filter": "x".repeat(500)},
            "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "person"}
        })
        .to_string()
    };
    let count = bytes / (record(0).len() + 1);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"{\"Records\":[").expect("memory takes it");
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        write!(packed, "{comma}{}", record(n)).expect("memory takes it");
    }
    packed.write_all(b"]}").expect("memory takes it");
    (packed.finish().expect("memory takes it"), count)
}

/// A few kilobytes that inflate to a single text of so many bytes.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"{\"Records\":[{\"requestParameters\":\"").expect("memory takes it");
    packed.write_all(&vec![b'x'; bytes]).expect("memory takes it");
    packed.write_all(b"\"}]}").expect("memory takes it");
    packed.finish().expect("memory takes it")
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_object_or_with_what_it_inflates_to() {
    let Some(mut stage) = Stage::set().await else { return };
    let trail = stage.trail.clone();
    let mut evaluated = 0;
    let mut peaks = Vec::new();
    for (key, bytes) in [("small", SMALL), ("large", LARGE)] {
        let (body, count) = quiet(bytes);
        stage.put(key, body).await;
        assert_eq!(stage.invoke(&s3_notice(&trail, &[key])), all_done());
        evaluated += count as u64;
        peaks.push(stage.peak_rss_kib().expect("Linux tells"));
    }
    let told: u64 = stage.accounts().iter().filter_map(|line| line["evaluated"].as_u64()).sum();
    assert_eq!(told, evaluated, "every record was evaluated");

    assert!(peaks[1] <= peaks[0] + MOST_GROWTH_KIB, "{peaks:?} KiB");
    if !cfg!(debug_assertions) {
        assert!(peaks[1] <= MOST_KIB, "{peaks:?} KiB");
    }

    for (key, bytes) in [("bomb", LARGE), ("larger bomb", 4 * LARGE)] {
        stage.put(key, bomb(bytes)).await;
        assert_eq!(stage.invoke(&s3_notice(&trail, &[key])), all_done());
        peaks.push(stage.peak_rss_kib().expect("it lives"));
    }
    println!("{peaks:?} KiB at most after each object");
    assert!(peaks[2] <= peaks[1] + LARGEST_RECORD_KIB, "{peaks:?} KiB");
    assert!(peaks[3] <= peaks[2] + MOST_GROWTH_KIB, "{peaks:?} KiB");
    let parked = stage.parked().await;
    let reasons: Vec<&str> = parked.iter().filter_map(|line| line["reason"].as_str()).collect();
    assert_eq!(reasons, ["too_large", "bomb"].repeat(2), "over a cap it is a reject with the reason");
}
