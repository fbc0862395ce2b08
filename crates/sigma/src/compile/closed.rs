//! Fields that hold one of a few values: what a rule asks of them beside those is never met.

use super::outside::Outside;
use super::{CompiledRule, Compiler, Expr, Leaf, Test, Tree};
use crate::detection::Item;
use crate::value::Value;

impl Compiler<'_> {
    /// Notes what a leaf asks of a closed field in vain.
    pub(super) fn look_whether_closed(&mut self, item: &Item, leaf: &mut Leaf) {
        let Some(name) = &item.field else { return };
        let (Test::Any(_) | Test::All(_)) = &leaf.test else { return };
        let Some(held) = self.fields.closed(self.logsource, name) else { return };
        let is_held = |text: &String, matcher: &crate::matcher::Matcher| {
            text.is_empty()
                || held.iter().any(|held| {
                    let value = Value::String(held.as_str().into());
                    matcher.matches(&value, Some(&crate::pattern::Text::new(held)))
                })
        };
        let (mut values, mut any) = (Vec::new(), false);
        for value in &item.values {
            let is_null = matches!(value.matcher, crate::matcher::Matcher::Null);
            if is_null || is_held(&value.text, &value.matcher) {
                any = true;
            } else {
                values.push(value.text.clone());
            }
        }
        let is_all = matches!(leaf.test, Test::All(_));
        leaf.never = !leaf.negated && !values.is_empty() && (is_all || !any);
        if !values.is_empty() {
            self.outside.push(Outside { place: item.place, field: name.clone(), values, held });
        }
    }
}

impl CompiledRule {
    /// Could any event match, as far as closed fields tell?
    pub(super) fn can_match(&self) -> bool {
        self.may_hold(&self.condition)
    }

    pub(super) fn may_hold(&self, expr: &Expr) -> bool {
        let can = |at: &usize| self.selections[*at].1.can_match();
        match expr {
            Expr::Selection(at) => can(at),
            Expr::And(parts) => parts.iter().all(|part| self.may_hold(part)),
            Expr::Or(parts) => parts.iter().any(|part| self.may_hold(part)),
            Expr::Not(_) => true,
            Expr::AtLeast(least, selections) => selections.iter().filter(|at| can(at)).count() >= *least,
        }
    }
}

impl Tree {
    pub(super) fn can_match(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::can_match),
            Self::Any(parts) => parts.iter().any(Self::can_match),
            Self::Leaf(leaf) => !leaf.never,
        }
    }
}
