use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use super::archive::{Entry, make};
use super::finish::{Least, formula};
use super::parts::{Kind, PARTS, Part, VERSION};
use super::sums::{differing, sha256};
use super::{build, finish, image, modules, notes, sbom};
use crate::shell::root;

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn an_archive_is_the_same_bytes_in_whatever_order_its_files_come() {
    let entry = |name: &str| Entry::text(name, name);
    let program = || Entry::program("trailhound", b"code".to_vec());
    for ending in ["tar.gz", "zip"] {
        let one = make(ending, "trailhound-1", vec![program(), entry("a/b"), entry("LICENSE")]).unwrap();
        let other = make(ending, "trailhound-1", vec![entry("LICENSE"), entry("a/b"), program()]).unwrap();
        assert_eq!(one, other, "{ending}");
        assert_ne!(one, make(ending, "trailhound-1", vec![entry("a/b"), entry("LICENSE")]).unwrap());
        for climbing in ["../x", "a/../../x", "/x"] {
            assert!(make(ending, "f", vec![entry(climbing)]).is_err(), "{climbing}");
        }
    }
    let made = make("tar.gz", "f", vec![program(), entry("LICENSE")]).unwrap();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(made.as_slice()));
    let told: Vec<(String, u32, u64)> = tar
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.path().unwrap().to_string_lossy().into_owned();
            (name, entry.header().mode().unwrap(), entry.header().uid().unwrap())
        })
        .collect();
    assert_eq!(told, [("f/LICENSE".to_owned(), 0o644, 0), ("f/trailhound".to_owned(), 0o755, 0)]);
}

#[test]
fn a_command_that_is_too_large_or_starts_nowhere_is_refused() {
    let linux = Part::named("x86_64-unknown-linux-gnu").unwrap();
    let mac = Part::named("aarch64-apple-darwin").unwrap();
    assert!(build::checked(linux, b"GLIBC_2.17\0GLIBC_2.28\0").is_ok());
    let told = |part, bytes: &[u8]| build::checked(part, bytes).unwrap_err().to_string();
    assert!(told(linux, b"GLIBC_2.34\0").contains("needs glibc 2.34"));
    assert!(told(linux, b"nothing").contains("names no glibc"));
    assert!(build::checked(mac, b"nothing").is_ok());
    let most = build::MOST_BYTES;
    assert!(told(mac, &vec![0; most + 1]).contains(&format!("{most} are the most")));
}

#[test]
fn a_version_s_section_of_the_changelog_is_what_a_release_says() {
    let changelog = "# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0 - 2026-12-01\n\n- more\n  of it\n\n### Changed\n\n- x\n\n## 0.1.0\n\n- first\n";
    assert_eq!(notes::section(changelog, "0.2.0").unwrap(), "- more\n  of it\n\n### Changed\n\n- x");
    assert_eq!(notes::section(changelog, "0.1.0").unwrap(), "- first");
    assert_eq!(notes::section(changelog, "0.3.0").unwrap(), "- new");
    assert!(notes::section("# Changelog\n", "0.1.0").is_err());
    assert!(notes::section("## 0.1.0\n\n## 0.0.9\n\n- x", "0.1.0").is_err());
    assert!(!notes::section(&text("CHANGELOG.md"), VERSION).unwrap().is_empty());
}

#[test]
fn a_release_has_all_its_files_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let names: BTreeSet<String> = PARTS.iter().flat_map(Part::files).collect();
    assert_eq!(names.len(), 14);
    for name in names.iter().filter(|name| !name.contains("-infra-")) {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let sums = finish::run(folder.path(), &Least::All).unwrap();
    assert_eq!(sums.keys().collect::<BTreeSet<_>>(), names.iter().collect());
    let listed = fs::read_to_string(folder.path().join(finish::SUMS)).unwrap();
    assert_eq!(listed.lines().count(), names.len());
    for (name, sum) in &sums {
        assert!(listed.contains(&format!("{sum}  {name}\n")), "{name}");
        assert_eq!(*sum, sha256(&folder.path().join(name)).unwrap(), "{name}");
    }
    // The module knows the packages of its own release.
    let module = fs::read(folder.path().join(format!("trailhound-infra-aws-{VERSION}.tar.gz"))).unwrap();
    let facts = image::file_of(&module, &format!("trailhound-infra-aws-{VERSION}/release.json")).unwrap();
    let facts: Value = serde_json::from_slice(&facts).unwrap();
    assert_eq!(facts["version"], VERSION);
    for processor in ["arm64", "x86_64"] {
        assert_eq!(facts["sha256"][processor], sums[&format!("trailhound-aws-{processor}.zip")]);
    }
    let written = fs::read_to_string(folder.path().join(finish::FORMULA)).unwrap();
    assert!(!written.contains("{version}") && !written.contains("{sha256"), "{written}");
    // Once more, with what it wrote itself beside them, is the same.
    assert_eq!(differing(&finish::run(folder.path(), &Least::All).unwrap(), &sums), Vec::<String>::new());
    let mut other = sums.clone();
    other.insert("trailhound-azure.zip".to_owned(), "another".to_owned());
    assert_eq!(differing(&sums, &other), ["trailhound-azure.zip"]);

    fs::write(folder.path().join("stray"), "").unwrap();
    let told = |least: &Least| finish::run(folder.path(), least).unwrap_err().to_string();
    assert!(told(&Least::All).contains("nobody asked for [\"stray\"]"));
    fs::remove_file(folder.path().join("stray")).unwrap();
    fs::remove_file(folder.path().join("trailhound-azure.zip")).unwrap();
    assert!(told(&Least::All).contains("missing in") && told(&Least::All).contains("trailhound-azure.zip"));
}

