//! The Terraform module of a cloud, as git has it: without its tests, and without what a run left behind, and with what
//! it needs to know of the packages of its own release.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, ensure};
use serde_json::json;

use super::archive::{self, Entry};
use super::parts::VERSION;
use crate::shell::{command, output, root};

/// What `package = {}` of the AWS module goes by; written from the sums of the files of a release.
pub(super) fn facts(sums: &BTreeMap<String, String>) -> String {
    let packages: BTreeMap<&str, &String> = ["arm64", "x86_64"]
        .into_iter()
        .filter_map(|processor| Some((processor, sums.get(&format!("trailhound-aws-{processor}.zip"))?)))
        .collect();
    format!("{}\n", json!({"version": VERSION, "sha256": packages}))
}

pub(super) fn archive(cloud: &str, sums: &BTreeMap<String, String>) -> anyhow::Result<Vec<u8>> {
    let folder = format!("infra/{cloud}/");
    let listed = output(command("git", &["ls-files", "-z", &folder]))?;
    let mut entries = vec![Entry::text("LICENSE", fs::read(root().join("LICENSE"))?)];
    if cloud == "aws" {
        entries.push(Entry::text("release.json", facts(sums)));
    }
    for path in listed.split_terminator('\0') {
        let name = path.strip_prefix(&folder).with_context(|| format!("{path} is not below {folder}"))?;
        if !name.starts_with("tests/") {
            entries.push(Entry::text(name, output(command("git", &["show", &format!("HEAD:{path}")]))?));
        }
    }
    ensure!(entries.iter().any(|entry| entry.name == "versions.tf"), "{folder} holds no module");
    archive::make("tar.gz", &format!("trailhound-infra-{cloud}-{VERSION}"), entries)
}
