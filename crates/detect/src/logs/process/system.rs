//! Which operating system a process started on: what its log says of it, else what its paths look like.
//!
//! A rule of one system never meets a record of another; a record that leaves it open may be any.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use crate::logs::log::SigmaSource;
use crate::logs::node::Texts;

/// An operating system, as far as a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Windows,
    Linux,
    MacOs,
    /// Linux or macOS: paths alone do not tell.
    Unix,
}

/// Is a record what a source asks for: of its system, and of the event it is read for?
pub(super) fn meets(source: &SigmaSource, record: &Document<'_>) -> bool {
    if let Some(event) = source.event
        && record.string("EventID").as_deref() != Some(event)
    {
        return false;
    }
    let wanted = match source.product {
        Some("windows") => System::Windows,
        Some("linux") => System::Linux,
        Some("macos") => System::MacOs,
        _ => return true,
    };
    match of(record) {
        None => true,
        Some(System::Unix) => wanted != System::Windows,
        Some(known) => known == wanted,
    }
}

fn of(record: &Document<'_>) -> Option<System> {
    by_platform(record).or_else(|| by_channel(record)).or_else(|| by_paths(record)).or_else(|| {
        // Only Windows numbers its events; Sysmon for Linux says where it is from.
        record.at("EventID").map(|_| System::Windows)
    })
}

/// The sensor says it.
fn by_platform(record: &Document<'_>) -> Option<System> {
    const LINUX: &[&str] = &[
        "lin", "ubuntu", "debian", "centos", "rhel", "red hat", "redhat", "suse", "fedora", "amazon", "alma",
        "rocky", "oracle", "arch", "alpine",
    ];
    let platform = record.first(&["event_platform", "OSPlatform"])?.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| platform.contains(word));
    if says(&["darwin", "mac", "osx", "os x"]) {
        Some(System::MacOs)
    } else if says(&["win"]) {
        Some(System::Windows)
    } else if says(LINUX) {
        Some(System::Linux)
    } else {
        None
    }
}

/// The log says it.
fn by_channel(record: &Document<'_>) -> Option<System> {
    let names = ["Channel", "ProviderName", "Provider_Name", "SourceName", "EventLog", "LogName"];
    names.iter().filter_map(|name| record.string(name)).find_map(|name| {
        let name = name.to_ascii_lowercase();
        if name.contains("linux") {
            Some(System::Linux)
        } else {
            (name.contains("microsoft-windows") || name == "security").then_some(System::Windows)
        }
    })
}

/// A path looks like it.
fn by_paths(record: &Document<'_>) -> Option<System> {
    // What lies below the root, without its slash.
    const OF_MAC: &[&str] = &["Applications/", "System/", "Library/", "Users/", "private/", "opt/homebrew/"];
    const OF_LINUX: &[&str] = &["home/", "proc/", "snap/", "lib64/", "usr/lib/systemd/", "root/"];
    let paths = ["Image", "ParentImage", "CurrentDirectory", "CommandLine"];
    paths.iter().filter_map(|path| record.string(path)).find_map(|path| {
        let path = path.trim_start_matches('"');
        let below_root = path.strip_prefix('/');
        let begins =
            |heads: &[&str]| below_root.is_some_and(|below| heads.iter().any(|head| below.starts_with(head)));
        let mut chars = path.chars();
        let has_drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':');
        if (has_drive && chars.next().is_some_and(|c| c == '\\' || c == '/')) || path.starts_with('\\') {
            Some(System::Windows)
        } else if begins(OF_MAC) {
            Some(System::MacOs)
        } else if begins(OF_LINUX) {
            Some(System::Linux)
        } else {
            below_root.map(|_| System::Unix)
        }
    })
}
