//! A flood of one reason is parked as a sample and pointers; read again by them it is just what was not kept.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::evaluation::Evaluation;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects, Written};
use trailhound_courier::time::Budget;
use trailhound_detect::pipeline::Ending;
use trailhound_testkit::faults::{Parked, Pointed};
use trailhound_testkit::records;

use super::bench::{Bench, MINUTE, pipeline};

/// A bucket that keeps versions.
struct Bucket(Vec<u8>);

struct Body(Vec<u8>);

impl Objects for Bucket {
    type Body = Body;

    const SCHEME: &'static str = "s3";

    async fn open(&self, _: &ObjectRef) -> Result<Body, ObjectError> {
        Ok(Body(self.0.clone()))
    }
}

impl ObjectBody for Body {
    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        let rest = self.0.split_off(self.0.len().min(4_000));
        let chunk = std::mem::replace(&mut self.0, rest);
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }

    fn replaced_by(&self) -> Option<&Written> {
        None
    }

    fn version(&self) -> Option<String> {
        Some("the-second".to_owned())
    }
}

fn attempt() -> Attempt {
    Attempt {
        claimant: "one".to_owned(),
        budget: Budget::of(MINUTE),
        after: After::Again,
        number: None,
        given_at: Timestamp::UNIX_EPOCH,
    }
}

fn bad(n: u64) -> String {
    format!("{{\"n\":{n}}}")
}

/// The bodies that are rejected when these bytes are read.
fn rejected(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut session = pipeline().delivery("again", Timestamp::UNIX_EPOCH);
    session.push(bytes);
    session.finish(Ending::Whole).rejects.into_iter().map(|reject| reject.body).collect()
}

/// The parked lines that stand for themselves, and the one that stands for the rest.
fn split(parked: Vec<Parked>) -> (BTreeSet<Vec<u8>>, Parked) {
    let (mut floods, each): (Vec<_>, Vec<_>) = parked.into_iter().partition(|line| !line.pointers.is_empty());
    assert_eq!(floods.len(), 1);
    (each.into_iter().map(|line| line.body).collect(), floods.remove(0))
}

fn bodies(numbers: impl Iterator<Item = u64>) -> BTreeSet<Vec<u8>> {
    numbers.map(|n| bad(n).into_bytes()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_flood_in_an_object_is_read_again_by_version_and_bytes() {
    let lines: Vec<String> = (1..=1_900).map(bad).collect();
    let text = format!("{{\"Records\":[{}]}}", lines.join(","));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let from = Fetching {
        objects: Bucket(packed.finish().unwrap()),
        allowed_buckets: None,
        allowed_setting: "",
        own: None,
        digests: None,
    };
    let object =
        ObjectRef { bucket: "b".to_owned(), key: "k".to_owned(), region: None, version: None, e_tag: None };

    let bench = Bench::default();
    let process = bench.process(Duration::ZERO);
    let mut delivery = Delivery::begin(&process, pipeline(), attempt(), "s3://b/k", Timestamp::UNIX_EPOCH);
    let read = delivery.fetch(&from, &object, b"").await;
    delivery.end(read).await.unwrap();

    let (each, flood) = split(bench.parked());
    assert_eq!(each, bodies(1..=1_000));
    assert_eq!(flood.version.as_deref(), Some("the-second"));
    let [Pointed { first, last, bytes: Some((from, to)), rejected: 900 }] = &flood.pointers[..] else {
        panic!("{:?}", flood.pointers)
    };
    assert_eq!((first.as_str(), last.as_str()), ("s3://b/k#1001", "s3://b/k#1900"));
    let at = |n: &u64| usize::try_from(*n).unwrap();
    let again: BTreeSet<Vec<u8>> = rejected(&text.as_bytes()[at(from)..at(to)]).into_iter().collect();
    assert_eq!(again, bodies(1_001..=1_900));
}

#[tokio::test(start_paused = true)]
async fn a_flood_in_a_hub_is_read_again_by_partition_and_sequence() {
    // A hundred a body, from sequence number 70; some bodies hold nothing bad.
    let of_body = |body: u64| {
        if body % 5 == 4 {
            return records::ssm(body, "DescribeInstanceInformation", "2026-03-18T10:15:30Z", body)
                .to_string();
        }
        (0..100).map(|n| bad(100 * body + n)).collect::<Vec<_>>().join("\n")
    };
    let mut evaluation = Evaluation::of_bodies(pipeline(), Timestamp::UNIX_EPOCH, Duration::MAX);
    for body in 0..30 {
        evaluation.push_body(of_body(body).into_bytes());
    }
    let origin = |body: usize| format!("eventhub://ns/hub/0@{}", 70 + body);
    let evaluated = evaluation.finish_bodies(origin, origin).unwrap();
    let bench = Bench::default();
    let process = bench.process(Duration::ZERO);
    Delivery::of(&process, pipeline(), attempt(), evaluated).end(Ok(())).await.unwrap();

    let (each, flood) = split(bench.parked());
    assert!(flood.origin.starts_with("eventhub://ns/hub/0@"), "{}", flood.origin);
    let place = |name: &str| {
        let (sequence, record) = name.strip_prefix("eventhub://ns/hub/0@").unwrap().split_once('#').unwrap();
        (sequence.parse::<u64>().unwrap() - 70, record.parse::<u64>().unwrap())
    };
    let mut again = BTreeSet::new();
    for pointer in &flood.pointers {
        let (first, last) = (place(&pointer.first), place(&pointer.last));
        for body in first.0..=last.0 {
            let from = if body == first.0 { first.1 } else { 1 };
            let to = if body == last.0 { last.1 } else { 100 };
            let text = of_body(body);
            let lines = text.lines().zip(1..).filter(|(_, n)| (from..=to).contains(n)).map(|(line, _)| line);
            again.extend(rejected(lines.collect::<Vec<_>>().join("\n").as_bytes()));
        }
    }
    assert!(flood.pointers.len() > 1, "what is good in between is left out: {:?}", flood.pointers);
    let all = bodies((0..3_000).filter(|n| n / 100 % 5 != 4));
    assert_eq!((each.len(), again.len(), all.len()), (1_000, 1_400, 2_400));
    assert_eq!(each.union(&again).cloned().collect::<BTreeSet<_>>(), all);
}
