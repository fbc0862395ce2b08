//! What a release consists of, by name.

use anyhow::Context;

/// The version of all that is released.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One part of a release.
pub(super) struct Part {
    /// As it is asked for; of a command, the target.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The command for a target, in an archive.
    Command,
    /// The Lambda's zip for a processor, with its manifest.
    Lambda(&'static str),
    /// The Azure Function's zip.
    AzureFunction,
    /// The Terraform module of a cloud, in an archive.
    Module(&'static str),
    /// What the binaries are made of, in CycloneDX.
    Sbom,
}

pub(super) const PARTS: [Part; 12] = [
    Part { name: "x86_64-unknown-linux-gnu", kind: Kind::Command },
    Part { name: "aarch64-unknown-linux-gnu", kind: Kind::Command },
    Part { name: "x86_64-apple-darwin", kind: Kind::Command },
    Part { name: "aarch64-apple-darwin", kind: Kind::Command },
    Part { name: "x86_64-pc-windows-msvc", kind: Kind::Command },
    Part { name: "aarch64-pc-windows-msvc", kind: Kind::Command },
    Part { name: "aws-x86_64", kind: Kind::Lambda("x86_64") },
    Part { name: "aws-arm64", kind: Kind::Lambda("arm64") },
    Part { name: "azure", kind: Kind::AzureFunction },
    Part { name: "infra-aws", kind: Kind::Module("aws") },
    Part { name: "infra-azure", kind: Kind::Module("azure") },
    Part { name: "sbom", kind: Kind::Sbom },
];

/// All of them.
pub(super) fn names() -> Vec<&'static str> {
    PARTS.iter().map(|part| part.name).collect()
}

impl Part {
    pub(super) fn named(name: &str) -> anyhow::Result<&'static Self> {
        let found = PARTS.iter().find(|part| part.name == name);
        found.with_context(|| format!("no part is called {name}; there are {}", names().join(", ")))
    }

    /// The names of its files.
    pub(super) fn files(&self) -> Vec<String> {
        match self.kind {
            Kind::Command => vec![format!("{}.{}", self.folder(), self.ending())],
            Kind::Lambda(processor) => {
                ["zip", "json"].map(|ending| format!("trailhound-aws-{processor}.{ending}")).into()
            }
            Kind::AzureFunction => vec!["trailhound-azure.zip".to_owned()],
            Kind::Module(cloud) => vec![format!("trailhound-infra-{cloud}-{VERSION}.tar.gz")],
            Kind::Sbom => vec![format!("trailhound-{VERSION}.cdx.json")],
        }
    }

    /// The folder that a command's archive holds.
    pub(super) fn folder(&self) -> String {
        format!("trailhound-{VERSION}-{}", self.name)
    }

    pub(super) fn ending(&self) -> &'static str {
        if self.is_windows() { "zip" } else { "tar.gz" }
    }

    pub(super) fn is_windows(&self) -> bool {
        self.name.contains("-windows-")
    }

    pub(super) fn is_linux(&self) -> bool {
        self.name.contains("-linux-")
    }

    /// Why this machine cannot make it, if it cannot.
    pub(super) fn why_not_here(&self) -> Option<String> {
        let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
        let own = |wanted: &str| (wanted != processor).then(|| format!("this machine is {processor}"));
        match self.kind {
            Kind::Command if self.is_linux() && system == "linux" => own(self.name.split('-').next()?),
            Kind::Command => Some(format!("this machine runs {system}")),
            Kind::Lambda(_) | Kind::AzureFunction if system != "linux" => {
                Some(format!("this machine runs {system}"))
            }
            Kind::Lambda("arm64") => own("aarch64"),
            Kind::Lambda(other) => own(other),
            Kind::AzureFunction => own("x86_64"),
            Kind::Module(_) | Kind::Sbom => None,
        }
    }
}
