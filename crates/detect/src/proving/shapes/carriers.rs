//! What others put around records on the way to and out of a store.
//!
//! - Splunk: export, <https://docs.splunk.com/Documentation/Splunk/latest/Search/ExportdatausingRESTAPI>; HTTP Event
//!   Collector, <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>.
//! - Elasticsearch: an answer to a search, <https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html>.
//! - Beats and Logstash keep what they read in `message`,
//!   <https://www.elastic.co/guide/en/ecs/current/ecs-base.html>, and in `event.original`,
//!   <https://www.elastic.co/guide/en/ecs/current/ecs-event.html>.
//! - Fluentd's `log` and Docker's, <https://docs.docker.com/engine/logging/drivers/json-file/>.
//! - Event Hubs, <https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema>.
//! - Graph and Azure's REST answer with `value`, <https://learn.microsoft.com/graph/paging>.

use serde_json::{Value, json};

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

pub(super) fn each(records: &[Value], put: impl Fn(&Value) -> Value) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(|record| format!("{}\n", put(record))).collect();
    lines.concat().into_bytes()
}

pub(super) fn texts(records: &[Value]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}
