use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::describe::notify::MOST_SUBJECT;
use trailhound_detect::describe::{Finding, MOST_BYTES, Product, clean, describe as write, escape, notify};

use crate::parts::{choice, events, matches};

/// Strings behind one another in the input are apart by this byte, which no text holds.
const APART: u8 = 0xFF;

/// Any texts in any strings of an event of the shipped rules' tests: what is told of it is JSON within its bounds, and
/// no channel has anything unseen in it.
///
/// Two bytes choose the event, one the first string that is replaced.
pub fn describe(bytes: &[u8]) {
    static PRODUCT: OnceLock<Product> = OnceLock::new();
    let product = PRODUCT.get_or_init(|| Product::new("any"));
    let (high, bytes) = choice(bytes);
    let (low, bytes) = choice(bytes);
    let (skipped, bytes) = choice(bytes);
    let Some(mut event) = events().get((high << 8 | low) % events().len().max(1)).cloned() else { return };
    let mut texts = bytes.split(|byte| *byte == APART).map(String::from_utf8_lossy);
    let mut skipped = skipped;
    replace(&mut event, &mut skipped, &mut || texts.next().map(std::borrow::Cow::into_owned));
    for found in matches(event.to_string().as_bytes()) {
        let finding = write(found, product, Timestamp::UNIX_EPOCH);
        let again = write(finding.matched.clone(), product, Timestamp::UNIX_EPOCH);
        assert_eq!(finding.uid, again.uid);
        check(&finding);
    }
}

/// Strings one after another, but for those passed over at first and the names that say what a record is.
fn replace(value: &mut Value, skipped: &mut usize, next: &mut dyn FnMut() -> Option<String>) {
    match value {
        Value::String(text) if *skipped == 0 => {
            if let Some(next) = next() {
                *text = next;
            }
        }
        Value::String(_) => *skipped -= 1,
        Value::Array(members) => members.iter_mut().for_each(|member| replace(member, skipped, next)),
        Value::Object(entries) => {
            for (key, value) in entries {
                if !matches!(key.as_str(), "eventName" | "eventSource" | "operationName" | "category") {
                    replace(value, skipped, next);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check(finding: &Finding) {
    assert!(finding.json().len() <= MOST_BYTES, "{} bytes", finding.json().len());
    let told: Value =
        serde_json::from_str(finding.json()).unwrap_or_else(|error| panic!("{error}: {}", finding.json()));
    strings(&told, &mut |text| seen(text, ""));
    let subject = notify::subject(finding);
    assert!(subject.len() <= MOST_SUBJECT && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    seen(&notify::email(finding), "\n");
    let chat: Value = serde_json::from_str(&notify::amazon_q(finding)).unwrap_or_default();
    assert!(chat.is_object(), "what goes to the chat is a JSON object");
    strings(&chat, &mut |text| seen(text, "\n"));
    let mut all = vec![finding.title(), finding.message(), finding.target()];
    all.extend(finding.shown().into_iter().flat_map(|(path, value)| [path, value]));
    for text in all {
        seen(&text, "");
        // A word that is cut short may look like one.
        let whole: Vec<&str> = text.split(' ').filter(|word| !word.contains('…')).collect();
        let whole = whole.join(" ");
        assert_eq!(clean(&whole), whole, "a secret passed the gate");
        assert!(!escape::html(&text).contains(['<', '>', '"', '\'']));
        seen(&escape::csv_cell(&text), "");
        seen(&escape::markdown_code(&text), "");
        assert!(escape::subject(&text, 80).len() <= 80);
    }
}

/// Nothing but what stands in `allowed` is hidden from whoever reads it.
fn seen(text: &str, allowed: &str) {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let hidden = text.chars().find(|c| hides(*c) && !allowed.contains(*c));
    assert!(hidden.is_none(), "{hidden:?} in {text:?}");
}

fn strings(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(members) => members.iter().for_each(|member| strings(member, visit)),
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            visit(key);
            strings(value, visit);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
