//! The service models of botocore, as its package lays them out: `<service>/<version>/service-2.json.gz`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::Deserialize;

use super::list::List;

/// Services whose calls CloudTrail tells under another name than their endpoint's.
const SOURCES: &[(&str, &str)] = &[
    ("appstream", "appstream"),
    ("cloudwatch", "monitoring"),
    ("emr", "elasticmapreduce"),
    ("iot-data", "iot-data"),
    ("iot-jobs-data", "iot-jobs-data"),
    ("iotsecuretunneling", "iotsecuredtunneling"),
    ("s3control", "s3"),
    ("ses", "ses"),
    ("sesv2", "ses"),
    ("sso-oidc", "sso-oauth"),
];

#[derive(Deserialize)]
struct Model {
    metadata: ServiceMetadata,
    operations: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceMetadata {
    endpoint_prefix: String,
}

/// Operations that the models have and the list has not, and the other way round.
pub(super) fn compare(list: &List, models: &Path) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let mut theirs = Vec::new();
    let folder = fs::read_dir(models).with_context(|| format!("no models in {}", models.display()))?;
    for service in folder {
        let service = service?.path();
        let name = service.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(model) = newest(&service) else { continue };
        let model = read(&model)?;
        let source = source(&name, &model.metadata.endpoint_prefix);
        theirs.extend(model.operations.into_iter().map(|(operation, _)| (source.clone(), operation)));
    }
    let new = theirs.iter().filter(|(source, operation)| !list.has(source, operation));
    let new = new.map(|(source, operation)| format!("{source}\t{operation}")).collect();
    let known = list.none.iter().flat_map(|(source, all)| all.iter().map(move |one| (source, one)));
    let theirs: BTreeSet<_> = theirs.iter().map(|(s, o)| (s.as_str(), o.as_str())).collect();
    let gone = known.filter(|(source, one)| !theirs.contains(&(source.as_str(), one.as_str())));
    let gone = gone.map(|(source, operation)| format!("{source} {operation}")).collect();
    Ok((new, gone))
}

/// The service's latest model.
fn newest(service: &Path) -> Option<std::path::PathBuf> {
    let mut versions: Vec<_> =
        fs::read_dir(service).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.sort();
    let models = versions.into_iter().rev().map(|version| version.join("service-2.json.gz"));
    models.into_iter().find(|model| model.is_file())
}

fn read(path: &Path) -> anyhow::Result<Model> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| path.display().to_string())?;
    GzDecoder::new(file).read_to_string(&mut text).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// The name before `.amazonaws.com` in `eventSource`: the endpoint's, as far as no other is known.
fn source(service: &str, endpoint: &str) -> String {
    let told = SOURCES.iter().find(|(name, _)| *name == service).map(|(_, source)| *source);
    told.unwrap_or_else(|| endpoint.strip_prefix("api.").unwrap_or(endpoint)).to_owned()
}
