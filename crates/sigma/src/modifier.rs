//! What may follow a field's name after `|`, and which of them may stand together.

use crate::diagnostic::nearest;

/// A value modifier of Sigma 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named and explained by the specification")]
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

use Modifier::*;

/// Every name that is understood; of several for one modifier, the first is the preferred.
const NAMES: &[(&str, Modifier)] = &[
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

    /// What is looked for; a field has at most one of these, but `fieldref` and the time parts take a second.
    fn is_operator(self) -> bool {
        matches!(self, Contains | StartsWith | EndsWith | Exists | Re | Lt | Lte | Gt | Gte | Cidr)
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
    let has = |modifier| chain.contains(&modifier);
    let conflict = |message: String, help| Err(Conflict { message, help });
    for (n, modifier) in chain.iter().enumerate() {
        if chain[..n].contains(modifier) {
            return conflict(format!("`{}` is given twice", modifier.as_str()), "leave one of them out");
        }
    }
    let operators: Vec<Modifier> = chain.iter().copied().filter(|m| m.is_operator()).collect();
    if let [first, second, ..] = operators[..] {
        let (first, second) = (first.as_str(), second.as_str());
        return conflict(
            format!("`{first}` and `{second}` contradict each other"),
            "keep one of them; two conditions on a field are two selections",
        );
    }
    let operator = operators.first().copied();
    let time: Vec<Modifier> = chain.iter().copied().filter(|m| m.is_time_part()).collect();
    if let [first, second, ..] = time[..] {
        let (first, second) = (first.as_str(), second.as_str());
        return conflict(
            format!("`{first}` and `{second}` contradict each other"),
            "compare each part of the time in a selection of its own",
        );
    }
    if has(FieldRef) {
        if let Some(other) = operator.filter(|m| !matches!(m, Contains | StartsWith | EndsWith)) {
            return conflict(
                format!("`fieldref` cannot be combined with `{}`", other.as_str()),
                "only contains, startswith, endswith, cased and neq may accompany it",
            );
        }
        if has(All) {
            return conflict("`fieldref` cannot be combined with `all`".into(), "use one selection a field");
        }
    }
    if let (Some(part), Some(other)) = (time.first(), operator.filter(|m| !m.is_comparison())) {
        return conflict(
            format!("`{}` yields a number, which `{}` cannot read", part.as_str(), other.as_str()),
            "compare it with lt, lte, gt, gte or a plain number",
        );
    }
    let reads_text = operator.is_none_or(|m| matches!(m, Contains | StartsWith | EndsWith))
        && !has(FieldRef)
        && time.is_empty();
    if let Some(transformation) = chain.iter().find(|m| m.is_transformation() || **m == Expand)
        && !reads_text
        && !(*transformation == Expand && has(Re))
    {
        let other = operator.or(time.first().copied()).unwrap_or(FieldRef);
        return conflict(
            format!("`{}` rewrites text, which `{}` does not read", transformation.as_str(), other.as_str()),
            "use it with contains, startswith, endswith or a plain value",
        );
    }
    if let Some(flag) = chain.iter().find(|m| m.is_regex_flag())
        && !has(Re)
    {
        return conflict(
            format!("`{}` is a flag of `re`", flag.as_str()),
            "write `re` before it; plain values ignore case unless `cased` is given",
        );
    }
    if has(Cased) {
        if has(IgnoreCase) {
            return conflict("`cased` and `i` contradict each other".into(), "keep one of them");
        }
        if let Some(other) = operator.filter(|m| !matches!(m, Contains | StartsWith | EndsWith | Re)) {
            return conflict(format!("`cased` means nothing to `{}`", other.as_str()), "leave it out");
        }
    }
    if has(Exists) && (has(All) || has(Neq)) {
        return conflict(
            "`exists` takes one boolean and no other modifier".into(),
            "write `exists: false` for a field that must not be there",
        );
    }
    if has(Neq) && operator.is_some_and(Modifier::is_comparison) {
        return conflict(
            "`neq` turns a comparison round".into(),
            "write the opposite comparison, such as lte for gt",
        );
    }
    if has(All) && (operator.is_some_and(Modifier::is_comparison) || has(Cidr) && has(Neq)) {
        return conflict("`all` means nothing here".into(), "leave it out");
    }
    if has(Base64) && has(Base64Offset) {
        return conflict(
            "`base64` and `base64offset` contradict each other".into(),
            "base64offset finds the value anywhere inside encoded text",
        );
    }
    if chain.iter().filter(|m| m.is_utf16()).count() > 1 {
        return conflict(
            "only one UTF-16 encoding can be chosen".into(),
            "keep one of utf16, utf16le, utf16be, wide",
        );
    }
    let place = |of: &dyn Fn(Modifier) -> bool| chain.iter().position(|m| of(*m));
    let encoded = place(&|m| matches!(m, Base64 | Base64Offset));
    if let (Some(encoded), Some(wide)) = (encoded, place(&Modifier::is_utf16))
        && wide > encoded
    {
        return conflict("UTF-16 comes before base64".into(), "write it as `wide|base64offset|contains`");
    }
    if let (Some(encoded), Some(dash)) = (encoded, place(&|m| m == Windash))
        && dash > encoded
    {
        return conflict("`windash` comes before base64".into(), "write `windash` first");
    }
    if let (Some(part), Some(operator)) = (place(&Modifier::is_time_part), place(&Modifier::is_operator))
        && operator < part
    {
        return conflict("a time part comes before its comparison".into(), "write it as `hour|gte`");
    }
    if let (Some(reference), Some(operator)) = (place(&|m| m == FieldRef), place(&Modifier::is_operator))
        && operator < reference
    {
        return conflict("`fieldref` comes before what it does".into(), "write it as `fieldref|contains`");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
