//! A place of parked objects with faults. What it holds are bytes, as in a cloud.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::time::Instant;
use trailhound_courier::ports::Blobs;
use trailhound_detect::describe::ShadowLine;

use super::{Fault, Lie, Plan};

/// The place.
pub struct FaultyBlobs {
    /// What decides.
    pub plan: Arc<Plan>,
    /// Objects by name.
    pub objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

/// A line of a parked object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parked {
    /// Why.
    pub reason: String,
    /// Where it came from.
    pub origin: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// Of what content they were, where the source tells.
    pub version: Option<String>,
    /// Where the others stand that it stands for.
    pub pointers: Vec<Pointed>,
}

/// A stretch of records to be read again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointed {
    /// The first that was rejected.
    pub first: String,
    /// The last.
    pub last: String,
    /// Their bytes in the text, as unpacked.
    pub bytes: Option<(u64, u64)>,
    /// How many were rejected.
    pub rejected: u64,
}

impl Parked {
    /// The lines of an object.
    pub fn of_object(packed: &[u8]) -> Vec<Self> {
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzipped text");
        text.lines().map(Self::of_line).collect()
    }

    fn of_line(line: &str) -> Self {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let text =
            |name: &str| line[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}")).to_owned();
        let body = STANDARD.decode(text("body_base64")).expect("base64");
        let pointers = line["pointers"].as_array().map(|all| all.iter().map(Pointed::of).collect());
        Self {
            reason: text("reason"),
            origin: text("origin"),
            body,
            version: line["version"].as_str().map(str::to_owned),
            pointers: pointers.unwrap_or_default(),
        }
    }
}

/// The lines of an object of findings in shadow.
pub fn shadow_lines(packed: &[u8]) -> Vec<ShadowLine> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzipped text");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of a finding in shadow")).collect()
}

impl Pointed {
    fn of(pointer: &Value) -> Self {
        let text = |name: &str| pointer[name].as_str().expect("a place").to_owned();
        let number = |value: &Value| value.as_u64().expect("a number");
        let bytes = pointer["bytes"].as_array().map(|ends| (number(&ends[0]), number(&ends[1])));
        Self { first: text("first"), last: text("last"), bytes, rejected: number(&pointer["rejected"]) }
    }
}

impl FaultyBlobs {
    async fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) + Send) -> Result<(), String> {
        let fault = self.plan.decide();
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            Fault::Error => return Err("injected".to_owned()),
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            _ => {}
        }
        if !self.plan.is_lied(Lie::Parked) {
            change(&mut self.objects.lock().unwrap_or_else(PoisonError::into_inner));
        }
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
        Ok(())
    }
}

impl Blobs for FaultyBlobs {
    fn place(&self) -> String {
        "a place with faults".to_owned()
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, _: Instant) -> Result<(), String> {
        self.plan.note(|| format!("put {name}"));
        self.change(|objects| drop(objects.insert(name.to_owned(), bytes))).await
    }

    async fn remove(&self, name: &str) -> Result<(), String> {
        self.plan.note(|| format!("remove {name}"));
        self.change(|objects| drop(objects.remove(name))).await
    }
}
