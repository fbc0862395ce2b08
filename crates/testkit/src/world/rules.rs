//! The rules in force in the world.

use std::sync::{Arc, OnceLock};

use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::load_embedded;

/// The shipped rules, compiled once.
pub fn pipeline() -> &'static Arc<Pipeline> {
    static PIPELINE: OnceLock<Arc<Pipeline>> = OnceLock::new();
    PIPELINE.get_or_init(|| Arc::new(Pipeline::new(Arc::new(load_embedded().rules))))
}
