//! Parts in a bucket: what the command says of them is what it says of the objects, in the same words and order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::{PartsPlace, gather};
use trailhound_courier::ports::{Blobs, ObjectBody, ObjectError, ObjectRef, Objects, Written};
use trailhound_courier::time::Budget;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{RuleFile, load};

use super::world::{World, err, sample};

const CANDIDATE: &str = "title: Sessions\nname: own-sessions\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  \
                         selection:\n    eventName: StartSession\n  condition: selection\nlevel: low\n";

/// What is in the bucket, by keys.
struct Held(BTreeMap<String, Vec<u8>>);

struct HeldBody(Option<Bytes>);

impl ObjectBody for HeldBody {
    fn replaced_by(&self) -> Option<&Written> {
        None
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        Ok(self.0.take())
    }

    fn version(&self) -> Option<String> {
        None
    }
}

impl Objects for Held {
    type Body = HeldBody;

    const SCHEME: &'static str = "s3";

    async fn open(&self, object: &ObjectRef) -> Result<HeldBody, ObjectError> {
        Ok(HeldBody(self.0.get(&object.key).cloned().map(Bytes::from)))
    }
}

/// Parts that are on their way to a bucket.
#[derive(Default)]
struct Made(Mutex<Vec<(String, Vec<u8>)>>);

impl Blobs for Made {
    fn place(&self) -> String {
        "a bucket".to_owned()
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, _: Instant) -> Result<(), String> {
        self.0.lock().unwrap().push((name.to_owned(), bytes));
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<(), String> {
        Err("nothing is removed".to_owned())
    }
}

#[tokio::test]
async fn parts_in_a_bucket_say_what_the_objects_in_another_do() {
    let Some(world) = World::set().await else { return };
    let rules = world.path("rules.yml");
    fs::write(&rules, CANDIDATE).unwrap();
    let tried = load(&[RuleFile { path: rules.clone(), text: CANDIDATE.to_owned() }]).rules;
    let pipelines = [load(&[]).rules, tried].map(|rules| Pipeline::new(Policy::new(Arc::new(rules))));
    // The same in both, and the first by name has it; by the names of their parts another would be.
    let keys = ["AWSLogs/a", "AWSLogs/a-1"];
    let bucket = world.bucket("trail");
    for key in keys {
        world.moto.put_object(&bucket, key, sample()).await;
    }
    let from = Fetching {
        objects: Held(keys.iter().map(|key| ((*key).to_owned(), sample())).collect()),
        allowed_buckets: Some(BTreeSet::from([bucket.clone()])),
        allowed_setting: "",
        own: None,
        digests: None,
    };
    let made = Made::default();
    for key in keys {
        let object = ObjectRef { bucket: bucket.clone(), key: key.to_owned(), ..ObjectRef::default() };
        let when = (Budget::of(Duration::from_mins(1)), jiff::Timestamp::now());
        let to = PartsPlace { parts: &made, name: "march" };
        Box::pin(gather(&from, &object, &pipelines, &to, when)).await.unwrap();
    }
    for (name, bytes) in made.0.into_inner().unwrap() {
        world.moto.put_object(&world.bucket("rejects"), &format!("parts/{name}"), bytes).await;
    }
    let run = async |arguments: &[&str]| {
        let output = world.command(arguments).output().await.unwrap();
        (String::from_utf8(output.stdout.clone()).unwrap(), err(&output), output.status.code())
    };
    let (parts, objects) =
        (format!("s3://{}/parts/march/", world.bucket("rejects")), format!("s3://{bucket}/"));
    for format in ["json", "text", "markdown", "junit"] {
        let asked = ["backtest", &rules, "--format", format, "--since", "2020-01-01"];
        let (gathered, read) = (
            run(&[&asked[..], &["--parts", &parts]].concat()).await,
            run(&[&asked[..], &[&objects]].concat()).await,
        );
        assert_eq!(gathered, read, "{format}");
        assert!(gathered.2 == Some(0) && gathered.0.contains("own-sessions"), "{gathered:?}");
    }
}
