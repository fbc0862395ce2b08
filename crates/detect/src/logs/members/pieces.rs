//! `requestParameters.target`, `requestParameters_target`, `requestParameters/target`: names of which the first part is a
//! member's, as tables and shippers write the members of an object that they flatten.

use super::member::{Is, ObjectMember, named};
use crate::logs::dotted;

/// What stands between the parts of a name. Every key of every record is asked for it.
static JOINTS: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < b"._/:-".len() {
        table[b"._/:-"[at] as usize] = true;
        at += 1;
    }
    table
};
/// What Azure puts behind a column's name for the type of its values, <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics>.
const TYPES: [&str; 5] = ["s", "d", "b", "g", "t"];

/// Names of claims are addresses, and no path is much longer; what is would be walked once for each of its joints.
const LONGEST: usize = 512;

/// A piece of a member.
pub(super) struct Piece<'m, 'n> {
    pub(super) member: &'m ObjectMember,
    rest: &'n str,
    joint: u8,
    /// Words are joined as names are, so that only what is known can be told apart.
    is_snake: bool,
}

/// The member that a name is of a piece of.
pub(super) fn of<'m, 'n>(members: &'m [ObjectMember], name: &'n str) -> Option<Piece<'m, 'n>> {
    if name.len() > LONGEST {
        return None;
    }
    // Graylog's fields begin with one.
    let name = name.trim_start_matches('_');
    let is_joint = |byte: u8| JOINTS[usize::from(byte)];
    let first = name.bytes().position(is_joint).filter(|at| *at > 0)?;
    if name.as_bytes()[first] == b'.' {
        let (head, rest) = dotted::cut(name)?;
        let member = named(members, head)?;
        return Some(Piece { member, rest, joint: b'.', is_snake: false });
    }
    // `user_agent` is no piece of `user`.
    if members.iter().any(|member| are_alike(member.name, name)) {
        return None;
    }
    let joints = name.bytes().enumerate().skip(first).filter(|(_, byte)| is_joint(*byte) && *byte != b'.');
    for (at, joint) in joints {
        let rest = name[at..].trim_start_matches(char::from(joint));
        let is_it = |member: &&ObjectMember| {
            matches!(member.is, Is::Open | Is::Object) && are_alike(member.name, &name[..at])
        };
        let member = members.iter().find(is_it);
        if let Some(member) = member.filter(|_| !rest.is_empty()) {
            return Some(Piece { member, rest, joint, is_snake: joint == b'_' && at != member.name.len() });
        }
    }
    None
}

impl Piece<'_, '_> {
    /// Where it belongs, with dots.
    pub(super) fn path(&self) -> String {
        let mut path = self.member.name.to_owned();
        if self.joint == b'.' {
            path += ".";
            return path + self.rest;
        }
        let joint = char::from(self.joint);
        let (mut below, mut rest) = (self.member.below, self.rest);
        if joint == '_' {
            if TYPES.contains(&rest) {
                return path;
            }
            let typed = rest.rsplit_once('_').filter(|(_, last)| TYPES.contains(last));
            rest = typed.map_or(rest, |(rest, _)| rest);
        }
        while !rest.is_empty() {
            let (part, behind) = self.part(below, rest);
            path += ".";
            if let Some(member) = below.iter().find(|member| are_alike(member.name, part)) {
                path += member.name;
                below = member.below;
            } else {
                path += part;
                if !is_number(part) {
                    below = &[];
                }
            }
            rest = behind.trim_start_matches(joint);
        }
        path
    }

    /// The next part, and what is behind it. The names of claims are addresses, which nothing cuts.
    fn part<'r>(&self, below: &[ObjectMember], rest: &'r str) -> (&'r str, &'r str) {
        if rest.starts_with("http://") || rest.starts_with("https://") {
            return (rest, "");
        }
        let mut cuts = rest.bytes().enumerate().filter(|(_, byte)| *byte == self.joint).map(|(at, _)| at);
        let is_known = |at: &usize| below.iter().any(|member| are_alike(member.name, &rest[..*at]));
        let first = cuts.clone().next().filter(|at| !self.is_snake || is_number(&rest[..*at]));
        let known = if below.is_empty() { None } else { cuts.find(is_known) };
        known.or(first).map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The same in camel case and in snake case.
fn are_alike(name: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
    }
    name.len() <= other.len() && letters(name).eq(letters(other))
}
