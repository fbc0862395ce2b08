//! The tests of a draft: each expects what the rule makes of its event, and it is checked that this is what a test of its
//! kind is there for.

use std::fmt::Write;

use serde_json::{Value, json};
use trailhound_sigma::Level;

use super::block::{below, scalar};
use super::seed::{Draft, NoDraft, held};
use crate::logs;
use crate::proving::expect::{Expect, merge};
use crate::proving::single::{self, evaluate};
use crate::rules::Detection;

const SEEN: &str = "what the rule is about";

/// The tests file.
pub(super) fn of(draft: &Draft, detection: &Detection, record: &Value) -> Result<String, NoDraft> {
    let (expect, level, _) = evaluate(detection, record.to_string().as_bytes());
    if !matches!(expect, Expect::Match | Expect::Attempt) {
        return Err(NoDraft::Faulty(format!("it makes {} of its own record {record}", expect.as_str())));
    }
    let mut out = format!("rule: {}\ntests:\n  - name: {SEEN}\n    event:", scalar(&detection.info.name));
    below(record, 3, &mut out);
    expected(&mut out, expect, level.map(Level::as_str));
    for (field, _) in &draft.told {
        let Some(patch) = elsewhere(draft, detection, record, field) else { continue };
        let _ = write!(
            out,
            "  - name: {}\n    from: {SEEN}\n    merge: {patch}\n",
            scalar(&format!("another {field}"))
        );
        expected(&mut out, Expect::None, None);
    }
    if let Ok(patch) = serde_json::from_str::<Value>(logs::of(draft.log).begun.refused) {
        let mut refused = record.clone();
        merge(&mut refused, patch.clone());
        let (got, level, _) = evaluate(detection, refused.to_string().as_bytes());
        if expect == Expect::Match && got == Expect::Attempt {
            let _ = write!(out, "  - name: refused\n    from: {SEEN}\n    merge: {patch}\n");
            expected(&mut out, got, level.map(Level::as_str));
        }
    }
    let half: String = record.to_string().chars().take(20).collect();
    if evaluate(detection, half.as_bytes()).0 == Expect::Rejected {
        let _ = write!(
            out,
            "  - name: cut off in the middle\n    raw: {}\n",
            serde_json::to_string(&half).unwrap_or_default()
        );
        expected(&mut out, Expect::Rejected, None);
    }
    let tests = single::parse("drafted.tests.yml", &out, &mut std::collections::HashMap::new())
        .map_err(|wrong| NoDraft::Faulty(wrong.to_string()))?;
    match single::run(detection, &tests).first() {
        Some(failure) => Err(NoDraft::Faulty(format!("its test '{}' fails", failure.test.name))),
        None => Ok(out),
    }
}

fn expected(out: &mut String, expect: Expect, level: Option<&str>) {
    let _ = writeln!(out, "    expect: {}", expect.as_str());
    out.extend(level.map(|level| format!("    level: {level}\n")));
}

/// What makes the record one of something else, by this field alone; nothing where no other value leaves a record that can
/// be read.
fn elsewhere(draft: &Draft, detection: &Detection, record: &Value, field: &str) -> Option<Value> {
    let (path, said) = held(record, draft.log, field)?;
    let others = [
        "example.amazonaws.com".to_owned(),
        format!("{said}-other"),
        format!("Other{said}"),
        "other".to_owned(),
    ];
    let first = usize::from(!said.ends_with(".amazonaws.com"));
    others.into_iter().skip(first).find_map(|other| {
        let patch = path.rsplit('.').fold(json!(other), |inner, part| json!({part: inner}));
        let mut changed = record.clone();
        merge(&mut changed, patch.clone());
        (evaluate(detection, changed.to_string().as_bytes()).0 == Expect::None).then_some(patch)
    })
}
