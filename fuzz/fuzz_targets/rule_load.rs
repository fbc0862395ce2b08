//! Any text as a Sigma file: read, compiled and evaluated, or refused; never a panic, never out of memory.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trailhound_sigma::json::Document as Json;
use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument};

const EVENT: &str = r#"{"a":"x","b":[1,"22",null,{"c":"-enc"}],"o":{"p":true},"t":"2026-11-20T23:15:42Z"}"#;

fuzz_target!(|text: &str| {
    let options = ParseOptions { extensions: &["trailhound"], placeholders: &[("p", &["x", "*"])], ..ParseOptions::default() };
    let Ok(documents) = trailhound_sigma::parse("fuzz.yml", text, &options) else { return };
    let Ok(event) = Json::parse(EVENT) else { return };
    for document in documents {
        let SigmaDocument::Rule(rule) = document else { continue };
        let Ok(compiled) = CompiledRule::compile(&rule, &PlainFields) else { continue };
        assert_eq!(compiled.matches(&event), compiled.explain(&event).matched);
        if compiled.matches(&event)
            && let Some(literals) = compiled.necessary_literals(&|_| true)
        {
            let lowered = EVENT.to_lowercase();
            assert!(literals.iter().any(|literal| {
                if literal.cased { EVENT.contains(&literal.text) } else { lowered.contains(&literal.text) }
            }));
        }
        for clause in rule.clauses() {
            let _ = CompiledRule::compile(&rule.without(&clause), &PlainFields);
        }
    }
});
