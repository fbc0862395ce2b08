//! What may follow a field's name after `|`, and which of them may stand together.

use crate::diagnostic::nearest;

/// A value modifier of Sigma 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named and explained by the specification")]
#[non_exhaustive]
pub enum Modifier {
    Contains,
    StartsWith,
    EndsWith,
    All,
    Cased,
    Exists,
    Neq,
    Windash,
    Re,
    IgnoreCase,
    Multiline,
    DotAll,
    Base64,
    Base64Offset,
    Utf16,
    Utf16Le,
    Utf16Be,
    Lt,
    Lte,
    Gt,
    Gte,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Cidr,
    Expand,
    FieldRef,
}

#[allow(clippy::enum_glob_use, reason = "the rules below read as the specification does")]
use Modifier::*;

/// Every name that is understood; of several for one modifier, the first is the preferred.
pub(crate) const NAMES: &[(&str, Modifier)] = &[
    ("contains", Contains),
    ("startswith", StartsWith),
    ("endswith", EndsWith),
    ("all", All),
    ("cased", Cased),
    ("exists", Exists),
    ("neq", Neq),
    ("windash", Windash),
    ("re", Re),
    ("i", IgnoreCase),
    ("ignorecase", IgnoreCase),
    ("m", Multiline),
    ("multiline", Multiline),
    ("s", DotAll),
    ("dotall", DotAll),
    ("base64", Base64),
    ("base64offset", Base64Offset),
    ("utf16le", Utf16Le),
    ("wide", Utf16Le),
    ("utf16be", Utf16Be),
    ("utf16", Utf16),
    ("lt", Lt),
    ("lte", Lte),
    ("gt", Gt),
    ("gte", Gte),
    ("minute", Minute),
    ("hour", Hour),
    ("day", Day),
    ("week", Week),
    ("month", Month),
    ("year", Year),
    ("cidr", Cidr),
    ("expand", Expand),
    ("fieldref", FieldRef),
];

impl Modifier {
    /// By the name a rule gives it.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, modifier)| *modifier)
    }

    /// The name that most likely was meant.
    pub fn suggestion(name: &str) -> Option<&'static str> {
        nearest(name, NAMES.iter().map(|(known, _)| *known))
    }

    /// The name a rule gives it.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(_, modifier)| *modifier == self).map_or("", |(name, _)| name)
    }

    /// Says where in a value a text is looked for.
    fn is_anchor(self) -> bool {
        matches!(self, Contains | StartsWith | EndsWith)
    }

    /// What is looked for; a field has at most one of these, but `fieldref` and the time parts take a second.
    fn is_operator(self) -> bool {
        self.is_anchor() || self.is_comparison() || matches!(self, Exists | Re | Cidr)
    }

    /// `minute` to `year`.
    pub fn is_time_part(self) -> bool {
        matches!(self, Minute | Hour | Day | Week | Month | Year)
    }

    /// Rewrites a text before it is looked for.
    pub fn is_transformation(self) -> bool {
        matches!(self, Windash | Base64 | Base64Offset | Utf16 | Utf16Le | Utf16Be)
    }

    fn is_utf16(self) -> bool {
        matches!(self, Utf16 | Utf16Le | Utf16Be)
    }

    fn is_regex_flag(self) -> bool {
        matches!(self, IgnoreCase | Multiline | DotAll)
    }

    fn is_comparison(self) -> bool {
        matches!(self, Lt | Lte | Gt | Gte)
    }
}

/// Why modifiers cannot stand together, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

/// Refuses chains that contradict themselves or would be ignored in part.
pub(crate) fn check(chain: &[Modifier]) -> Result<(), Conflict> {
    let chain = Chain(chain);
    chain.check_repeats()?;
    chain.check_operators()?;
    chain.check_transformations()?;
    chain.check_case()?;
    chain.check_quantifiers()?;
    chain.check_order()
}

fn conflict(message: impl Into<String>, help: &'static str) -> Result<(), Conflict> {
    Err(Conflict { message: message.into(), help })
}

struct Chain<'c>(&'c [Modifier]);

