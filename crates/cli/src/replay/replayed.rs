//! What is replayed, and with what.

use trailhound_detect::pipeline::Pipeline;

use super::material::Material;
use crate::progress::Progress;

/// A replay as it was asked for.
pub(super) struct Replayed<'a> {
    pub(super) material: Material<'a>,
    pub(super) pipeline: &'a Pipeline,
    pub(super) progress: &'a Progress,
}
