//! `cargo run -p trailhound-sigma --example explain`: why a rule matched, or did not.

use trailhound_sigma::{Engine, json};

const RULE: &str = "
title: Session from outside
logsource: {product: aws, service: cloudtrail}
detection:
  selection:
    eventName: StartSession
  office:
    sourceIPAddress|cidr: 192.0.2.0/24
  condition: selection and not office
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Engine::builder();
    builder.add("session.yml", RULE)?;
    let engine = builder.build()?;
    for address in ["192.0.2.7", "203.0.113.9"] {
        let text = format!(r#"{{"eventName": "StartSession", "sourceIPAddress": "{address}"}}"#);
        let event = json::Document::parse(&text)?;
        for own in engine.rules() {
            print!("{}", own.compiled().explain(&event));
        }
    }
    Ok(())
}
