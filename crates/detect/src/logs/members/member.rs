//! What is known of a member.

use trailhound_sigma::json::Node;

/// A member, in whatever case its name comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectMember {
    pub(super) name: &'static str,
    pub(super) is: Is,
    pub(super) is_due: bool,
    pub(super) below: &'static [Self],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// An object.
    Object,
    /// An object of whatever the caller gave, or of all that is told of somebody: never shown as one.
    Open,
    /// A list; what is below is below each of its members.
    List,
    /// A list, or one of its members alone.
    Either,
    /// Text that is never one of the words for nothing.
    Text,
    /// The same, and one word, without white space or quotes around it.
    Word,
    /// Text that is `Yes` or `No`.
    YesOrNo,
    /// When something happened.
    Time,
}

impl ObjectMember {
    const fn of(name: &'static str, is: Is, below: &'static [Self]) -> Self {
        Self { name, is, is_due: false, below }
    }

    /// An object with these objects and lists in it.
    pub(in crate::logs) const fn object(name: &'static str, below: &'static [Self]) -> Self {
        Self::of(name, Is::Object, below)
    }

    /// An object that is never shown as one.
    pub(in crate::logs) const fn open(name: &'static str, below: &'static [Self]) -> Self {
        Self::of(name, Is::Open, below)
    }

    /// An object that is never shown as one; a record that has it in a form that cannot be read is not read without it.
    pub(in crate::logs) const fn due(name: &'static str, below: &'static [Self]) -> Self {
        Self { is_due: true, ..Self::of(name, Is::Open, below) }
    }

    /// A list of objects with these objects and lists in them.
    pub(in crate::logs) const fn list(name: &'static str, below: &'static [Self]) -> Self {
        Self::of(name, Is::List, below)
    }

    /// A list of objects, or one of them.
    pub(in crate::logs) const fn either(name: &'static str, below: &'static [Self]) -> Self {
        Self::of(name, Is::Either, below)
    }

    /// A text that is not there where it is one of the words by which programs print nothing.
    pub(in crate::logs) const fn text(name: &'static str) -> Self {
        Self::of(name, Is::Text, &[])
    }

    /// A text of one word, such as a name or an address.
    pub(in crate::logs) const fn word(name: &'static str) -> Self {
        Self::of(name, Is::Word, &[])
    }

    /// A text that says `Yes` or `No`.
    pub(in crate::logs) const fn yes_or_no(name: &'static str) -> Self {
        Self::of(name, Is::YesOrNo, &[])
    }

    /// A time, which stores and clients make objects of.
    pub(in crate::logs) const fn time(name: &'static str) -> Self {
        Self::of(name, Is::Time, &[])
    }

    /// The member under a dotted path.
    pub(crate) fn find<'m>(members: &'m [Self], path: &str) -> Option<&'m Self> {
        match path.split_once('.') {
            Some((head, rest)) => Self::find(named(members, head)?.below, rest),
            None => named(members, path),
        }
    }

    /// Is what stands around it taken off?
    pub(crate) fn is_word(&self) -> bool {
        matches!(self.is, Is::Word | Is::Time)
    }

    pub(in crate::logs) fn is_list(&self) -> bool {
        self.is == Is::List
    }

    /// Visits the names of those members, here and below, that are never shown as one.
    pub(in crate::logs) fn visit_open(&self, visit: &mut dyn FnMut(&'static str)) {
        if self.is == Is::Open {
            visit(self.name);
        }
        self.below.iter().for_each(|member| member.visit_open(visit));
    }

    /// Is that name another spelling of this, where it can be no other member? Names of what a caller gives may differ in
    /// case alone.
    pub(super) fn is_misspelt(&self, key: Node<'_>) -> bool {
        !key.ignores_case()
            && key.raw() != self.name
            && !matches!(self.is, Is::Object | Is::List | Is::Either)
    }
}

/// The member of that name.
pub(super) fn named<'m>(members: &'m [ObjectMember], name: &str) -> Option<&'m ObjectMember> {
    members.iter().find(|member| member.name.eq_ignore_ascii_case(name))
}
