//! What a call hands out.

use serde::{Deserialize, Serialize};

/// A session that a call hands out, by what its records will tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOut {
    /// The id of its access key or token. Who asks for it cannot choose it, and no two have the same.
    pub key: Option<String>,
    /// Whose session it is: `<role's id>:<session>`. The name in it is the caller's choice.
    pub principal: Option<String>,
    /// The role that acts in it, without its path; nothing where who asked acts on as before.
    pub role: Option<String>,
    /// The account of the role.
    pub account: Option<String>,
    /// What its records call who acts in it: `Admin/dana`.
    pub display: String,
    /// A key of a user's own, and no session: it ends with whoever deletes it, and who made it need not be who uses it.
    pub is_lasting: bool,
}
