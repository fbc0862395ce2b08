//! Objects as programs print them, names joined as shippers flatten them, times as databases type them.
//!
//! - Python's `repr`, <https://docs.python.org/3/library/functions.html#repr>; Ruby's `inspect`,
//!   <https://docs.ruby-lang.org/en/3.3/Hash.html#method-i-inspect>; DuckDB's cast of a struct to text,
//!   <https://duckdb.org/docs/stable/sql/data_types/struct>; flow mappings of YAML,
//!   <https://yaml.org/spec/1.2.2/#742-flow-mappings>; Go's `%v`, <https://pkg.go.dev/fmt#hdr-Printing>; PowerShell's
//!   objects inside others, <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/convertto-json>.
//! - Flattening with another sign than a dot: <https://docs.fluentbit.io/manual/pipeline/filters/nest>.
//! - MongoDB's extended JSON, <https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/>.

use serde_json::{Map, Value, json};

use super::form::{Shape, bytes, delivery, record};
use super::known::KnownMembers;
use super::log::Log;

/// The logs whose records have objects in them.
const WITH_OBJECTS: &[Log] =
    &[Log::CloudTrail, Log::Activity, Log::SignIn, Log::Audit, Log::Risk, Log::Bastion, Log::Gcp];

pub(super) const SHAPES: &[Shape] = &[
    record("python-dict", WITH_OBJECTS, |_, _, record| objects(record, &python)),
    record("ruby-hash", WITH_OBJECTS, |_, _, record| objects(record, &ruby)),
    record("duckdb-struct", WITH_OBJECTS, |_, _, record| objects(record, &duckdb)),
    record("yaml-flow", WITH_OBJECTS, |_, _, record| objects(record, &yaml)),
    record("go-map", WITH_OBJECTS, |_, _, record| objects(record, &go)),
    record("powershell-object", WITH_OBJECTS, |_, _, record| objects(record, &powershell)),
    record("joined-by-underscore", &[Log::CloudTrail, Log::Activity], joined),
    record("list-of-one", WITH_OBJECTS, |_, _, record| vec![lists_of_one(record)]),
    delivery("python-lines", WITH_OBJECTS, |records| printed_lines(records, &python)),
    delivery("duckdb-lines", WITH_OBJECTS, |records| printed_lines(records, &duckdb)),
    delivery("yaml-lines", WITH_OBJECTS, |records| printed_lines(records, &yaml)),
    record("names-in-lists", &[Log::CloudTrail], |_, _, record| vec![names_in_lists(record)]),
    delivery("padded", &[Log::CloudTrail], padded),
    record("mongodb-export", WITH_OBJECTS, mongodb),
];

/// The record with each of its objects as text; nothing where one cannot be printed so that it can be told apart again.
fn objects(record: &Value, print: &dyn Fn(&Value) -> Option<String>) -> Vec<Value> {
    let Value::Object(object) = record else { return Vec::new() };
    let member = |(name, value): (&String, &Value)| {
        Some((name.clone(), if value.is_object() { Value::String(print(value)?) } else { value.clone() }))
    };
    object.iter().map(member).collect::<Option<Map<_, _>>>().map(Value::Object).into_iter().collect()
}

/// The records themselves as a program prints them, a line each.
fn printed_lines(records: &[Value], print: &dyn Fn(&Value) -> Option<String>) -> Option<Vec<u8>> {
    let lines: Option<Vec<String>> = records.iter().map(print).collect();
    Some(lines?.join("\n").into_bytes())
}

/// What names the call, in a list of one each.
fn names_in_lists(record: &Value) -> Value {
    let mut record = record.clone();
    for name in ["eventName", "eventSource", "awsRegion", "eventID"] {
        if let Some(value) = record.get_mut(name).filter(|value| value.is_string()) {
            *value = json!([value.take()]);
        }
    }
    record
}

/// How a printer puts a value together.
struct Printer {
    open: &'static str,
    close: &'static str,
    list: (&'static str, &'static str),
    between: &'static str,
    between_listed: &'static str,
    after_name: &'static str,
    nothing: &'static str,
    yes_no: (&'static str, &'static str),
    /// Nothing for what has no quotes.
    name: Option<fn(&str) -> String>,
    text: fn(&str) -> Option<String>,
}

impl Printer {
    fn print(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Object(object) => {
                let members: Option<Vec<String>> = object
                    .iter()
                    .map(|(name, value)| {
                        let name = self.name.map_or_else(|| bare(name), |name_of| Some(name_of(name)))?;
                        Some(format!("{name}{}{}", self.after_name, self.print(value)?))
                    })
                    .collect();
                format!("{}{}{}", self.open, members?.join(self.between), self.close)
            }
            Value::Array(list) => {
                let members: Option<Vec<String>> = list.iter().map(|value| self.print(value)).collect();
                format!("{}{}{}", self.list.0, members?.join(self.between_listed), self.list.1)
            }
            Value::Null => self.nothing.to_owned(),
            Value::Bool(true) => self.yes_no.0.to_owned(),
            Value::Bool(false) => self.yes_no.1.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => (self.text)(text)?,
        })
    }
}

