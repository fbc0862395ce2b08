//! Rules that somebody tries over an inventory, beside those in force.

use std::sync::Arc;

use trailhound_courier::gathering::CandidateComing;
use trailhound_courier::ports::Files;
use trailhound_detect::matched::Level;

use super::{ContextSources, Rulebook, Source, Sources};

/// Looks at a candidate's rules whenever they are asked for; nobody is alarmed by them. `setting` is what names them.
pub fn candidate<Place: Files + 'static>(
    rules: Option<Source<Place>>,
    setting: &'static str,
) -> Box<dyn Fn() -> CandidateComing + Send + Sync> {
    let book = rules.map(|rules| {
        Arc::new(Rulebook::new(Sources {
            rules: Some(rules),
            suppressions: None,
            context: ContextSources::default(),
            min_level: Level::Informational,
            alarm: Box::new(|| {}),
        }))
    });
    Box::new(move || {
        let book = book.clone();
        Box::pin(async move {
            let book = book.ok_or_else(|| format!("{setting} is not set"))?;
            let pipeline = book.current().await;
            let faults = book.faults();
            if faults.is_empty() { Ok(Arc::clone(&pipeline.policy().rules)) } else { Err(faults.join("; ")) }
        })
    })
}
