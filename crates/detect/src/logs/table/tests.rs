use serde_json::{Value, json};
use trailhound_sigma::json::Document;

use super::{pairs, rows};

fn of(answer: &Value) -> Vec<Value> {
    let text = answer.to_string();
    let document = Document::parse(&text).unwrap();
    let rows = rows(document.root()).unwrap_or_else(|| panic!("no rows: {answer}"));
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

#[test]
fn rows_apart_from_their_names_are_put_together_whoever_answers() {
    let due = [json!({"eventname": "StartSession", "errorcode": "x"}), json!({"eventname": "SendCommand"})];
    let plain = json!([["StartSession", "x"], ["SendCommand", null]]);
    for answer in [
        // Log Analytics, Kusto, Elasticsearch, OpenSearch, Splunk, Snowflake.
        json!({"name": "PrimaryResult", "columns": [{"name": "eventname", "type": "string"}, {"name": "errorcode", "type": "string"}], "rows": plain}),
        json!({"TableName": "T", "Columns": [{"ColumnName": "eventname", "DataType": "String"}, {"ColumnName": "errorcode", "DataType": "String"}], "Rows": plain}),
        json!({"columns": [{"name": "eventname", "type": "keyword"}, {"name": "errorcode", "type": "keyword"}], "values": plain, "took": 3}),
        json!({"schema": [{"name": "eventname", "type": "text"}, {"name": "errorcode", "type": "text"}], "datarows": plain, "total": 2, "size": 2, "status": 200}),
        json!({"preview": false, "messages": [], "fields": ["eventname", "errorcode"], "rows": plain}),
        json!({"resultSetMetaData": {"numRows": 2, "rowType": [{"name": "eventname"}, {"name": "errorcode"}]}, "data": plain, "code": "090001"}),
        // BigQuery, Timestream, Athena.
        json!({"schema": {"fields": [{"name": "eventname"}, {"name": "errorcode"}]},
            "rows": [{"f": [{"v": "StartSession"}, {"v": "x"}]}, {"f": [{"v": "SendCommand"}, {"v": null}]}]}),
        json!({"ColumnInfo": [{"Name": "eventname", "Type": {"ScalarType": "VARCHAR"}}, {"Name": "errorcode", "Type": {"ScalarType": "VARCHAR"}}],
            "Rows": [{"Data": [{"ScalarValue": "StartSession"}, {"ScalarValue": "x"}]}, {"Data": [{"ScalarValue": "SendCommand"}, {}]}]}),
        json!({"ResultSet": {"ResultSetMetadata": {"ColumnInfo": [{"Name": "eventname"}, {"Name": "errorcode"}]},
            "Rows": [{"Data": [{"VarCharValue": "eventname"}, {"VarCharValue": "errorcode"}]},
                {"Data": [{"VarCharValue": "StartSession"}, {"VarCharValue": "x"}]}, {"Data": [{"VarCharValue": "SendCommand"}, {}]}]}}),
    ] {
        assert_eq!(of(&answer), due, "{answer}");
    }
}

#[test]
fn rows_whose_values_have_their_names_beside_them_are_put_together() {
    for (list, due) in [
        (
            json!([{"eventname": "StartSession"}, {"awsregion": "eu-west-1"}]),
            Some(json!({"eventname": "StartSession", "awsregion": "eu-west-1"})),
        ),
        (
            json!([{"field": "@message", "value": "{}"}, {"field": "@ptr", "value": "p"}]),
            Some(json!({"@message": "{}", "@ptr": "p"})),
        ),
        (json!([{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]), Some(json!({"a": 1, "b": 2}))),
        // Records of one member each are no row.
        (json!([{"_raw": "1"}, {"_raw": "2"}]), None),
        (json!([{"a": 1}, 2]), None),
        (json!([]), None),
    ] {
        let text = list.to_string();
        let document = Document::parse(&text).unwrap();
        let row = pairs(document.root()).map(|row| serde_json::from_str::<Value>(&row).unwrap());
        assert_eq!(row, due, "{list}");
    }
}

#[test]
fn other_objects_are_no_tables() {
    for other in [
        json!({"columns": ["a", "b"], "rows": [[1]]}),
        json!({"columns": ["a"], "rows": []}),
        json!({"tags": ["a", "b"], "records": [{"x": 1, "y": 2}]}),
        json!({"lists": [["a", "b"], ["c", "d"]]}),
    ] {
        let text = other.to_string();
        assert_eq!(rows(Document::parse(&text).unwrap().root()), None, "{other}");
    }
}
