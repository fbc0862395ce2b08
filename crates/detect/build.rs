//! Packs the rule files so that they can be carried in the binary.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use files::FileKind;
use flate2::Compression;
use flate2::write::ZlibEncoder;

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
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut out = String::new();
    for (name, doc, files) in [
        ("EMBEDDED", "The shipped rules, in the order of their paths.", &rules),
        ("EMBEDDED_TESTS", "The tests beside the shipped rules.", &tests),
    ] {
        let packed = target.join(format!("{name}.zz"));
        fs::write(&packed, pack(files)).expect("cargo's folder can be written");
        list(&mut out, name, doc, &root, files);
    }
    fs::write(target.join("embedded.rs"), out).expect("cargo's folder can be written");
}

/// The texts one behind the other.
fn pack(files: &[PathBuf]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    for file in files {
        packer.write_all(text(file).as_bytes()).expect("memory can be written");
    }
    packer.finish().expect("memory can be written")
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()))
}

/// What each of the packed texts is called, and how long it is.
fn list(out: &mut String, name: &str, doc: &str, root: &Path, files: &[PathBuf]) {
    let rows = files.iter().map(|file| {
        let path =
            file.strip_prefix(root).expect("collected below the root").to_string_lossy().replace('\\', "/");
        format!("    ({path:?}, {}),\n", text(file).len())
    });
    let rows: String = rows.collect();
    write!(
        out,
        "/// {doc}\n\
         pub static {name}: LazyLock<Vec<EmbeddedFile>> = LazyLock::new(|| {{\n\
         unpacked(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.zz\")), &[\n{rows}])\n}});\n"
    )
    .expect("a string takes any text");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).and_then(Iterator::collect);
    for entry in entries.unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display())) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if FileKind::of(&path.to_string_lossy()).is_some() {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