#[test]
fn the_formula_names_archives_that_are_released_with_their_sums() {
    let template = text("packaging/trailhound.rb");
    let commands = PARTS.iter().filter(|part| part.kind == Kind::Command && !part.is_windows());
    let sums: BTreeMap<String, String> =
        commands.clone().flat_map(Part::files).map(|name| (name.clone(), format!("sum of {name}"))).collect();
    let written = formula(&template, &sums).unwrap();
    for file in commands.flat_map(Part::files) {
        let at = format!("/releases/download/v{VERSION}/{file}\"\n      sha256 \"sum of {file}\"");
        assert!(written.contains(&at), "{file}: {written}");
    }
    assert!(formula(&template, &BTreeMap::new()).is_err());
    assert!(formula("{sha256 riscv64}", &sums).is_err());
}

#[test]
fn binstall_looks_where_releases_are() {
    let manifest: toml::Table = toml::from_str(&text("crates/cli/Cargo.toml")).unwrap();
    let package = &manifest["package"];
    let binstall = &package["metadata"]["binstall"];
    for part in PARTS.iter().filter(|part| part.kind == Kind::Command) {
        let over = binstall["overrides"].get(part.name).unwrap_or(binstall);
        let fill = |template: &str| {
            template
                .replace("{ repo }", package["repository"].as_str().unwrap())
                .replace("{ version }", VERSION)
                .replace("{ target }", part.name)
                .replace("{ bin }", "trailhound")
        };
        let [file]: [String; 1] = part.files().try_into().unwrap();
        let url = fill(over["pkg-url"].as_str().unwrap());
        assert_eq!(
            url,
            format!("https://github.com/trailhound/trailhound/releases/download/v{VERSION}/{file}")
        );
        assert_eq!(over["pkg-fmt"].as_str().unwrap(), if part.is_windows() { "zip" } else { "tgz" });
        let within = fill(binstall["bin-dir"].as_str().unwrap());
        assert_eq!(within, format!("{}/trailhound{{ binary-ext }}", part.folder()));
    }
}

#[test]
fn the_workflow_builds_every_part_once_and_decides_nothing() {
    let workflow = text(".github/workflows/release.yml");
    let parts = workflow.lines().filter_map(|line| line.trim().strip_prefix("parts: "));
    let mut built: Vec<&str> = parts.flat_map(str::split_whitespace).collect();
    built.sort_unstable();
    let made = PARTS.iter().filter(|part| !matches!(part.kind, Kind::Module(_)));
    let mut due: Vec<&str> = made.map(|part| part.name).collect();
    due.sort_unstable();
    assert_eq!(built, due);
    let runs = workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: "));
    for run in runs {
        let known = ["cargo xtask release ", "rustup target add ", "gh release create "];
        assert!(known.iter().any(|start| run.starts_with(start)), "{run}");
    }
    // What it calls is there.
    assert!(
        super::run_chore(&["build", "nothing"])
            .unwrap_err()
            .to_string()
            .contains("no part is called nothing")
    );
    assert!(super::run_chore(&["finish", "v0.0.0"]).unwrap_err().to_string().contains("Cargo.toml says"));
}

#[test]
fn a_module_s_archive_holds_the_module() {
    for (cloud, templates) in [
        ("aws", ["templates/quick-create.yaml", "templates/fast-path.yaml"]),
        ("azure", ["templates/quick-create.bicep", "templates/activity-log.bicep"]),
    ] {
        let none = BTreeMap::new();
        let archive = modules::archive(cloud, &none).unwrap();
        assert_eq!(archive, modules::archive(cloud, &none).unwrap());
        let at = |name: &str| format!("trailhound-infra-{cloud}-{VERSION}/{name}");
        for name in ["LICENSE", "versions.tf", "variables.tf", "README.md"].iter().chain(&templates) {
            assert!(image::file_of(&archive, &at(name)).is_ok(), "{cloud} {name}");
        }
        assert_eq!(
            image::file_of(&archive, &at("variables.tf")).unwrap(),
            text(&format!("infra/{cloud}/variables.tf")).into_bytes()
        );
    }
}

#[test]
fn the_bill_of_materials_lists_what_is_built_in_and_nothing_else() {
    let package =
        |name: &str| json!({"id": name, "name": name, "version": "1.0.0+x", "license": "MIT/Apache-2.0"});
    let to = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
    let packages = ["trailhound", "used", "below", "tests", "script", "xtask"].map(package);
    let metadata = json!({
        "packages": packages,
        "resolve": {"nodes": [
            {"id": "trailhound", "deps": [to("used", Value::Null), to("tests", json!("dev")), to("script", json!("build"))]},
            {"id": "used", "deps": [to("below", Value::Null)]},
            {"id": "below", "deps": []},
            {"id": "xtask", "deps": [to("tests", Value::Null)]},
        ]},
    });
    let lock = "[[package]]\nname = \"used\"\nversion = \"1.0.0+x\"\nchecksum = \"abc\"\n";
    let written =
        sbom::written(&serde_json::from_value(metadata).unwrap(), &toml::from_str(lock).unwrap()).unwrap();
    let bom: Value = serde_json::from_str(&written).unwrap();
    let names: Vec<&str> = bom["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| component["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["below", "trailhound", "used"]);
    let used = &bom["components"][2];
    assert_eq!(used["purl"], "pkg:cargo/used@1.0.0%2Bx");
    assert_eq!(used["hashes"][0]["content"], "abc");
    assert_eq!(used["licenses"][0]["expression"], "MIT OR Apache-2.0");
    assert_eq!(bom["dependencies"][1]["dependsOn"], json!(["pkg:cargo/used@1.0.0%2Bx"]));
}
