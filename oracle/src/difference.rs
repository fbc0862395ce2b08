//! Every way in which the engines are meant to differ, each with its reason.
//!
//! A difference explains a verdict only when it applies to this item and to what this event has in its field;
//! `crates/sigma` holds a test of its own for each.

use serde_json::Value;

use crate::generate::Item;

/// A difference on purpose.
#[derive(Debug)]
pub struct Difference {
    pub name: &'static str,
    pub reason: &'static str,
    applies: fn(&Item, &Field<'_>) -> bool,
}

/// What an event has in an item's field.
struct Field<'e> {
    /// The values, lists flattened.
    values: Vec<&'e Value>,
    /// A list was among them.
    listed: bool,
    present: bool,
    /// Our comparison found something where rsigma's did not; `neq` turned back.
    found: bool,
    /// The whole event, for items that look beyond their field.
    event: &'e Value,
}

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "exists-null",
        reason: "`exists` asks for the field, whatever its value, be it empty or null (modifiers appendix); rsigma takes null for absence",
        applies: |item, field| {
            item.chain.contains("exists") && field.values.iter().any(|value| value.is_null())
        },
    },
    Difference {
        name: "null-among-values",
        reason: "a null in a list of values matches an absent field as a null alone does; rsigma compares absent fields with a lone null only",
        applies: |item, field| {
            let several = item.values.iter().any(Value::is_null) && item.values.len() > 1;
            several && field.found && (!field.present || field.is_empty())
        },
    },
    Difference {
        name: "null-empty-list",
        reason: "a list that is empty, or holds nothing but null, has no value; rsigma takes the list itself for one",
        applies: |item, field| item.values.iter().any(Value::is_null) && field.listed,
    },
    Difference {
        name: "object-text",
        reason: "an object is searched as its JSON, so that `contains` finds what a producer nested; rsigma never matches objects",
        applies: |_, field| field.found && field.values.iter().any(|value| value.is_object()),
    },
    Difference {
        name: "number-spelling",
        reason: "text comparisons see a number as the event spells it; rsigma reprints it (22.0 as 22, u64::MAX rounded)",
        applies: |item, field| {
            let named = |name: &str| lookup(field.event, name).values.into_iter().any(reprinted);
            let other =
                item.chain.contains("fieldref") && item.values.iter().filter_map(Value::as_str).any(named);
            other || field.values.iter().any(|value| reprinted(value))
        },
    },
    Difference {
        name: "cidr-mapped",
        reason: "an IPv4 address inside an IPv6 one is in the networks of both; rsigma compares what is written",
        applies: |item, field| {
            let is_mapped = |text: &str| {
                text.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_ipv4_mapped().is_some())
            };
            item.chain.contains("cidr") && field.any_text(is_mapped)
        },
    },
    Difference {
        name: "whole-numbers",
        reason: "whole numbers are compared exactly; rsigma rounds them to a double first",
        applies: |item, field| {
            let wide = |value: &Value| value.as_i64().is_some_and(|number| number.unsigned_abs() > 1 << 53);
            item.values.iter().any(wide)
                && field.values.iter().any(|value| value.is_number() || value.is_string())
        },
    },
    Difference {
        name: "wildcard-lines",
        reason: "`*` and `?` stand for any character; in rsigma not for a line break",
        applies: |item, field| {
            item.has_wildcards() && field.found && field.any_text(|text| text.contains('\n'))
        },
    },
    Difference {
        name: "wildcard-letters",
        reason: "letters fold in a value with wildcards as in one without; rsigma makes a regular expression of it, whose folding differs for LONG S, dotted I and sigma",
        applies: |item, field| {
            let folds_otherwise =
                |text: &str| text.contains(['\u{17f}', '\u{130}', '\u{3a3}', '\u{3c2}', '\u{3c3}']);
            item.has_wildcards()
                && (field.any_text(folds_otherwise)
                    || item.values.iter().filter_map(Value::as_str).any(folds_otherwise))
        },
    },
    Difference {
        name: "wildcard-anchors",
        reason: "`startswith` with a wildcard is held to the start, `endswith` to the end; rsigma 0.23 swaps the two anchors",
        applies: |item, _| {
            item.has_wildcards() && (item.chain.contains("startswith") || item.chain.contains("endswith"))
        },
    },
    Difference {
        name: "keyword-scalars",
        reason: "keywords are searched in the whole record, numbers and booleans included; rsigma searches strings only",
        applies: |item, field| {
            let scalar = |value: &Value| value.is_number() || value.is_boolean();
            item.field.is_none() && field.found && any_leaf(field.event, &scalar)
        },
    },
    Difference {
        name: "keyword-numbers",
        reason: "a number or boolean among keywords is searched as text; in rsigma it never matches",
        applies: |item, field| {
            item.field.is_none() && field.found && item.values.iter().any(|value| !value.is_string())
        },
    },
    Difference {
        name: "keyword-modifiers",
        reason: "`'|all'` wants every keyword somewhere in the record; rsigma wants one whole value to equal them all",
        applies: |item, _| item.field.is_none() && item.chain.contains("all"),
    },
    Difference {
        name: "typed-values",
        reason: "`cased`, `windash` and the encodings compare text, so a number or boolean under them is text too; rsigma ignores them",
        applies: |item, _| {
            let text = ["cased", "windash", "base64", "wide", "utf16", "contains", "startswith", "endswith"];
            text.iter().any(|modifier| item.chain.contains(modifier))
                && item.values.iter().any(|value| value.is_number() || value.is_boolean())
        },
    },
    Difference {
        name: "windash-characters",
        reason: "the dashes and the slash stand for one another wherever they are (modifiers appendix); rsigma expands the hyphen only",
        applies: |item, _| {
            item.chain.contains("windash")
                && item.values.iter().any(|value| value.as_str().is_some_and(|text| text.contains('/')))
        },
    },
    Difference {
        name: "base64offset-tail",
        reason: "the last sextet of a shifted value depends on the bytes that follow, so it is not looked for; rsigma looks for it and misses",
        applies: |item, field| item.chain.contains("base64offset") && field.found,
    },
    Difference {
        name: "utf16-alone",
        reason: "`wide` and its kin encode the value whether or not base64 follows; rsigma 0.23 drops them without it and matches the plain text",
        applies: |item, field| {
            let wide = item.chain.contains("wide") || item.chain.contains("utf16");
            wide && !item.chain.contains("base64") && !field.found
        },
    },
    Difference {
        name: "fieldref-lists",
        reason: "fields are compared member by member and as text; rsigma compares whole lists, and types as they are",
        applies: |item, field| {
            let odd = |value: &Value| value.is_array() || value.is_object() || value.is_null();
            let reaches = |name: &str| match lookup(field.event, name) {
                Found { listed: true, .. } => true,
                found => found.values.iter().any(|value| odd(value)),
            };
            item.chain.contains("fieldref")
                && (field.listed
                    || field.values.iter().any(|value| odd(value))
                    || item.values.iter().filter_map(Value::as_str).any(reaches))
        },
    },
    Difference {
        name: "fieldref-types",
        reason: "fields are compared as text with `cased` too; rsigma then wants equal types",
        applies: |item, field| item.chain.contains("fieldref|cased") && field.found,
    },
];

