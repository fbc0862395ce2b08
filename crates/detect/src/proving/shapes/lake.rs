//! CloudTrail in tables of SQL: Athena and CloudTrail Lake.
//!
//! - Athena's table: names lower-case, `useridentity` a struct, what a service writes a string,
//!   <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table.html>; results are CSV or
//!   `GetQueryResults`, <https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html>.
//! - Lake: `requestparameters` and its like are `map<string,string>`,
//!   <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html>; answers are
//!   `QueryResultRows`, <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html>; events
//!   of integrations stand in `eventData`, <https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/API_AuditEvent.html>.

use serde_json::{Map, Value, json};

use super::carriers::each;
use super::form::{CLOUDTRAIL, Shape, bytes, delivery};
use super::text::{self, columns, csv, plain};

pub(super) const SHAPES: &[Shape] = &[
    delivery("athena-json", CLOUDTRAIL, |records| Some(each(records, row))),
    delivery("athena-csv", CLOUDTRAIL, |records| {
        let rows: Option<Vec<Value>> = records.iter().map(printed_row).collect();
        Some(csv(&rows?))
    }),
    delivery("athena-query-results", CLOUDTRAIL, |records| {
        let rows: Vec<Value> = records.iter().map(printed_row).collect::<Option<_>>()?;
        let names = columns(&rows);
        let cells = |cells: Vec<Value>| {
            let cells: Value = cells
                .into_iter()
                .map(|cell| if cell.is_null() { json!({}) } else { json!({"VarCharValue": plain(&cell)}) })
                .collect();
            json!({"Data": cells})
        };
        let mut all = vec![cells(names.iter().map(|name| json!(name)).collect())];
        all.extend(rows.iter().map(|row| cells(names.iter().map(|name| row[name].clone()).collect())));
        let info: Value =
            names.iter().map(|name| json!({"Name": name, "Label": name, "Type": "varchar"})).collect();
        bytes(&json!({"UpdateCount": 0,
            "ResultSet": {"Rows": all, "ResultSetMetadata": {"ColumnInfo": info}}}))
    }),
    delivery("lake-query-results", CLOUDTRAIL, |records| {
        let rows: Vec<Value> = records.iter().map(lake_row).collect::<Option<_>>()?;
        let rows: Value = rows
            .iter()
            .filter_map(Value::as_object)
            .map(|row| {
                row.iter().map(|(name, value)| json!({name.as_str(): plain(value)})).collect::<Value>()
            })
            .collect();
        bytes(
            &json!({"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 1}, "QueryResultRows": rows}),
        )
    }),
    delivery("lake-csv", CLOUDTRAIL, |records| {
        let rows: Vec<Value> = records.iter().map(lake_row).collect::<Option<_>>()?;
        Some(text::gzip(&csv(&rows)))
    }),
    delivery("lake-event-data", CLOUDTRAIL, |records| {
        Some(each(records, |record| json!({"eventData": record, "id": "i"})))
    }),
    delivery("lake-event-data-text", CLOUDTRAIL, |records| {
        let events: Value =
            records.iter().map(|record| json!({"eventData": record.to_string(), "id": "i"})).collect();
        bytes(&json!({"auditEvents": events}))
    }),
];

/// What a service writes, which has no columns of its own.
const FREE: [&str; 4] =
    ["requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"];

fn lower(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.to_lowercase(), lower(value))).collect()
        }
        Value::Array(list) => list.iter().map(lower).collect(),
        other => other.clone(),
    }
}

/// A row of Athena's table.
fn row(record: &Value) -> Value {
    let columns = record.as_object().into_iter().flatten().map(|(name, value)| {
        let name = name.to_lowercase();
        let value = if FREE.contains(&&*name) {
            if value.is_null() { Value::Null } else { Value::String(value.to_string()) }
        } else if value.is_boolean() {
            Value::String(value.to_string())
        } else {
            lower(value)
        };
        (name, value)
    });
    columns.collect()
}

/// The same, structs printed.
fn printed_row(record: &Value) -> Option<Value> {
    printed(row(record))
}

fn printed(row: Value) -> Option<Value> {
    let Value::Object(row) = row else { return None };
    let columns: Option<Map<String, Value>> = row
        .into_iter()
        .map(|(name, value)| {
            let value = if value.is_object() || value.is_array() {
                Value::String(text::java(&value)?)
            } else {
                value
            };
            Some((name, value))
        })
        .collect();
    columns.map(Value::Object)
}

/// A row of Lake's: what a service writes is a map of text.
fn lake_row(record: &Value) -> Option<Value> {
    let columns = record.as_object()?.iter().map(|(name, value)| {
        let name = name.to_lowercase();
        let value = match value {
            Value::Object(members) if FREE.contains(&&*name) => {
                let members: Value = members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.clone(), Value::String(plain(value))))
                    .collect();
                Value::String(text_map(&members)?)
            }
            other => lower(other),
        };
        Some((name, value))
    });
    printed(columns.collect::<Option<Map<_, _>>>().map(Value::Object)?)
}

/// `{a=b, c={"d":"e"}}`: JSON stands where the value has members of its own.
fn text_map(members: &Value) -> Option<String> {
    let members: Option<Vec<String>> = members
        .as_object()?
        .iter()
        .map(|(name, value)| {
            let text = value.as_str()?;
            let is_json = text.starts_with(['{', '[']);
            let is_plain = is_json || text::java(value).is_some();
            is_plain.then(|| format!("{name}={text}"))
        })
        .collect();
    Some(format!("{{{}}}", members?.join(", ")))
}
