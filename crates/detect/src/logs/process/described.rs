//! A Windows event of which only the text is left: `Image: C:\\…` for Sysmon, `New Process Name:\tC:\\…` for Security.
//!
//! Sysmon's names are English everywhere. Security's are in the language of the machine, but what follows them comes in
//! one order in all of them: the creator's account, the new process, the creator's, the command line
//! (<https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4688>).

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::logs::json::Object;

/// The event's data under the names they have in the event itself, as JSON.
pub(super) fn data(id: i64, text: &str) -> String {
    let lines: Vec<(&str, &str)> = text.lines().filter_map(labelled).collect();
    let is_english = lines.iter().any(|(name, _)| *name == "New Process Name");
    let named = match id {
        4688 if is_english => by_name(&lines),
        4688 => by_place(&lines),
        _ => lines.into_iter().filter(|(name, _)| is_plain(name)).collect(),
    };
    let mut data = Object::default();
    let mut seen = HashSet::new();
    for (name, value) in named {
        // The creator comes before the target, whose names are the same.
        if seen.insert(name) {
            data.text(name, value);
        }
    }
    data.finish()
}

/// `Label:\tvalue`, in whatever script.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once([':', '\u{ff1a}'])?;
    let value = value.trim();
    (!value.is_empty()).then(|| (name.trim(), value))
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn by_name<'t>(lines: &[(&'t str, &'t str)]) -> Vec<(&'t str, &'t str)> {
    const NAMES: &[(&str, &str)] = &[
        ("New Process Name", "NewProcessName"),
        ("New Process ID", "NewProcessId"),
        ("Creator Process Name", "ParentProcessName"),
        ("Creator Process ID", "ProcessId"),
        ("Process Command Line", "CommandLine"),
        ("Account Name", "SubjectUserName"),
        ("Account Domain", "SubjectDomainName"),
        ("Logon ID", "SubjectLogonId"),
        ("Mandatory Label", "MandatoryLabel"),
    ];
    let ours = |name: &str| NAMES.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    lines.iter().filter_map(|(name, value)| Some((ours(name)?, *value))).collect()
}

/// The same by what the values are and where they stand.
fn by_place<'t>(lines: &[(&'t str, &'t str)]) -> Vec<(&'t str, &'t str)> {
    let values: Vec<&str> = lines.iter().map(|(_, value)| *value).collect();
    let Some(image) = values.iter().position(|value| is_path(value)) else { return Vec::new() };
    let parent = values[image + 1..].iter().position(|value| is_path(value)).map(|at| image + 1 + at);
    let mut data = vec![("NewProcessName", values[image])];
    let number_before = |at: usize| at.checked_sub(1).map(|at| values[at]).filter(|value| is_number(value));
    data.extend(number_before(image).map(|id| ("NewProcessId", id)));
    if let Some(parent) = parent {
        data.push(("ParentProcessName", values[parent]));
        data.extend(number_before(parent).map(|id| ("ProcessId", id)));
    }
    // The explanation of elevation that ends the text has no label, so the last value is the command line's.
    let behind = values[parent.unwrap_or(image) + 1..].iter().find(|value| !is_code(value));
    data.extend(behind.map(|line| ("CommandLine", *line)));
    data.extend(
        values.iter().find(|value| value.starts_with("S-1-16-")).map(|label| ("MandatoryLabel", *label)),
    );
    let names = values[..image].iter().take_while(|value| !is_number(value)).filter(|value| !is_code(value));
    data.extend(["SubjectUserName", "SubjectDomainName"].into_iter().zip(names.copied()));
    data.extend(values[..image].iter().find(|value| is_number(value)).map(|id| ("SubjectLogonId", *id)));
    data
}

/// `C:\\…`, `\\Device\\…`.
fn is_path(value: &str) -> bool {
    value.get(1..3) == Some(":\\") || value.starts_with('\\')
}

fn is_number(value: &str) -> bool {
    value.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A number, a security identifier, the reference to a text.
fn is_code(value: &str) -> bool {
    is_number(value) || value.starts_with("S-1-") || value.starts_with("%%") || value == "-"
}