impl Chain<'_> {
    fn has(&self, modifier: Modifier) -> bool {
        self.0.contains(&modifier)
    }

    /// The first and second of a kind.
    fn two(&self, kind: impl Fn(Modifier) -> bool) -> (Option<Modifier>, Option<Modifier>) {
        let mut found = self.0.iter().copied().filter(|modifier| kind(*modifier));
        (found.next(), found.next())
    }

    fn first(&self, kind: impl Fn(Modifier) -> bool) -> Option<Modifier> {
        self.two(kind).0
    }

    fn place(&self, kind: impl Fn(Modifier) -> bool) -> Option<usize> {
        self.0.iter().position(|modifier| kind(*modifier))
    }

    fn operator(&self) -> Option<Modifier> {
        self.first(Modifier::is_operator)
    }

    fn check_repeats(&self) -> Result<(), Conflict> {
        let repeated = self.0.iter().enumerate().find(|(n, modifier)| self.0[..*n].contains(modifier));
        match repeated {
            Some((_, modifier)) => {
                conflict(format!("`{}` is given twice", modifier.as_str()), "leave one of them out")
            }
            None => Ok(()),
        }
    }

    fn check_operators(&self) -> Result<(), Conflict> {
        if let (Some(first), Some(second)) = self.two(Modifier::is_operator) {
            return conflict(
                format!("`{}` and `{}` contradict each other", first.as_str(), second.as_str()),
                "keep one of them; two conditions on a field are two selections",
            );
        }
        let (part, second) = self.two(Modifier::is_time_part);
        if let (Some(first), Some(second)) = (part, second) {
            return conflict(
                format!("`{}` and `{}` contradict each other", first.as_str(), second.as_str()),
                "compare each part of the time in a selection of its own",
            );
        }
        if self.has(FieldRef) {
            let other = self.operator().filter(|m| !m.is_anchor());
            if let Some(other) = other.or(part).or(self.first(|m| m == All)) {
                return conflict(
                    format!("`fieldref` cannot be combined with `{}`", other.as_str()),
                    "only contains, startswith, endswith, cased and neq may accompany it",
                );
            }
        }
        match (part, self.operator().filter(|m| !m.is_comparison())) {
            (Some(part), Some(other)) => conflict(
                format!("`{}` yields a number, which `{}` cannot read", part.as_str(), other.as_str()),
                "compare it with lt, lte, gt, gte or a plain number",
            ),
            _ => Ok(()),
        }
    }

    fn check_transformations(&self) -> Result<(), Conflict> {
        let reads_no_text =
            self.first(|m| (m.is_operator() && !m.is_anchor()) || m.is_time_part() || m == FieldRef);
        let rewrites = self.first(|m| m.is_transformation() || (m == Expand && !self.has(Re)));
        if let (Some(rewrites), Some(other)) = (rewrites, reads_no_text) {
            return conflict(
                format!("`{}` rewrites text, which `{}` does not read", rewrites.as_str(), other.as_str()),
                "use it with contains, startswith, endswith or a plain value",
            );
        }
        if self.has(Base64) && self.has(Base64Offset) {
            return conflict(
                "`base64` and `base64offset` contradict each other",
                "base64offset finds the value anywhere inside encoded text",
            );
        }
        if self.two(Modifier::is_utf16).1.is_some() {
            return conflict(
                "only one UTF-16 encoding can be chosen",
                "keep one of utf16, utf16le, utf16be, wide",
            );
        }
        if self.has(Base64Offset) && (self.has(StartsWith) || self.has(EndsWith)) {
            return conflict("`base64offset` looks anywhere in a value", "write `base64offset|contains`");
        }
        Ok(())
    }

    fn check_case(&self) -> Result<(), Conflict> {
        if let Some(flag) = self.first(Modifier::is_regex_flag).filter(|_| !self.has(Re)) {
            return conflict(
                format!("`{}` is a flag of `re`", flag.as_str()),
                "write `re` before it; plain values ignore case unless `cased` is given",
            );
        }
        if !self.has(Cased) {
            return Ok(());
        }
        if self.has(IgnoreCase) {
            return conflict("`cased` and `i` contradict each other", "keep one of them");
        }
        let other = self.operator().filter(|m| !m.is_anchor() && *m != Re);
        match other.or(self.first(Modifier::is_time_part)) {
            Some(other) => conflict(format!("`cased` means nothing to `{}`", other.as_str()), "leave it out"),
            None => Ok(()),
        }
    }

    fn check_quantifiers(&self) -> Result<(), Conflict> {
        if self.has(Exists) && (self.has(All) || self.has(Neq)) {
            return conflict(
                "`exists` takes one boolean and no other modifier",
                "write `exists: false` for a field that must not be there",
            );
        }
        let comparison = self.operator().filter(|m| m.is_comparison());
        if self.has(Neq) && comparison.is_some() {
            return conflict(
                "`neq` turns a comparison round",
                "write the opposite comparison, such as lte for gt",
            );
        }
        if self.has(All) && comparison.is_some() {
            return conflict("`all` means nothing to a comparison", "leave it out");
        }
        Ok(())
    }

    fn check_order(&self) -> Result<(), Conflict> {
        let encoded = self.place(|m| matches!(m, Base64 | Base64Offset));
        let operator = self.place(Modifier::is_operator);
        let before = |first: Option<usize>, second: Option<usize>| matches!((first, second), (Some(a), Some(b)) if a < b);
        if before(encoded, self.place(Modifier::is_utf16)) {
            return conflict("UTF-16 comes before base64", "write it as `wide|base64offset|contains`");
        }
        if before(encoded, self.place(|m| m == Windash)) {
            return conflict("`windash` comes before base64", "write `windash` first");
        }
        if before(operator, self.place(Modifier::is_time_part)) {
            return conflict("a time part comes before its comparison", "write it as `hour|gte`");
        }
        if before(operator, self.place(|m| m == FieldRef)) {
            return conflict("`fieldref` comes before what it does", "write it as `fieldref|contains`");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
