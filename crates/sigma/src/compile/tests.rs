mod closed;
mod example;
mod explain;
pub(crate) mod generate;
mod rsigma;
mod screen;
mod semantics;
mod sound;

use crate::json::Document;
use crate::{CompiledRule, ParseOptions, PlainFields, Rule};

/// A rule around the body of a detection, indented by two.
fn rule(detection: &str) -> Rule {
    let detection = detection.replace('\n', "\n  ");
    let text = format!("title: t\nlogsource: {{product: p}}\ndetection:\n  {detection}\n");
    match crate::parse("t.yml", &text, &ParseOptions::default()) {
        Ok(mut documents) => match documents.remove(0) {
            crate::SigmaDocument::Rule(rule) => rule,
            other => panic!("{other:?}"),
        },
        Err(error) => panic!("{error}\n{text}"),
    }
}

pub(crate) fn compile(detection: &str) -> CompiledRule {
    CompiledRule::compile(&rule(detection), &PlainFields).unwrap()
}

fn matches(detection: &str, event: &str) -> bool {
    compile(detection).matches(&Document::parse(event).unwrap())
}

/// The verdict of one selection.
fn selects(selection: &str, event: &str) -> bool {
    let selection = selection.replace('\n', "\n  ");
    matches(&format!("s:\n  {selection}\ncondition: s"), event)
}
