//! `cargo xtask package azure`: the zip that Flex Consumption takes, the same bytes for the same commit.
//!
//! The executable is linked for glibc 2.31 by zig: the oldest that a Functions host's image has. A guard reads the
//! symbols it really wants.

#[cfg(test)]
mod tests;

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::shell::{cargo, command, output, root, run};

/// From PyPI: a linker that knows old glibcs, and the cargo command that uses it.
const LINKER: &[&str] = &["ziglang==0.13.0", "cargo-zigbuild==0.24.0"];
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// Debian bullseye's, the oldest image of the Functions host.
const GLIBC: (u32, u32) = (2, 31);
const PACKAGE: &str = "functions/azure-function";
const EXECUTABLE: &str = "trailhound-azure";

/// Builds the zip and says where it is.
pub(crate) fn run_chore() -> anyhow::Result<()> {
    let executable = build()?;
    let bytes = fs::read(&executable).with_context(|| executable.display().to_string())?;
    let needed =
        highest_glibc(&bytes).context("the executable names no glibc version: not the build expected")?;
    ensure!(
        needed <= GLIBC,
        "the executable needs glibc {}.{}; the oldest host has {}.{}",
        needed.0,
        needed.1,
        GLIBC.0,
        GLIBC.1
    );
    let folder = root().join(PACKAGE);
    let host = fs::read(folder.join("host.json"))?;
    let detect = fs::read(folder.join("detect/function.json"))?;
    let gather = fs::read(folder.join("gather/function.json"))?;
    let zip = pack(&[
        (EXECUTABLE, &bytes, 0o755),
        ("detect/function.json", &detect, 0o644),
        ("gather/function.json", &gather, 0o644),
        ("host.json", &host, 0o644),
    ])?;
    let target = output_folder().join("azure");
    fs::create_dir_all(&target)?;
    let path = target.join("trailhound-azure.zip");
    fs::write(&path, &zip)?;
    println!("{}", path.display());
    println!(
        "{} bytes, executable {} bytes, glibc {}.{} or newer",
        zip.len(),
        bytes.len(),
        needed.0,
        needed.1
    );
    print!("{}", output(command("sha256sum", &[&path.to_string_lossy()]))?);
    Ok(())
}

pub(crate) fn output_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn build() -> anyhow::Result<PathBuf> {
    let bin = linker()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut build =
        cargo(&["zigbuild", "--locked", "--profile", "dist", "--package", "trailhound-azure-function"]);
    build.args(["--bin", EXECUTABLE, "--target", &format!("{TARGET}.{}.{}", GLIBC.0, GLIBC.1)]);
    build.env("PATH", format!("{}:{path}", bin.display()));
    build.env("RUSTFLAGS", remapped_paths());
    run(build)?;
    Ok(output_folder().join(TARGET).join("dist").join(EXECUTABLE))
}

/// Neither the checkout's place nor the registry's may show in the bytes.
pub(crate) fn remapped_paths() -> String {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let mut flags = format!("--remap-path-prefix={}=.", root().display());
    if let Ok(home) = home {
        flags = format!("{flags} --remap-path-prefix={home}=cargo");
    }
    flags
}

/// The folder of the linker's programs, installed into a virtual environment if it is not there yet.
pub(crate) fn linker() -> anyhow::Result<PathBuf> {
    let folder = root().join(".tools/zig");
    let bin = folder.join("bin");
    if !bin.join("cargo-zigbuild").exists() {
        run(command("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
        run(command(bin.join("pip"), &[&["install", "--quiet"], LINKER].concat()))?;
    }
    Ok(bin)
}

/// The highest `GLIBC_x.y` that an executable asks for.
pub(crate) fn highest_glibc(executable: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_";
    let versions = executable.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    versions
        .filter_map(|(at, _)| {
            let rest = &executable[at + MARK.len()..];
            let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
            let text = std::str::from_utf8(&rest[..end]).ok()?;
            let mut parts = text.split('.').map(str::parse::<u32>);
            Some((parts.next()?.ok()?, parts.next()?.ok()?))
        })
        .max()
}

/// A zip with mode bits and no time.
pub(crate) fn pack(files: &[(&str, &[u8], u32)]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, mode) in files {
        if Path::new(name).is_absolute() {
            bail!("{name} would leave the package");
        }
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(*mode);
        zip.start_file(*name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
