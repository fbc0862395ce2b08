//! What the rules of one log ask of its records, once those are parsed.
//!
//! One walk over a record's keys, and only into those that rules name. Whatever stands there in another way than as
//! a plain value (an object, a key with dots in it, one written with escapes) may be what a rule asks for.

use trailhound_sigma::Necessary;
use trailhound_sigma::json::{Kind, Node};

use super::values::Values;
use crate::log_type::LogType;
use crate::logs::{self, Form};

/// What is asked for at a place and below it.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Option<Values>,
    below: Vec<(Box<str>, Fields)>,
}

impl Fields {
    /// A value of this shape is asked for under a dotted path.
    pub(super) fn ask(&mut self, path: &str, shape: &Necessary) {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        let known = self.below.iter().position(|(name, _)| **name == *key);
        let at = known.unwrap_or_else(|| {
            self.below.push((key.into(), Self::default()));
            self.below.len() - 1
        });
        let below = &mut self.below[at].1;
        match rest {
            Some(rest) => below.ask(rest, shape),
            None => below.values.get_or_insert_default().ask(shape),
        }
    }

    /// Could a value asked for stand in this node?
    pub(super) fn may_hold(&self, node: Node<'_>) -> bool {
        match node.kind() {
            Kind::Null => false,
            Kind::Array => node.members().any(|member| self.may_hold(member)),
            Kind::Object => {
                self.values.is_some()
                    || !self.below.is_empty()
                        && node.entries().any(|(key, value)| self.may_be_under(key, value))
            }
            Kind::String => self.values.as_ref().is_some_and(|values| {
                if node.is_escaped() {
                    node.as_str().is_none_or(|text| values.may_be(text.as_bytes()))
                } else {
                    values.may_be(node.raw().as_bytes())
                }
            }),
            Kind::Number | Kind::True | Kind::False => self.values.is_some(),
        }
    }

    fn may_be_under(&self, key: Node<'_>, value: Node<'_>) -> bool {
        if key.is_escaped() {
            return true;
        }
        if key.ignores_case() {
            return self.below.iter().any(|(name, below)| {
                // A flat key spells the path's next parts, too.
                key.raw().contains('.') || (key.is_named(name) && below.may_hold(value))
            });
        }
        let key = key.raw();
        self.below.iter().any(|(name, below)| {
            if key.len() == name.len() {
                *key == **name && below.may_hold(value)
            } else {
                // A flat key spells the path's next parts, too.
                key.as_bytes().get(name.len()) == Some(&b'.') && key.starts_with(&**name)
            }
        })
    }
}

/// What the rules of one log need of a record.
#[derive(Debug)]
pub(super) enum Needed {
    /// There may be a rule that needs nothing we could look for.
    Anything,
    Fields {
        of_canonical: Box<Fields>,
        /// The same in the words of records that are rewritten, if we know all of them.
        of_others: Option<Box<Fields>>,
    },
}

impl Needed {
    /// One of these must stand in a log's record for any rule to match.
    pub(super) fn of(log: LogType, needed: &[(String, Necessary)]) -> Self {
        let mut of_canonical = Fields::default();
        let mut of_others = Some(Fields::default());
        let spellings = logs::of(log).found_by.spellings;
        for (path, shape) in needed {
            of_canonical.ask(path, shape);
            of_others = of_others.and_then(|mut fields| {
                for key in spellings(path)? {
                    fields.ask(key, shape);
                }
                Some(fields)
            });
        }
        Self::Fields { of_canonical: Box::new(of_canonical), of_others: of_others.map(Box::new) }
    }

    pub(super) fn may_hold(&self, form: Form, record: Node<'_>) -> bool {
        match self {
            Self::Anything => true,
            Self::Fields { of_canonical, .. } if form == Form::Canonical => of_canonical.may_hold(record),
            Self::Fields { of_others, .. } => of_others.as_ref().is_none_or(|fields| fields.may_hold(record)),
        }
    }
}
