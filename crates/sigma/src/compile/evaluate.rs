//! The verdict, as fast as it can be had.

use std::ops::ControlFlow;

use super::{CompiledRule, Expr, Leaf, OtherField, Test, Tree, Values};
use crate::pattern::{Anchor, Needle, Text};
use crate::value::{Event, Field, Presence, Value};

impl CompiledRule {
    pub(super) fn holds<E: Event + ?Sized>(&self, expr: &Expr, event: &E) -> bool {
        match expr {
            Expr::Selection(at) => self.selections[*at].1.matches(event),
            Expr::And(parts) => parts.iter().all(|part| self.holds(part, event)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part, event)),
            Expr::Not(inner) => !self.holds(inner, event),
            Expr::AtLeast(n, selections) => {
                let matching = selections.iter().filter(|at| self.selections[**at].1.matches(event));
                matching.take(*n).count() == *n
            }
        }
    }
}

impl Tree {
    pub(super) fn matches<E: Event + ?Sized>(&self, event: &E) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(event)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(event)),
            Self::Leaf(item) => item.matches(event),
        }
    }
}

impl Leaf {
    pub(super) fn matches<E: Event + ?Sized>(&self, event: &E) -> bool {
        let (presence, hit) = match &self.test {
            Test::Exists(wanted) => {
                let Some(field) = &self.field else { return false };
                let presence = event.values(field, &mut |_| ControlFlow::Break(()));
                return (presence != Presence::Absent) == *wanted;
            }
            Test::Any(values) => {
                let (presence, hit) = self.any(event, &mut |value| values.matches(value));
                let absent = (values.null && presence != Presence::Present)
                    || (values.empty && presence == Presence::Null);
                (presence, hit || absent)
            }
            Test::All(matchers) => {
                let mut presence = Presence::Absent;
                let hit = matchers.iter().all(|(matcher, _)| {
                    let (found, hit) = self.any(event, &mut |value| {
                        let text = value.text();
                        matcher.matches(value, text.as_deref().map(Text::new).as_ref())
                    });
                    presence = found;
                    hit
                });
                (presence, hit)
            }
            Test::Fields(others) => {
                self.any(event, &mut |value| others.iter().any(|other| other.matches(value, event)))
            }
        };
        if self.negated { presence != Presence::Absent && !hit } else { hit }
    }

    /// Does one value of this item's field, or of the event, pass?
    fn any<E: Event + ?Sized>(
        &self,
        event: &E,
        passes: &mut dyn FnMut(&Value<'_>) -> bool,
    ) -> (Presence, bool) {
        let mut hit = false;
        let mut visit = |value: Value<'_>| {
            hit = hit || passes(&value);
            if hit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let presence = if let Some(field) = &self.field {
            event.values(field, &mut visit)
        } else {
            event.every_value(&mut visit);
            Presence::Present
        };
        (presence, hit)
    }
}

impl Values {
    pub(super) fn matches(&self, value: &Value<'_>) -> bool {
        let Some(text) = value.text() else { return false };
        let text = Text::new(&text);
        (!self.exact.is_empty() && self.exact.find(&text).is_some())
            || self.others.iter().any(|(matcher, _)| matcher.matches(value, Some(&text)))
    }
}

impl OtherField {
    pub(super) fn matches<E: Event + ?Sized>(&self, value: &Value<'_>, event: &E) -> bool {
        let text = value.text();
        any_value(event, &self.field, &mut |other| match (&text, other.text()) {
            (Some(text), Some(other)) => self.compare(text, &other),
            (None, None) => self.anchor == Anchor::Whole,
            _ => false,
        })
    }

    fn compare(&self, text: &str, other: &str) -> bool {
        let needle = Needle::new(other, self.case);
        let text = Text::new(text);
        match self.anchor {
            Anchor::Whole => needle.is(&text),
            Anchor::Anywhere => needle.is_in(&text),
            Anchor::Start => needle.starts(&text),
            Anchor::End => needle.ends(&text),
        }
    }
}

fn any_value<E: Event + ?Sized>(
    event: &E,
    field: &Field,
    passes: &mut dyn FnMut(&Value<'_>) -> bool,
) -> bool {
    let mut hit = false;
    event.values(field, &mut |value| {
        hit = hit || passes(&value);
        if hit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    hit
}
