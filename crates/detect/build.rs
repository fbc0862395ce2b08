//! Lists the rule files so that they can be carried in the binary.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use files::FileKind;

#[allow(unreachable_pub, reason = "a file of the crate, where it is public")]
#[path = "src/rules/files.rs"]
mod files;

fn main() {
    // Asked for when it runs: cargo may run a build script that it compiled for another checkout.
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = here.join("../..");
    let rules = root.join("rules");
    let mut files = Vec::new();
    collect(&rules, &mut files);
    files.sort();
    // A binary without rules finds nothing and looks content.
    assert!(!files.is_empty(), "there are no rules in {}", rules.display());

    let (tests, rules): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| FileKind::of(&file.to_string_lossy()) == Some(FileKind::Tests));
    let mut out = String::new();
    list(&mut out, "EMBEDDED", "The shipped rules, in the order of their paths.", &root, &rules);
    list(&mut out, "EMBEDDED_TESTS", "The tests beside the shipped rules.", &root, &tests);
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("embedded.rs");
    fs::write(target, out).expect("cargo's folder can be written");
}

fn list(out: &mut String, name: &str, doc: &str, root: &Path, files: &[PathBuf]) {
    writeln!(out, "/// {doc}\npub const {name}: &[EmbeddedFile] = &[").expect("a string takes any text");
    for file in files {
        let path =
            file.strip_prefix(root).expect("collected below the root").to_string_lossy().replace('\\', "/");
        let absolute =
            file.canonicalize().expect("a file just listed can be resolved").to_string_lossy().into_owned();
        writeln!(out, "    EmbeddedFile {{ path: {path:?}, text: include_str!({absolute:?}) }},")
            .expect("a string takes any text");
    }
    out.push_str("];\n");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).and_then(Iterator::collect);
    for entry in entries.unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display())) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if FileKind::of(&path.to_string_lossy()).is_some() {
            files.push(path);
        }
    }
}
