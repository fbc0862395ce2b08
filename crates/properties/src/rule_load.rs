use trailhound_sigma::json::Document;
use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument};

const EVENT: &str = r#"{"a":"x","b":[1,"22",null,{"c":"-enc"}],"o":{"p":true},"t":"2026-11-20T23:15:42Z"}"#;

/// Any text as a Sigma file is read or refused; verdict and explanation agree, and the screen never denies a match.
pub fn rule_load(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let options =
        ParseOptions::default().with_extensions(&["trailhound"]).with_placeholders(&[("p", &["x", "*"])]);
    let Ok(documents) = trailhound_sigma::parse("any.yml", text, &options) else { return };
    let Ok(event) = Document::parse(EVENT) else { return };
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
}
