//! Every promise names the tests that break with it, and those tests are there and run.

use std::fs;
use std::path::Path;

const PAGE: &str = "docs/developing/promises.md";
/// How many promises the design makes.
const PROMISES: usize = 15;
/// The first that may still say what [`TO_COME`] says.
const FIRST_TO_COME: usize = 11;
const TO_COME: &str = "- to come";

pub(super) fn check(root: &Path) -> Vec<String> {
    match fs::read_to_string(root.join(PAGE)) {
        Ok(text) => faults(&text, &|file| fs::read_to_string(root.join(file)).ok()),
        Err(error) => vec![format!("{PAGE}: {error}")],
    }
}

/// What is wrong with the page. A promise is a heading `## 3. …`, its tests are items `` - `name` in `file` ``.
pub(super) fn faults(page: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    if sections.len() != PROMISES {
        faults.push(format!("{PAGE}: {} promises; the design makes {PROMISES}", sections.len()));
    }
    for (number, section) in (1..).zip(sections) {
        let heading = section.lines().next().unwrap_or_default();
        if !heading.starts_with(&format!("{number}. ")) {
            faults.push(format!("{PAGE}: promise {number} is headed `{heading}`"));
        }
        let items: Vec<&str> = section.lines().filter(|line| line.starts_with("- ")).collect();
        if items.is_empty() {
            faults.push(format!("{PAGE}: promise {number} names no test"));
        }
        if items == [TO_COME] && number >= FIRST_TO_COME {
            continue;
        }
        faults.extend(items.into_iter().filter_map(|item| {
            let fault = item_fault(item, read)?;
            Some(format!("{PAGE}: promise {number}: {fault}"))
        }));
    }
    faults
}

fn item_fault(item: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let parts: Vec<&str> = item.split('`').collect();
    let ["- ", name, " in ", file, _] = parts[..] else {
        return Some(format!("`{item}` is not of the form - `test` in `file`"));
    };
    let Some(text) = read(file) else { return Some(format!("there is no file {file}")) };
    match attributes(&text, name) {
        None => Some(format!("{file} has no function `{name}`")),
        Some(lines) if !lines.iter().any(|line| is_test(line)) => Some(format!("`{name}` is no test")),
        Some(lines) if lines.iter().any(|line| line.starts_with("#[ignore")) => {
            Some(format!("`{name}` is ignored"))
        }
        Some(_) => None,
    }
}

fn is_test(line: &str) -> bool {
    line.starts_with("#[test]") || (line.starts_with("#[") && line.contains("::test"))
}

/// The lines right above a function.
fn attributes<'t>(text: &'t str, name: &str) -> Option<Vec<&'t str>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let start = format!("fn {name}(");
    let at = lines.iter().position(|line| {
        line.strip_prefix("async ").unwrap_or(line).starts_with(&start) && !line.starts_with("//")
    })?;
    let ends = |line: &&&str| line.is_empty() || line.ends_with(['}', '{', ';']);
    Some(lines[..at].iter().rev().take_while(|line| !ends(line)).copied().collect())
}
