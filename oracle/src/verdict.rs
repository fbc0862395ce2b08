//! Both engines behind one question.

use anyhow::{Context, Result, anyhow};
use rsigma_eval::JsonEvent;
use serde_json::Value;
use trailhound_sigma::json::Document as Json;
use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument};

/// A rule as both engines read it.
pub struct Both {
    ours: CompiledRule,
    theirs: rsigma_eval::CompiledRule,
}

impl Both {
    /// Reads a rule; it is a fault of the generator if either refuses it.
    pub fn read(yaml: &str) -> Result<Self> {
        let options = ParseOptions::default().with_extensions(&["trailhound"]);
        let documents = trailhound_sigma::parse("rule.yml", yaml, &options)?;
        let Some(SigmaDocument::Rule(rule)) = documents.first() else {
            return Err(anyhow!("no rule: {yaml}"));
        };
        let ours = CompiledRule::compile(rule, &PlainFields)?;
        let collection = rsigma_parser::parse_sigma_yaml(yaml).map_err(|error| anyhow!("{error}"))?;
        let rule = collection.rules.first().context("rsigma reads no rule")?;
        let theirs = rsigma_eval::compile_rule(rule).map_err(|error| anyhow!("{error}"))?;
        Ok(Self { ours, theirs })
    }

    /// Our verdict and rsigma's.
    pub fn ask(&self, text: &str, value: &Value) -> Result<(bool, bool)> {
        let ours = self.ours.matches(&Json::parse(text)?);
        let theirs = rsigma_eval::evaluate_rule(&self.theirs, &JsonEvent::borrow(value)).is_some();
        Ok((ours, theirs))
    }
}
