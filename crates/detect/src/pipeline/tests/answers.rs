use serde_json::{Value, json};

use super::{CALLER, activity, deliver};
use crate::tally::Notice;

fn columns(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({"ColumnName": name, "ColumnType": "string"})).collect()
}

/// What Kusto answers, newer and older, with that table in it.
fn answers(names: &[&str], rows: &Value) -> [Value; 2] {
    let newer = json!([
        {"FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0"},
        {"FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties", "TableName": "@ExtendedProperties",
            "Columns": columns(&["TableId", "Key", "Value"]), "Rows": [[1, "Visualization", "{\"Visualization\":null}"]]},
        {"FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
            "Columns": columns(names), "Rows": rows},
        {"FrameType": "DataTable", "TableId": 2, "TableKind": "QueryCompletionInformation", "TableName": "QueryCompletionInformation",
            "Columns": columns(&["Timestamp", "ClientRequestId", "Payload"]), "Rows": [["2026-11-20T09:00:00Z", "c", "{\"Count\":1}"]]},
        {"FrameType": "DataSetCompletion", "HasErrors": false, "Cancelled": false},
    ]);
    let status = ["Timestamp", "Severity", "SeverityName", "StatusCode", "StatusDescription", "Count"];
    let older = json!({"Tables": [
        {"TableName": "Table_0", "Columns": columns(names), "Rows": rows},
        {"TableName": "Table_1", "Columns": columns(&status), "Rows": [["2026-11-20T09:00:00Z", 4, "Info", 0, "{\"Text\":\"done\"}", 1]]},
        {"TableName": "Table_2", "Columns": columns(&["Ordinal", "Kind", "Name", "Id", "PrettyName"]),
            "Rows": [[0, "QueryResult", "PrimaryResult", "i", ""], [1, "QueryStatus", "QueryStatus", "j", ""]]},
    ]});
    [newer, older]
}

#[test]
fn what_a_query_service_says_of_its_answer_is_a_notice_by_name() {
    let run: Value = serde_json::from_str(&activity("Success", CALLER)).unwrap();
    let names =
        ["time", "category", "operationName", "resultType", "resourceId", "correlationId", "identity"];
    let row: Vec<Value> = names.iter().map(|name| run[name].clone()).collect();
    for (answer, frames) in answers(&names, &json!([row])).into_iter().zip([4, 2]) {
        let finished = deliver(answer.to_string().as_bytes());
        let told = (finished.matches.len(), finished.tally.records, finished.tally.rejected_total());
        assert_eq!(told, (1, 1, 0), "{:?}", finished.rejects);
        assert_eq!(finished.tally.notices.get(&Notice::QueryFrame), Some(&frames), "{answer}");
    }
    // Rows of no log are told beside them, and so is an answer that broke off.
    for answer in answers(&["hello", "world"], &json!([["a", "{b}"]])) {
        assert!(deliver(answer.to_string().as_bytes()).tally.rejected_total() > 0, "{answer}");
    }
    let failed = json!({"FrameType": "DataSetCompletion", "HasErrors": true, "OneApiErrors": [{"error": {"code": "LimitsExceeded"}}]});
    assert_eq!(deliver(failed.to_string().as_bytes()).tally.rejected_total(), 1);
}
