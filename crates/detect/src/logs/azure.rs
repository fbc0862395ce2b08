//! What Azure's logs share.

pub(super) mod directory;
pub(super) mod ecs;
pub(super) mod entra;
pub(super) mod resource_id;
