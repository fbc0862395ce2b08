//! Azure and Entra records, by `category` where they have one.

use trailhound_sigma::json::Node;

use super::{Shape, activity, word};

/// Activity Log categories; the last three are those of log profiles, before diagnostic settings.
const ACTIVITY: &[&str] = &[
    "Administrative",
    "Policy",
    "Security",
    "ServiceHealth",
    "ResourceHealth",
    "Alert",
    "Autoscale",
    "Recommendation",
    "Write",
    "Delete",
    "Action",
];

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    if let Some(category) = root.key("category") {
        let category = word(category)?;
        let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(&category));
        if is_one_of(ACTIVITY) {
            return Some(activity::shape(root));
        }
        return None;
    }
    activity::is_rest(root).then(|| activity::shape(root)).or_else(|| {
        let is_activity = activity::is_log_analytics(root) || activity::is_bare(root);
        is_activity.then(|| activity::shape(root))
    })
}
