//! What `deny.toml` allows, and the layers of the workspace, checked from `cargo metadata` alone.
//!
//! The same file drives `cargo deny check bans licenses sources` where that tool is installed; advisories need its
//! database and are left to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::bail;
use serde::Deserialize;

use crate::shell::{cargo, output, root};

/// Crates that must not be reached from a crate of ours, and why.
const LAYERS: &[(&str, &[&str], &str)] = &[
    (
        "trailhound-sigma",
        &["tokio", "hyper", "reqwest", "serde_json", "trailhound-detect"],
        "sigma knows no cloud and does no I/O",
    ),
    (
        "trailhound-detect",
        &["tokio", "async-std", "smol", "hyper", "reqwest", "ureq", "aws-config", "azure_core"],
        "detect has no cloud SDK, no HTTP client and no runtime",
    ),
    (
        "trailhound",
        &["tokio", "hyper", "aws-config", "azure_core"],
        "the command builds in a couple of minutes",
    ),
];

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    source: Option<String>,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dep>,
}

#[derive(Deserialize)]
struct Dep {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// Checks licences, sources, bans and layers; tells everything that is wrong at once.
pub(crate) fn check() -> anyhow::Result<()> {
    let deny: Deny = toml::from_str(&fs::read_to_string(root().join("deny.toml"))?)?;
    let metadata: Metadata =
        serde_json::from_str(&output(cargo(&["metadata", "--format-version", "1", "--locked"]))?)?;
    let mut wrong = BTreeSet::new();
    for package in &metadata.packages {
        package_faults(package, &deny, &mut wrong);
    }
    layer_faults(&metadata, &mut wrong);
    if !wrong.is_empty() {
        bail!("{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    }
    println!("{} packages: licences, sources, bans and layers as they should be", metadata.packages.len());
    Ok(())
}

fn package_faults(package: &Package, deny: &Deny, wrong: &mut BTreeSet<String>) {
    let Package { name, version, source, license, .. } = package;
    match source.as_deref() {
        None => return,
        Some("registry+https://github.com/rust-lang/crates.io-index") => {}
        Some(other) => drop(wrong.insert(format!("{name} {version} comes from {other}, not from crates.io"))),
    }
    if let Some(ban) = deny.bans.deny.iter().find(|ban| is_banned(ban, name, version)) {
        wrong.insert(format!("{name} {version} is banned: {}", ban.reason));
    }
    let expression = license.as_deref().unwrap_or("no licence");
    if !is_allowed(expression, &deny.licenses.allow) {
        wrong.insert(format!("{name} {version}: licence {expression} is not on deny.toml's list"));
    }
}

/// `name`, or `name@<major.minor.patch` for everything below a version.
fn is_banned(ban: &Ban, name: &str, version: &str) -> bool {
    match ban.name.split_once("@<") {
        None => ban.name == name,
        Some((banned, below)) => banned == name && numbers(version) < numbers(below),
    }
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

/// An SPDX expression is fine if one side of each `OR` and both sides of each `AND` are.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" AND ").all(|part| {
        part.split(" OR ").any(|licence| allowed.iter().any(|allowed| allowed.as_str() == licence.trim()))
    })
}

fn layer_faults(metadata: &Metadata, wrong: &mut BTreeSet<String>) {
    let names: BTreeMap<&str, &str> =
        metadata.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
    let normal: BTreeMap<&str, Vec<&str>> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| {
            let is_normal = |dep: &&Dep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none());
            (node.id.as_str(), node.deps.iter().filter(is_normal).map(|dep| dep.pkg.as_str()).collect())
        })
        .collect();
    for (package, forbidden, reason) in LAYERS {
        let Some(start) = metadata.packages.iter().find(|p| p.name == *package && p.source.is_none()) else {
            continue;
        };
        let mut reached = BTreeSet::new();
        let mut ahead = vec![start.id.as_str()];
        while let Some(id) = ahead.pop() {
            if reached.insert(id) {
                ahead.extend(normal.get(id).into_iter().flatten());
            }
        }
        for id in reached {
            if let Some(name) = names.get(id).filter(|name| forbidden.contains(name)) {
                wrong.insert(format!("{package} reaches {name}: {reason}"));
            }
        }
    }
}
