//! What others put around records on the way to and out of a store.
//!
//! - Splunk: export, <https://docs.splunk.com/Documentation/Splunk/latest/Search/ExportdatausingRESTAPI>; HTTP Event
//!   Collector, <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>.
//! - Elasticsearch: an answer to a search, <https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html>.
//! - Beats and Logstash keep what they read in `message`,
//!   <https://www.elastic.co/guide/en/ecs/current/ecs-base.html>, and in `event.original`,
//!   <https://www.elastic.co/guide/en/ecs/current/ecs-event.html>.
//! - Fluentd's `log` and Docker's, <https://docs.docker.com/engine/logging/drivers/json-file/>.
//! - OpenTelemetry: <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>.
//! - DynamoDB: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html>; Avro's unions:
//!   <https://avro.apache.org/docs/1.12.0/specification/#json-encoding>.
//! - pandas, <https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html>.
//! - Event Hubs, <https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema>.
//! - Graph and Azure's REST answer with `value`, <https://learn.microsoft.com/graph/paging>.

use serde_json::{Map, Value, json};

use super::form::{ANY, AZURE, OWN, Shape, bytes, delivery};

pub(super) const SHAPES: &[Shape] = &[
    delivery("event-hub", AZURE, |records| bytes(&json!({"records": records}))),
    delivery("event-hub-text", AZURE, |records| bytes(&json!({"records": texts(records)}))),
    delivery("value-list", AZURE, |records| {
        bytes(
            &json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs", "value": records}),
        )
    }),
    delivery("text-in-text", ANY, |records| Some(each(records, |record| json!(record.to_string())))),
    delivery("splunk-export", ANY, |records| {
        Some(each(records, |record| {
            json!({"preview": false, "offset": 0, "result": {
                "_time": "2026-11-20T09:00:00.000+00:00", "sourcetype": "aws:cloudtrail", "host": "h",
                "_raw": record.to_string()}})
        }))
    }),
    delivery("splunk-collector", ANY, |records| {
        Some(each(
            records,
            |record| json!({"time": 1_795_165_200, "host": "h", "source": "s", "sourcetype": "_json", "event": record}),
        ))
    }),
    delivery("elasticsearch-answer", ANY, |records| {
        let hits: Value = records
            .iter()
            .enumerate()
            .map(|(n, record)| json!({"_index": "i", "_id": n.to_string(), "_score": 1.0, "_source": record}))
            .collect();
        bytes(&json!({"took": 1, "timed_out": false, "_shards": {"total": 1, "successful": 1},
            "hits": {"total": {"value": records.len(), "relation": "eq"}, "hits": hits}}))
    }),
    delivery("beats-message", ANY, |records| {
        Some(each(records, |record| {
            json!({"@timestamp": "2026-11-20T09:00:00.000Z", "agent": {"type": "filebeat", "version": "8.17.0"},
                "log": {"file": {"path": "/var/log/x"}, "offset": 0}, "message": record.to_string()})
        }))
    }),
    delivery("event-original", ANY, |records| {
        Some(each(records, |record| {
            json!({"@timestamp": "2026-11-20T09:00:00.000Z", "ecs": {"version": "8.0.0"}, "tags": ["forwarded"],
                "event": {"original": record.to_string()}})
        }))
    }),
    delivery("docker-log", ANY, |records| {
        Some(each(
            records,
            |record| json!({"log": format!("{record}\n"), "stream": "stdout", "time": "2026-11-20T09:00:00Z"}),
        ))
    }),
    delivery("open-telemetry", ANY, |records| {
        Some(each(records, |record| otel(&json!({"stringValue": record.to_string()}))))
    }),
    delivery("open-telemetry-map", OWN, |records| Some(each(records, |record| otel(&typed(record))))),
    delivery("dynamodb-export", OWN, |records| {
        Some(each(records, |record| json!({"Item": item(record)["M"]})))
    }),
    delivery("avro-unions", OWN, |records| Some(each(records, unions))),
    delivery("pandas-columns", OWN, columns),
    delivery("unknown-carrier", OWN, |records| {
        Some(each(
            records,
            |record| json!({"meta": {"tenant": "t", "offset": 7}, "envelope": {"kind": "audit", "body": {"data": record}}}),
        ))
    }),
    delivery("unknown-carrier-base64", OWN, |records| {
        Some(each(
            records,
            |record| json!({"meta": {"offset": 7}, "payload": super::text::base64(record.to_string().as_bytes())}),
        ))
    }),
];

/// A log record of OpenTelemetry's with that body.
fn otel(body: &Value) -> Value {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "s"}},
        {"key": "host.name", "value": {"stringValue": "h"}}]});
    json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": {"name": "r"}, "logRecords": [
        {"timeUnixNano": "1795165200000000000", "severityText": "INFO", "body": body, "attributes": []}]}]}]})
}

/// A value with the types of its parts.
fn typed(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let values: Vec<Value> =
                object.iter().map(|(key, value)| json!({"key": key, "value": typed(value)})).collect();
            json!({"kvlistValue": {"values": values}})
        }
        Value::Array(list) => json!({"arrayValue": {"values": list.iter().map(typed).collect::<Vec<_>>()}}),
        Value::Null => json!({}),
        Value::Bool(is) => json!({"boolValue": is}),
        Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::String(text) => json!({"stringValue": text}),
    }
}

/// A value as DynamoDB types it.
fn item(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            json!({"M": object.iter().map(|(name, value)| (name.clone(), item(value))).collect::<Map<_, _>>()})
        }
        Value::Array(list) => json!({"L": list.iter().map(item).collect::<Vec<_>>()}),
        Value::Null => json!({"NULL": true}),
        Value::Bool(is) => json!({"BOOL": is}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
    }
}

/// Column by column, each an object of rows by their number; nothing for records that have not the same columns.
fn columns(records: &[Value]) -> Option<Vec<u8>> {
    let names: Vec<&String> = records.first()?.as_object()?.keys().collect();
    let is_alike =
        |record: &Value| record.as_object().is_some_and(|object| object.keys().eq(names.iter().copied()));
    if !records.iter().all(is_alike) {
        return None;
    }
    let column = |name: &String| {
        records
            .iter()
            .enumerate()
            .map(|(n, record)| (n.to_string(), record[name].clone()))
            .collect::<Map<_, _>>()
    };
    bytes(&names.iter().map(|name| ((*name).clone(), column(name).into())).collect::<Map<_, _>>().into())
}

/// A record of which every member may be null in Avro's schema, and no deeper one.
fn unions(record: &Value) -> Value {
    let Value::Object(object) = record else { return record.clone() };
    let typed = |value: &Value| match value {
        Value::Object(_) => json!({"map": value}),
        Value::Array(_) => json!({"array": value}),
        Value::Null => Value::Null,
        Value::Bool(_) => json!({"boolean": value}),
        Value::Number(number) if number.is_f64() => json!({"double": value}),
        Value::Number(_) => json!({"long": value}),
        Value::String(_) => json!({"string": value}),
    };
    object.iter().map(|(name, value)| (name.clone(), typed(value))).collect::<Map<_, _>>().into()
}

pub(super) fn each(records: &[Value], put: impl Fn(&Value) -> Value) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(|record| format!("{}\n", put(record))).collect();
    lines.concat().into_bytes()
}

pub(super) fn texts(records: &[Value]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}
