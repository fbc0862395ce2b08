//! `cargo xtask package aws`: the zip that Lambda's `provided.al2023` takes, the same bytes for the same commit.
//!
//! This machine's own processor is built for as usual, another by zig. A manifest beside the zip says what it was built
//! for; Terraform compares. Guards read which glibc the executable wants and keep the zip small, most of a cold start.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::package_azure::{highest_glibc, linker, output_folder, pack, remapped_paths};
use crate::shell::{cargo, command, output, run};

/// That of Amazon Linux 2023.
const GLIBC: (u32, u32) = (2, 34);
/// Most bytes of the zip.
const MOST_BYTES: usize = 7_000_000;
const EXECUTABLE: &str = "bootstrap";

/// A processor that Lambda offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Architecture {
    Arm64,
    X86_64,
}

impl Architecture {
    /// This machine's.
    fn own() -> Option<Self> {
        match std::env::consts::ARCH {
            "aarch64" => Some(Self::Arm64),
            "x86_64" => Some(Self::X86_64),
            _ => None,
        }
    }

    /// By Lambda's name for it.
    fn named(name: &str) -> anyhow::Result<Self> {
        match name {
            "arm64" => Ok(Self::Arm64),
            "x86_64" => Ok(Self::X86_64),
            other => bail!("the architecture is arm64 or x86_64, not {other}"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// What an ELF header says the executable is for.
    fn of(executable: &[u8]) -> Option<Self> {
        match executable.get(18..20)? {
            [0xb7, 0] => Some(Self::Arm64),
            [0x3e, 0] => Some(Self::X86_64),
            _ => None,
        }
    }
}

/// Builds the zip for a processor, this machine's unless one is named, and says where it is.
pub(crate) fn run_chore(architecture: Option<&str>) -> anyhow::Result<()> {
    let own = Architecture::own();
    let wanted = match architecture {
        Some(name) => Architecture::named(name)?,
        None => own.context("Lambda has no processor like this machine's: name one with --architecture")?,
    };
    let executable = if own == Some(wanted) { build_here()? } else { build_by_zig(wanted)? };
    let bytes = fs::read(&executable).with_context(|| executable.display().to_string())?;
    ensure!(Architecture::of(&bytes) == Some(wanted), "the executable is not for {}", wanted.name());
    let (major, minor) =
        highest_glibc(&bytes).context("the executable names no glibc version: not the build expected")?;
    ensure!(
        (major, minor) <= GLIBC,
        "the executable needs glibc {major}.{minor}; Lambda has {}.{}: build it with `cargo lambda build` and zig",
        GLIBC.0,
        GLIBC.1
    );
    let zip = pack(&[(EXECUTABLE, &bytes, 0o755)])?;
    ensure!(zip.len() <= MOST_BYTES, "the zip has {} bytes; {MOST_BYTES} are the most", zip.len());
    let folder = output_folder().join("aws");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("trailhound-aws-{}.zip", wanted.name()));
    fs::write(&path, &zip)?;
    let sum = write_manifest(&path, wanted)?;
    println!("{}", path.display());
    println!("{} bytes, executable {} bytes, glibc {major}.{minor} or newer", zip.len(), bytes.len());
    println!("{sum}  {}", path.display());
    Ok(())
}

fn build_here() -> anyhow::Result<PathBuf> {
    let mut build = cargo(&["build", "--locked", "--profile", "dist", "--package", "trailhound-aws-lambda"]);
    build.args(["--bin", EXECUTABLE]).env("RUSTFLAGS", remapped_paths());
    run(build)?;
    Ok(output_folder().join("dist").join(EXECUTABLE))
}

fn build_by_zig(wanted: Architecture) -> anyhow::Result<PathBuf> {
    let bin = linker()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let target = wanted.target();
    let mut build =
        cargo(&["zigbuild", "--locked", "--profile", "dist", "--package", "trailhound-aws-lambda"]);
    build.args(["--bin", EXECUTABLE, "--target", &format!("{target}.{}.{}", GLIBC.0, GLIBC.1)]);
    build.env("PATH", format!("{}:{path}", bin.display())).env("RUSTFLAGS", remapped_paths());
    run(build).with_context(|| format!("rustup target add {target} makes Rust know the other processor"))?;
    Ok(output_folder().join(target).join("dist").join(EXECUTABLE))
}

/// `<zip>.json` without the `.zip`: version, processor and sum of the zip, which is returned.
fn write_manifest(zip: &Path, architecture: Architecture) -> anyhow::Result<String> {
    let told = output(command("sha256sum", &[&zip.to_string_lossy()]))?;
    let sum = told.split_whitespace().next().context("sha256sum says nothing")?.to_owned();
    let manifest =
        json!({"version": env!("CARGO_PKG_VERSION"), "architecture": architecture.name(), "sha256": sum});
    fs::write(zip.with_extension("json"), format!("{manifest}\n"))?;
    Ok(sum)
}
