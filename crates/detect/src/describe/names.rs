//! What people call things.

/// What people call a resource: the last part of its path.
pub(super) fn short_name(id: &str) -> &str {
    let is_path = id.starts_with('/') || id.starts_with("arn:");
    if !is_path {
        return id;
    }
    id.trim_end_matches('/').rsplit(['/', ':']).next().filter(|name| !name.is_empty()).unwrap_or(id)
}
