//! Who is behind a session, in words.

use super::{Behind, Certainty, End, Link};

/// So many roles are named; of more the first and the last.
const MOST_ROLES: usize = 4;

impl Behind {
    /// `operations/dana, by way of role Admin in 222233334444`; nothing where that says no more than the actor's own name.
    /// Untrusted, as what it is made of.
    pub fn words(&self) -> Option<String> {
        let roles: Vec<&Link> = self.links.iter().filter(|link| link.role.is_some()).collect();
        let by_itself = roles.is_empty();
        let far = match &self.end {
            End::Itself if by_itself => return None,
            End::Itself | End::Unnamed => String::new(),
            End::Resource(resource) => return Some(format!("{}, whose own identity it is", name(resource))),
            End::Service(service) if by_itself => return Some(format!("what runs there, for {service}")),
            End::Service(service) => format!(", which runs for {service}"),
            End::NotAtHand if by_itself => return Some("not in the logs at hand".to_owned()),
            End::NotAtHand => " (who was handed that session is not in the logs at hand)".to_owned(),
            End::Several if by_itself => {
                return Some("one of several calls, and it cannot be told which".to_owned());
            }
            End::Several => " (which call handed out that session cannot be told)".to_owned(),
        };
        let probably = if self.certainty == Certainty::Likely { "probably " } else { "" };
        Some(format!("{probably}{}{far}{}", self.root.display, by_way_of(&roles)))
    }

    /// Does it name anybody else than who acts?
    pub fn names_somebody(&self) -> bool {
        matches!(self.end, End::Resource(_)) || self.links.iter().any(|link| link.role.is_some())
    }
}

fn by_way_of(roles: &[&Link]) -> String {
    let (first, last) = match roles {
        [] => return String::new(),
        all if all.len() <= MOST_ROLES => (all, &[][..]),
        all => (&all[..1], &all[all.len() - 1..]),
    };
    let mut told: Vec<String> = first.iter().map(|link| role(link)).collect();
    if !last.is_empty() {
        told.push(format!("{} more", roles.len() - 2));
        told.extend(last.iter().map(|link| role(link)));
    }
    format!(", by way of {}", told.join(", "))
}

fn role(link: &Link) -> String {
    let role = link.role.as_deref().unwrap_or_default();
    match &link.account {
        Some(account) => format!("role {role} in {account}"),
        None => format!("role {role}"),
    }
}

/// The name at the end of a resource's id.
fn name(resource: &str) -> &str {
    resource.trim_end_matches('/').rsplit('/').next().unwrap_or(resource)
}
