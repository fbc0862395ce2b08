//! What the site is made of.

use std::collections::BTreeMap;
use std::path::Path;

/// Pages of the site by their path on it, as Markdown.
pub(super) type Pages = BTreeMap<String, String>;

/// Is a file of the site a page?
pub(super) fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "html")
}