/// Single quotes, unless the text has one and no other kind.
fn python(value: &Value) -> Option<String> {
    fn quoted(text: &str) -> String {
        let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
        let escaped =
            text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
        let escaped = if quote == '\'' { escaped.replace('\'', "\\'") } else { escaped };
        format!("{quote}{escaped}{quote}")
    }
    Printer {
        open: "{",
        close: "}",
        list: ("[", "]"),
        between: ", ",
        between_listed: ", ",
        after_name: ": ",
        nothing: "None",
        yes_no: ("True", "False"),
        name: Some(quoted),
        text: |text| Some(quoted(text)),
    }
    .print(value)
}

fn ruby(value: &Value) -> Option<String> {
    fn quoted(text: &str) -> String {
        json!(text).to_string()
    }
    Printer {
        open: "{",
        close: "}",
        list: ("[", "]"),
        between: ", ",
        between_listed: ", ",
        after_name: "=>",
        nothing: "nil",
        yes_no: ("true", "false"),
        name: Some(quoted),
        text: |text| Some(quoted(text)),
    }
    .print(value)
}

/// What nothing in it ends too early.
fn bare(text: &str) -> Option<String> {
    let is_plain = !text.is_empty()
        && text.trim() == text
        && !text.contains(['{', '}', '[', ']', ',', ';', '\n', '\'', '"', '=']);
    (is_plain && text != "null").then(|| text.to_owned())
}

fn duckdb(value: &Value) -> Option<String> {
    Printer {
        open: "{",
        close: "}",
        list: ("[", "]"),
        between: ", ",
        between_listed: ", ",
        after_name: ": ",
        nothing: "NULL",
        yes_no: ("true", "false"),
        name: Some(|name| format!("'{name}'")),
        text: bare,
    }
    .print(value)
}

fn yaml(value: &Value) -> Option<String> {
    Printer {
        open: "{",
        close: "}",
        list: ("[", "]"),
        between: ", ",
        between_listed: ", ",
        after_name: ": ",
        nothing: "null",
        yes_no: ("true", "false"),
        name: None,
        text: bare,
    }
    .print(value)
}

fn go(value: &Value) -> Option<String> {
    Printer {
        open: "map[",
        close: "]",
        list: ("[", "]"),
        between: " ",
        between_listed: " ",
        after_name: ":",
        nothing: "<nil>",
        yes_no: ("true", "false"),
        name: None,
        text: |text| bare(text).filter(|text| !text.contains(' ')),
    }
    .print(value)
}

fn powershell(value: &Value) -> Option<String> {
    Printer {
        open: "@{",
        close: "}",
        list: ("{", "}"),
        between: "; ",
        between_listed: ", ",
        after_name: "=",
        nothing: "",
        yes_no: ("True", "False"),
        name: None,
        text: bare,
    }
    .print(value)
}

fn joined(_: &KnownMembers, _: Log, record: &Value) -> Vec<Value> {
    fn put(path: &str, value: &Value, flat: &mut Map<String, Value>) {
        match value {
            Value::Object(object) if !object.is_empty() => {
                for (name, value) in object {
                    put(&if path.is_empty() { name.clone() } else { format!("{path}_{name}") }, value, flat);
                }
            }
            other => {
                flat.insert(path.to_owned(), other.clone());
            }
        }
    }
    // Names that are joined themselves cannot be told apart.
    fn has_joint(value: &Value) -> bool {
        let Value::Object(object) = value else { return false };
        object.iter().any(|(name, value)| name.contains('_') || has_joint(value))
    }
    let mut flat = Map::new();
    put("", record, &mut flat);
    if has_joint(record) { Vec::new() } else { vec![Value::Object(flat)] }
}

/// A store that allows several of everything.
fn lists_of_one(record: &Value) -> Value {
    let Value::Object(object) = record else { return record.clone() };
    let wrapped = |value: &Value| if value.is_object() { json!([value]) } else { value.clone() };
    object.iter().map(|(name, value)| (name.clone(), wrapped(value))).collect()
}

fn mongodb(_: &KnownMembers, log: Log, record: &Value) -> Vec<Value> {
    let time = match log {
        Log::CloudTrail => "eventTime",
        Log::Gcp => "timestamp",
        Log::Sysmon | Log::Falcon | Log::Foreign => return Vec::new(),
        Log::Activity | Log::SignIn | Log::Audit | Log::Risk | Log::Bastion => "time",
    };
    if !record[time].is_string() {
        return Vec::new();
    }
    let mut document = record.clone();
    document["_id"] = json!({"$oid": "507f1f77bcf86cd799439011"});
    document[time] = json!({"$date": record[time]});
    vec![document]
}

/// Columns of a fixed width.
fn padded(records: &[Value]) -> Option<Vec<u8>> {
    let mut records = records.to_vec();
    for record in &mut records {
        for name in ["eventName", "eventSource", "awsRegion", "sourceIPAddress"] {
            if let Some(text) = record[name].as_str().map(|text| format!(" {text}  ")) {
                record[name] = json!(text);
            }
        }
    }
    bytes(&json!({"Records": records}))
}
