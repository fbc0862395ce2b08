//! Why a rule does not fire on bytes that ought to make it.

use serde_json::Value;
use trailhound_sigma::{Explanation, FieldTrace};

use crate::decode::{Decoded, Decoder, Limits};
use crate::event::{Event, Reader};
use crate::logs;
use crate::rules::Detection;
use crate::tune::{Tuned, tune};

/// Why it does not fire once the bytes are read.
pub(super) fn not(detection: &Detection, bytes: &[u8]) -> String {
    let mut reasons = Vec::new();
    let mut decoder = Decoder::new(Limits::default());
    let mut reader = Reader::default();
    let mut read = |decoded: Decoded<'_>| match decoded {
        Decoded::Record(record) => reader.read(record.bytes, &mut |event| match event {
            Ok(event) => reasons.push(of_event(detection, event)),
            Err(unreadable) => reasons.push(unreadable.detail.clone()),
        }),
        Decoded::Reject { detail, .. } => reasons.push(detail.to_owned()),
        Decoded::Notice(_) => {}
    };
    decoder.push(bytes, &mut read);
    decoder.finish(&mut read);
    reasons.into_iter().next().unwrap_or_else(|| "no record is read".to_owned())
}

fn of_event(detection: &Detection, event: &Event<'_>) -> String {
    if !detection.logs.contains(&event.log()) {
        return format!("it is read as a record of {}", logs::of(event.log()).words.log);
    }
    if !detection.compiled.matches(event) {
        return of_explanation(&detection.compiled.explain(event));
    }
    if !detection.matches(event) {
        return "it is a record of another system or event".to_owned();
    }
    match tune(event, detection) {
        Tuned::Match { .. } => "it matches and is not told".to_owned(),
        Tuned::Pending => "the operation has only begun".to_owned(),
        Tuned::NoMatch => {
            format!("the outcome is {}, which is no match", event.facts().outcome.kind.as_str())
        }
    }
}

/// Why a record that was made does not meet the rule.
pub(super) fn unmet(detection: &Detection, record: &Value) -> String {
    let told = not(detection, record.to_string().as_bytes());
    format!("no record could be made: {told}")
}

/// The first field that is not as it should be, and what it holds.
fn of_explanation(explanation: &Explanation) -> String {
    let missed = explanation.selections.iter().filter(|selection| !selection.matched);
    let field = |selection: &trailhound_sigma::SelectionTrace| {
        selection.trace.fields().into_iter().find(|field| !field.matched).cloned()
    };
    let kept_out = || {
        let negated = explanation.selections.iter().rfind(|selection| selection.matched);
        negated.map_or_else(
            || "the condition does not hold".to_owned(),
            |selection| format!("`{}` holds, which `{}` keeps out", selection.name, explanation.condition),
        )
    };
    missed.into_iter().find_map(field).map_or_else(kept_out, |field| of_field(&field))
}

fn of_field(FieldTrace { field, values, .. }: &FieldTrace) -> String {
    match values.as_slice() {
        [] => format!("`{field}` finds nothing there"),
        values => format!("`{field}` finds {}", values.join(", ")),
    }
}