/// The listed differences that may explain that our verdict is `ours` and rsigma's the opposite.
pub fn explaining(item: &Item, event: &Value, ours: bool) -> Vec<&'static Difference> {
    let found = match item.field {
        Some(name) => lookup(event, name),
        None => {
            let mut values = Vec::new();
            leaves(event, &mut values);
            Found { values, listed: true, present: true }
        }
    };
    let (values, listed, present) = (found.values, found.listed, found.present);
    let field = Field { values, listed, present, found: ours != item.chain.contains("neq"), event };
    DIFFERENCES.iter().filter(|difference| (difference.applies)(item, &field)).collect()
}

impl Item {
    fn has_wildcards(&self) -> bool {
        let reads_text =
            !["|re", "cidr", "fieldref", "exists", "base64"].iter().any(|other| self.chain.contains(other));
        reads_text
            && self.values.iter().any(|value| value.as_str().is_some_and(|text| text.contains(['*', '?'])))
    }
}

impl Field<'_> {
    fn is_empty(&self) -> bool {
        self.values.iter().all(|value| value.is_null())
    }

    fn any_text(&self, is: impl Fn(&str) -> bool) -> bool {
        self.values.iter().any(|value| value.as_str().is_some_and(&is))
    }
}

/// Numbers that rsigma does not print as the event has them.
fn reprinted(value: &Value) -> bool {
    value.is_f64() && value.as_f64().is_some_and(|number| format!("{number}") != format!("{value}"))
        || value.as_u64().is_some_and(|number| i64::try_from(number).is_err())
}

struct Found<'e> {
    values: Vec<&'e Value>,
    listed: bool,
    present: bool,
}

fn lookup<'e>(event: &'e Value, path: &str) -> Found<'e> {
    let mut found = Found { values: Vec::new(), listed: false, present: false };
    match event.get(path) {
        Some(value) => flatten(value, &mut found),
        None => walk(event, &path.split('.').collect::<Vec<_>>(), &mut found),
    }
    found
}

fn walk<'e>(value: &'e Value, steps: &[&str], found: &mut Found<'e>) {
    match (value, steps) {
        (_, []) => flatten(value, found),
        (Value::Array(members), _) => {
            found.listed = true;
            members.iter().for_each(|member| walk(member, steps, found));
        }
        (Value::Object(entries), [step, rest @ ..]) => {
            if let Some(next) = entries.get(*step) {
                walk(next, rest, found);
            }
        }
        _ => {}
    }
}

fn flatten<'e>(value: &'e Value, found: &mut Found<'e>) {
    found.present = true;
    match value {
        Value::Array(members) => {
            found.listed = true;
            members.iter().for_each(|member| flatten(member, found));
        }
        other => found.values.push(other),
    }
}

fn leaves<'e>(value: &'e Value, out: &mut Vec<&'e Value>) {
    match value {
        Value::Array(members) => members.iter().for_each(|member| leaves(member, out)),
        Value::Object(entries) => entries.values().for_each(|value| leaves(value, out)),
        leaf => out.push(leaf),
    }
}

fn any_leaf(value: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    let mut found = Vec::new();
    leaves(value, &mut found);
    found.into_iter().any(is)
}
