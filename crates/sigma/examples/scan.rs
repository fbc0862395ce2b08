//! `cargo run -p trailhound-sigma --example scan -- RULES… < events.jsonl`: prints the titles of what matches.

use std::io::BufRead as _;

use trailhound_sigma::{Engine, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Engine::builder();
    for file in std::env::args().skip(1) {
        builder.add(&file, &std::fs::read_to_string(&file)?)?;
    }
    let engine = builder.build()?;
    for (line, text) in (1..).zip(std::io::stdin().lock().lines()) {
        let text = text?;
        let event = json::Document::parse(&text)?;
        for found in engine.matching(&event) {
            println!("{line}: {}", found.rule().meta.title);
        }
    }
    Ok(())
}
