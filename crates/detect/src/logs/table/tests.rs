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
fn values_that_say_their_type_are_taken_without_it() {
    let list = json!([
        {"key": "name", "value": {"stringValue": "x"}}, {"key": "is", "value": {"boolValue": true}},
        {"key": "id", "value": {"int_value": "4688"}}, {"key": "nothing", "value": {}},
        {"key": "of", "value": {"kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": [
            {"stringValue": "b"}, {"kvlist_value": {"values": [{"key": "c", "value": {"doubleValue": 0.5}}, {"key": "d"}]}}]}}}]}}},
        // No type, though it has the look of one.
        {"key": "own", "value": {"arrayValue": 1}}
    ]);
    let text = list.to_string();
    let row: Value = serde_json::from_str(&pairs(Document::parse(&text).unwrap().root()).unwrap()).unwrap();
    let due = json!({"name": "x", "is": true, "id": "4688", "nothing": {}, "of": {"a": ["b", {"c": 0.5, "d": null}]},
        "own": {"arrayValue": 1}});
    assert_eq!(row, due);
}

#[test]
fn columns_are_turned_to_rows() {
    let due = [json!({"a": "x", "b": {"c": 1}, "e": true}), json!({"a": "y", "b": [2], "d": 3})];
    for table in [
        json!({"a": ["x", "y"], "b": [{"c": 1}, [2]], "d": [null, 3], "e": [true, null]}),
        json!({"a": {"0": "x", "1": "y"}, "b": {"0": {"c": 1}, "1": [2]}, "d": {"0": null, "1": 3}, "e": {"0": true, "1": null}}),
    ] {
        let text = table.to_string();
        let rows = rows(Document::parse(&text).unwrap().root()).unwrap();
        let rows: Vec<Value> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
        assert_eq!(rows, due, "{table}");
    }
    for other in [
        json!({"a": [1], "b": [2], "c": [3]}),
        json!({"a": [1], "b": [2], "c": [3], "d": [4, 5]}),
        json!({"a": {"x": 1}, "b": {"x": 2}, "c": {"x": 3}, "d": {"y": 4}}),
        json!({"a": [], "b": [], "c": [], "d": []}),
    ] {
        let text = other.to_string();
        assert_eq!(rows(Document::parse(&text).unwrap().root()), None, "{other}");
    }
}

#[test]
fn an_object_whose_values_all_say_their_types_is_a_row() {
    let plain = json!({"name": "x", "is": true, "id": "7", "none": null, "of": {"a": ["b", {"c": "0.5"}]}, "list": []});
    for typed in [
        json!({"name": {"S": "x"}, "is": {"BOOL": true}, "id": {"N": "7"}, "none": {"NULL": true},
            "of": {"M": {"a": {"L": [{"S": "b"}, {"M": {"c": {"N": "0.5"}}}]}}}, "list": {"L": []}}),
        json!({"name": {"stringValue": "x"}, "is": {"booleanValue": true}, "id": {"integerValue": "7"}, "none": {"nullValue": null},
            "of": {"mapValue": {"fields": {"a": {"arrayValue": {"values": [{"stringValue": "b"},
                {"mapValue": {"fields": {"c": {"stringValue": "0.5"}}}}]}}}}}, "list": {"arrayValue": {"values": []}}}),
        json!({"name": {"string": "x"}, "is": {"boolean": true}, "id": {"string": "7"}, "none": null,
            "of": {"map": {"a": {"array": ["b", {"map": {"c": "0.5"}}]}}}, "list": {"array": []}}),
    ] {
        let text = typed.to_string();
        let row = rows(Document::parse(&text).unwrap().root()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&row[0]).unwrap(), plain, "{typed}");
    }
    for other in [
        json!({"a": {"S": "x"}, "b": "y"}),
        json!({"a": {"S": "x"}}),
        json!({"a": {"L": "x"}, "b": {"S": "y"}}),
    ] {
        let text = other.to_string();
        assert_eq!(rows(Document::parse(&text).unwrap().root()), None, "{other}");
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
