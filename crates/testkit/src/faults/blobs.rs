//! A place of parked objects with faults. What it holds are bytes, as in a cloud.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::time::Instant;
use trailhound_courier::ports::Blobs;

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
        Self { reason: text("reason"), origin: text("origin"), body }
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
