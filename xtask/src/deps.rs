//! What `deny.toml` allows, and the layers of the workspace, checked from `cargo metadata` alone.
//!
//! The same file drives `cargo deny check bans licenses sources` where that tool is installed; advisories need its
//! database and are left to it.

use std::collections::BTreeSet;
use std::fs;

use anyhow::bail;
use serde::Deserialize;

use crate::shell::{cargo, output, root};

/// What a crate of ours must not reach, with some of its features, and why.
struct Layer {
    package: &'static str,
    /// Its own features, beside the default ones.
    features: &'static [&'static str],
    forbidden: &'static [&'static str],
    reason: &'static str,
}

const LAYERS: &[Layer] = &[
    Layer {
        package: "trailhound-sigma",
        features: &[],
        forbidden: &["tokio", "hyper", "reqwest", "serde_json", "trailhound-detect"],
        reason: "sigma knows no cloud and does no I/O",
    },
    Layer {
        package: "trailhound-detect",
        features: &[],
        forbidden: &["tokio", "async-std", "smol", "hyper", "reqwest", "ureq", "aws-config", "azure_core"],
        reason: "detect has no cloud SDK, no HTTP client and no runtime",
    },
    Layer {
        package: "trailhound-courier",
        features: &[],
        forbidden: &[
            "aws-config",
            "azure_core",
            "reqwest",
            "lambda_runtime",
            "trailhound-aws",
            "trailhound-azure-sdk",
            "trailhound-runtime",
            "axum",
            "tracing-subscriber",
        ],
        reason: "the courier reaches clouds through ports alone, and knows no process",
    },
    Layer {
        package: "trailhound-runtime",
        features: &["server"],
        forbidden: &[
            "aws-config",
            "azure_core",
            "reqwest",
            "lambda_runtime",
            "trailhound-aws",
            "trailhound-azure-sdk",
        ],
        reason: "a function's process reaches clouds through ports alone",
    },
    Layer {
        package: "trailhound-aws",
        features: &[],
        forbidden: &["azure_core", "reqwest", "axum", "lambda_runtime", "trailhound-azure-sdk"],
        reason: "adapters of one cloud know no other cloud and no function",
    },
    Layer {
        package: "trailhound-azure-sdk",
        features: &[],
        forbidden: &["aws-config", "axum", "lambda_runtime", "trailhound-aws"],
        reason: "adapters of one cloud know no other cloud and no function",
    },
    Layer {
        package: "trailhound-aws-lambda",
        features: &[],
        forbidden: &["azure_core", "axum", "trailhound-azure-sdk", "trailhound-azure-function", "trailhound"],
        reason: "no binary is a library of another",
    },
    Layer {
        package: "trailhound-azure-function",
        features: &[],
        forbidden: &["aws-config", "lambda_runtime", "trailhound-aws", "trailhound-aws-lambda", "trailhound"],
        reason: "no binary is a library of another",
    },
    Layer {
        package: "trailhound",
        features: &[],
        forbidden: &["tokio", "hyper", "aws-config", "azure_core", "trailhound-courier"],
        reason: "the command builds in a couple of minutes",
    },
    Layer {
        package: "trailhound",
        features: &["aws"],
        forbidden: &["azure_core", "reqwest", "axum", "lambda_runtime", "trailhound-aws-lambda"],
        reason: "who works with one cloud does not build the other's SDK",
    },
    Layer {
        package: "trailhound",
        features: &["azure"],
        forbidden: &["aws-config", "aws-sdk-dynamodb", "axum", "trailhound-azure-function"],
        reason: "who works with one cloud does not build the other's SDK",
    },
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
struct Graph {
    packages: Vec<GraphPackage>,
}

#[derive(Deserialize)]
struct GraphPackage {
    name: String,
    version: String,
    source: Option<String>,
    license: Option<String>,
}

/// Checks licences, sources, bans and layers; tells everything that is wrong at once.
pub(crate) fn check() -> anyhow::Result<()> {
    let deny: Deny = toml::from_str(&fs::read_to_string(root().join("deny.toml"))?)?;
    let metadata = metadata("trailhound/aws,trailhound/azure")?;
    let mut wrong = BTreeSet::new();
    for package in &metadata.packages {
        package_faults(package, &deny, &mut wrong);
    }
    for layer in LAYERS {
        layer_faults(layer, &reached(layer)?, &mut wrong);
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    }
    println!("{} packages: licences, sources, bans and layers as they should be", metadata.packages.len());
    Ok(())
}

/// The workspace as it is built with these features.
fn metadata(features: &str) -> anyhow::Result<Graph> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--locked", "--features", features]);
    Ok(serde_json::from_str(&output(metadata)?)?)
}

fn package_faults(package: &GraphPackage, deny: &Deny, wrong: &mut BTreeSet<String>) {
    let GraphPackage { name, version, source, license, .. } = package;
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

/// What a package reaches when it alone is built: features that other members ask for are not its doing.
fn reached(layer: &Layer) -> anyhow::Result<BTreeSet<String>> {
    let features = layer.features.join(",");
    let tree = ["tree", "--locked", "--quiet", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = output(cargo(&[&tree[..], &["--package", layer.package, "--features", &features]].concat()))?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn layer_faults(layer: &Layer, reached: &BTreeSet<String>, wrong: &mut BTreeSet<String>) {
    let Layer { package, features, forbidden, reason } = layer;
    let with = if features.is_empty() { String::new() } else { format!(" with {}", features.join(", ")) };
    for name in forbidden.iter().filter(|name| reached.contains(**name)) {
        wrong.insert(format!("{package}{with} reaches {name}: {reason}"));
    }
}
