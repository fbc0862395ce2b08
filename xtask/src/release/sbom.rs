//! What the released binaries are made of, in CycloneDX 1.5, from what cargo says: the same text for the same lock file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::parts::VERSION;
use crate::shell::{cargo, output, root};

/// The crates whose binaries are released.
const BINARIES: [&str; 3] = ["trailhound", "trailhound-aws-lambda", "trailhound-azure-function"];

#[derive(Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

/// Of what is built into a binary the kind is null; what only builds or tests it is none of it.
#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Of the workspace, with these features of the command.
pub(super) fn of(features: &str) -> anyhow::Result<String> {
    let features: Vec<String> = features.split(',').map(|feature| format!("trailhound/{feature}")).collect();
    let asked = cargo(&["metadata", "--format-version", "1", "--locked", "--features", &features.join(",")]);
    let metadata = serde_json::from_str(&output(asked)?)?;
    let lock = toml::from_str(&fs::read_to_string(root().join("Cargo.lock"))?)?;
    written(&metadata, &lock)
}

pub(super) fn written(metadata: &Metadata, lock: &Lock) -> anyhow::Result<String> {
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: BTreeMap<&str, BTreeSet<&str>> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), built_in(node))).collect();
    let mut due: Vec<&str> = packages
        .values()
        .filter(|package| BINARIES.contains(&package.name.as_str()))
        .map(|package| package.id.as_str())
        .collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = due.pop() {
        if reached.insert(id) {
            due.extend(nodes.get(id).into_iter().flatten());
        }
    }
    let mut components = BTreeMap::new();
    let mut dependencies = BTreeMap::new();
    for id in reached {
        let package = packages.get(id).with_context(|| format!("cargo does not tell of {id}"))?;
        components.insert(purl(package), component(package, lock));
        let below = nodes.get(id).into_iter().flatten().filter_map(|id| packages.get(id));
        dependencies.insert(purl(package), below.map(|package| purl(package)).collect::<BTreeSet<_>>());
    }
    let dependencies: Vec<Value> =
        dependencies.iter().map(|(from, to)| json!({"ref": from, "dependsOn": to})).collect();
    let text = serde_json::to_string_pretty(&json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": "trailhound", "name": "trailhound", "version": VERSION,
            "licenses": [{"expression": "Apache-2.0"}],
        }},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies,
    }))?;
    Ok(text + "\n")
}

fn built_in(node: &Node) -> BTreeSet<&str> {
    let is_in = |dependency: &&Dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
    node.deps.iter().filter(is_in).map(|dependency| dependency.pkg.as_str()).collect()
}

fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.replace('+', "%2B"))
}

fn component(package: &Package, lock: &Lock) -> Value {
    let Package { name, version, license, .. } = package;
    let mut component = json!({
        "type": "library", "bom-ref": purl(package), "purl": purl(package), "name": name, "version": version,
    });
    if let Some(license) = license {
        component["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
    }
    let locked = lock.package.iter().find(|locked| locked.name == *name && locked.version == *version);
    if let Some(sum) = locked.and_then(|locked| locked.checksum.as_deref()) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
    }
    component
}
