use serde_json::{Value, json};
use trailhound_sigma::json::Document;

use super::rows;
use crate::logs::log::Shape;

fn of(answer: &Value) -> Vec<Value> {
    let text = answer.to_string();
    let document = Document::parse(&text).unwrap();
    let Some(Shape::Rows(rows)) = rows(document.root()) else { panic!("no rows") };
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

#[test]
fn of_athena_without_the_header_and_what_is_not_there() {
    let answer = json!({"ResultSet": {
        "ResultSetMetadata": {"ColumnInfo": [{"Name": "eventname"}, {"Name": "errorcode"}]},
        "Rows": [{"Data": [{"VarCharValue": "eventname"}, {"VarCharValue": "errorcode"}]},
            {"Data": [{"VarCharValue": "StartSession"}, {}]}]}});
    assert_eq!(of(&answer), [json!({"eventname": "StartSession"})]);
}

#[test]
fn of_lake() {
    let answer = json!({"QueryStatus": "FINISHED",
        "QueryResultRows": [[{"eventname": "StartSession"}, {"awsregion": "eu-west-1"}]]});
    assert_eq!(of(&answer), [json!({"eventname": "StartSession", "awsregion": "eu-west-1"})]);
}
