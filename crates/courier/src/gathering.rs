//! Objects of which nothing is told: what sets of rules make of each is kept as its part, for whoever joins the parts of all.
//!
//! A part lies under its object's own name, so that one made again takes the place of the first, and a listing of parts is in
//! the order of a listing of objects. Nothing is published, parked, remembered or counted as a delivery.

mod begun;
mod job;

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use trailhound_detect::part::PartWriter;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::rules::RuleSet;

use crate::evaluation::Evaluation;
use crate::failure::Failure;
use crate::fetching::Fetching;
use crate::ports::{Blobs, ObjectBody, ObjectRef, Objects};
use crate::time::Budget;

pub use begun::{Begun, CandidateComing, Gathering};
pub use job::Job;

/// The most bytes of a part, packed: it stands in memory until it is kept.
pub const MOST: usize = 64 << 20;
/// How long keeping a part may take: whoever asked for it comes again sooner than time runs out.
const KEEPING: Duration = Duration::from_secs(30);
/// The most bytes of a part's name; services allow 1,024 for it and the folder it lies in.
const LONGEST: usize = 900;

/// Where the parts of a gathering go.
#[derive(Debug)]
pub struct PartsPlace<'p, Place> {
    /// The place of all gatherings.
    pub parts: &'p Place,
    /// This one's name, a folder there.
    pub name: &'p str,
}

/// What became of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// What its part is called, in the place of parts.
    pub part: String,
    /// Records in it, and those of them that could not be read.
    pub records: u64,
    /// As [`trailhound_detect::tally::Tally::rejected_total`] has it.
    pub rejected: u64,
    /// Matches of each of the sets of rules.
    pub matches: Vec<usize>,
}

/// `<gathering>/<bucket>/<key>.part.gz`, with the version where one was asked for.
pub fn name(gathering: &str, object: &ObjectRef) -> String {
    let ObjectRef { bucket, key, version, .. } = object;
    let version = version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{gathering}/{bucket}/{key}{version}.part.gz")
}

/// Reads an object once through some pipelines, and keeps what comes of it.
pub async fn gather<From: Objects, Place: Blobs>(
    from: &Fetching<From>,
    object: &ObjectRef,
    pipelines: &[Pipeline],
    to: &PartsPlace<'_, Place>,
    (budget, now): (Budget, Timestamp),
) -> Result<Gathered, Failure> {
    let lasting = |why: String| Failure::NoPart { why, is_lasting: true };
    let uri = From::uri(object);
    if from.allowed_buckets.as_ref().is_some_and(|allowed| !allowed.contains(&object.bucket)) {
        return Err(lasting(from.not_allowed(object)));
    }
    let part = name(to.name, object);
    if part.len() > LONGEST {
        return Err(lasting(format!("its name would have more than {LONGEST} bytes")));
    }
    let rules: Vec<&RuleSet> = pipelines.iter().map(Pipeline::rules).collect();
    let unkept = |error: std::io::Error| lasting(error.to_string());
    let mut writer = PartWriter::begin(&uri, &rules).map_err(unkept)?;
    let mut sides: Vec<_> =
        pipelines.iter().map(|pipeline| Evaluation::of_stream(pipeline, &uri, now)).collect();
    let mut matches = vec![0; sides.len()];
    let mut body = budget.taking(from.objects.open(object)).await.map_err(|_| Failure::OutOfTime)??;
    while let Some(chunk) = budget.taking(body.chunk()).await.map_err(|_| Failure::OutOfTime)?? {
        for (by, side) in sides.iter_mut().enumerate() {
            let mut rest = &chunk[..];
            while !rest.is_empty() {
                let (taken, found, _) = side.push(rest)?;
                rest = &rest[taken..];
                matches[by] += found.len();
                writer.found(by, found, Vec::new()).map_err(unkept)?;
            }
        }
        if writer.size() > MOST {
            return Err(lasting(format!("it has more than {MOST} bytes")));
        }
    }
    let mut tallies = Vec::new();
    for (by, side) in sides.into_iter().enumerate() {
        let last = side.finish(Ending::Whole)?;
        matches[by] += last.matches.len();
        writer.found(by, last.matches, last.callers).map_err(unkept)?;
        tallies.push(last.tally);
    }
    let bytes = writer.end(&tallies.iter().collect::<Vec<_>>()).map_err(unkept)?;
    let until = budget.park_until().min(Instant::now() + KEEPING);
    let put = to.parts.put(&part, bytes, until).await;
    put.map_err(|why| Failure::NoPart { why: format!("{}: {why}", to.parts.place()), is_lasting: false })?;
    let (records, rejected) = tallies
        .iter()
        .map(|tally| (tally.records, tally.rejected_total()))
        .max_by_key(|(_, rejected)| *rejected)
        .unwrap_or_default();
    Ok(Gathered { part, records, rejected, matches })
}
