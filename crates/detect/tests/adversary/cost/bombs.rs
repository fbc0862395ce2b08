//! Deliveries that are much of one thing.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// Much of one thing.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// Bytes, about.
    pub(crate) size: usize,
    /// Makes so many.
    pub(crate) make: fn(usize) -> Vec<u8>,
    /// How many times its size it is once it is unpacked.
    pub(crate) inflates: usize,
}

const fn plain(name: &'static str, size: usize, make: fn(usize) -> Vec<u8>) -> Bomb {
    Bomb { name, size, make, inflates: 1 }
}

/// All of them.
pub(crate) const ALL: [Bomb; 34] = [
    plain("many targets", 6_000, |size| {
        let ids: Vec<Value> = (0..size / 22).map(|n| json!(format!("i-{n:017x}"))).collect();
        command(&json!({"documentName": "AWS-RunShellScript", "instanceIds": ids}))
    }),
    plain("many named targets", 6_000, |size| {
        let items: Vec<Value> =
            (0..size / 40).map(|n| json!({"instanceId": format!("i-{n:017x}")})).collect();
        cloudtrail("ec2.amazonaws.com", "TerminateInstances", &json!({"instancesSet": {"items": items}}))
    }),
    plain("many keys", 6_000, |size| {
        let keys: serde_json::Map<String, Value> =
            (0..size / 16).map(|n| (format!("key{n:07}"), json!(1))).collect();
        command(&Value::Object(keys))
    }),
    plain("an object in many pieces", 6_000, |size| {
        let mut record: Value = serde_json::from_slice(&command(&json!(null))).expect("JSON");
        for n in 0..size / 45 {
            record[format!("requestParameters.parameters.commands.{n}")] = json!("x");
            record[format!("responseElements.zz{n}.a.b")] = json!(n);
        }
        record.to_string().into_bytes()
    }),
    plain("a piece of many parts", 6_000, |size| {
        let mut record: Value = serde_json::from_slice(&command(&json!(null))).expect("JSON");
        record[format!("requestParameters/{}", "a/".repeat(size / 2))] = json!("x");
        record.to_string().into_bytes()
    }),
    plain("a key of joints", 6_000, |size| {
        let mut record: Value = serde_json::from_slice(&command(&json!(null))).expect("JSON");
        record[format!("a{}", "_".repeat(size))] = json!("x");
        record.to_string().into_bytes()
    }),
    plain("a plan for many machines", 6_000, |size| {
        let maps: Vec<Value> =
            (0..size / 38).map(|n| json!({"InstanceIds": [format!("i-{n:017x}")]})).collect();
        let targets: Vec<Value> = (0..size / 80)
            .map(|n| json!({"key": "ParameterValues", "values": [format!("i-1{n:016x}")]}))
            .collect();
        let plan = json!({"documentName": "AWS-RunShellScript", "targetMaps": maps, "targets": targets});
        cloudtrail("ssm.amazonaws.com", "StartAutomationExecution", &plan)
    }),
    plain("one key again and again", 6_000, |size| {
        let keys = r#""documentName":"x","#.repeat(size / 19);
        let record = command(&json!({"zz": 1}));
        String::from_utf8_lossy(&record).replace(r#""zz":1"#, &format!("{keys}\"zz\":1")).into_bytes()
    }),
    plain("many deep records", 10_000, |size| {
        let one = format!("{}1{}\n", "[".repeat(100), "]".repeat(100));
        one.repeat(size / one.len()).into_bytes()
    }),
    plain("too deep a record", 10_000, |size| "[".repeat(size).into_bytes()),
    plain("too deep an object", 10_000, |size| r#"{"a":"#.repeat(size / 5).into_bytes()),
    plain("deep inside a record", 10_000, |size| {
        let deep = format!("{}1{}", r#"{"a":["#.repeat(40), "]}".repeat(40));
        let all = vec![serde_json::from_str::<Value>(&deep).expect("JSON"); size / deep.len()];
        command(&json!({ "zz": all }))
    }),
    plain("empty records", 3_000, |size| {
        format!("{{\"Records\":[{}{{}}]}}", "{},".repeat(size / 3)).into_bytes()
    }),
    plain("records nobody knows", 10_000, |size| {
        let lines: Vec<String> = (0..size / 12).map(|n| format!("{{\"a\":{n:05}}}")).collect();
        lines.join("\n").into_bytes()
    }),
    plain("records that are broken", 5_000, |size| r#"{"a":"x},{"b":1}"#.repeat(size / 16).into_bytes()),
    plain("records that are nearly JSON", 6_000, |size| {
        let one = String::from_utf8_lossy(&command(&json!({"zz": 1}))).replace(r#""zz":1"#, r#""zz":NaN,"#);
        format!("{one}\n").repeat(1 + size / (one.len() + 1)).into_bytes()
    }),
    plain("one record that is nearly JSON", 10_000, |size| {
        let values = "NaN,".repeat(size / 4);
        String::from_utf8_lossy(&command(&json!({"zz": 1})))
            .replace("1}", &format!("[{values}]}}"))
            .into_bytes()
    }),
    plain("quotes that do not end", 5_000, |size| {
        format!("a,b\n{}", "\"x,y\n".repeat(size / 5)).into_bytes()
    }),
    plain("a wide table", 6_000, |size| {
        let names: Vec<String> = (0..200).map(|n| format!("c{n}")).collect();
        let row = vec!["v"; 200].join(",");
        format!("{}\n{}", names.join(","), format!("{row}\n").repeat(size / 400)).into_bytes()
    }),
    plain("rows in a table", 6_000, |size| {
        let rows = vec![json!(["a", "b"]); size / 10];
        let columns = [json!({"name": "x", "type": "string"}), json!({"name": "y", "type": "string"})];
        json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}]})
            .to_string()
            .into_bytes()
    }),
    plain("a table column by column", 6_000, |size| {
        let column = |letter: &str| -> serde_json::Map<String, Value> {
            (0..size / 56).map(|n| (n.to_string(), json!(letter))).collect()
        };
        json!({"a": column("a"), "b": column("b"), "c": column("c"), "d": column("d")})
            .to_string()
            .into_bytes()
    }),
    plain("values of types of types", 6_000, |size| {
        let one =
            format!(r#"{{"a":{}{{"S":"x"}}{},"b":{{"S":"y"}}}}"#, r#"{"L":["#.repeat(30), "]}".repeat(30));
        format!("{one}\n").repeat(1 + size / one.len()).into_bytes()
    }),
    plain("text in text", 10_000, |size| {
        let mut text = String::from_utf8_lossy(&command(&json!({"zz": "x".repeat(size / 16)}))).into_owned();
        for _ in 0..4 {
            text = json!({ "zz-carried": text }).to_string();
        }
        text.into_bytes()
    }),
    plain("Base64 of nothing", 10_000, |size| {
        json!({"zz": STANDARD.encode(vec![b'{'; size])}).to_string().into_bytes()
    }),
    plain("records in a list of text", 20_000, |size| {
        let one = String::from_utf8_lossy(&command(&json!({"zz": 1}))).into_owned();
        let count = 1 + size / one.len();
        json!({ "zz": vec![one; count] }).to_string().into_bytes()
    }),
    plain("a Java map", 6_000, |size| {
        let map = format!("{{a={}1{}}}", "{b=".repeat(20), "}".repeat(20));
        let all = vec![map.clone(); size / map.len()].join(", ");
        let mut record: Value = serde_json::from_slice(&command(&json!(null))).expect("JSON");
        record["requestParameters"] = format!("{{zz=[{all}]}}").into();
        record.to_string().into_bytes()
    }),
    plain("a command line of quotes", 5_000, |size| {
        process(&format!("cmd /c {}", "\"^& 'x' ".repeat(size / 9)))
    }),
    plain("a command line of shells", 5_000, |size| {
        process(&format!("sh -c {}", "sh -c 'x | ".repeat(size / 11)))
    }),
    plain("a command line of options", 5_000, |size| {
        process(&format!("aws {} ssm start-session", "--a b ".repeat(size / 6)))
    }),
    plain("an encoded command line", 5_000, |size| {
        process(&format!("powershell -enc {}", STANDARD.encode(vec![b'a'; size / 2])))
    }),
    plain("what looks like secrets", 5_000, |size| {
        command(&json!({"comment": "password=".repeat(size / 9)}))
    }),
    plain("markup", 5_000, |size| format!("<Event>{}", "<Data Name='a'>".repeat(size / 15)).into_bytes()),
    plain("one actor's many sessions", 13_000, |size| {
        let lines: Vec<String> = (0..=size / 500)
            .map(|n| {
                let record = cloudtrail(
                    "ssm.amazonaws.com",
                    "StartSession",
                    &json!({"target": format!("i-{n:017x}")}),
                );
                format!("{}\n", String::from_utf8_lossy(&record).replace("000000000001", &format!("{n:012}")))
            })
            .collect();
        lines.concat().into_bytes()
    }),
    Bomb {
        name: "packed nothing",
        size: 50,
        inflates: 1_000,
        make: |size| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
            gzip.write_all("{}\n".repeat(size * 100).as_bytes()).expect("memory");
            gzip.finish().expect("memory")
        },
    },
];

fn cloudtrail(source: &str, name: &str, request: &Value) -> Vec<u8> {
    let record = json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333",
            "userName": "dana", "principalId": "AIDAEXAMPLE"},
        "eventTime": "2026-03-18T09:00:00Z", "eventSource": source, "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.45", "requestParameters": request,
        "eventID": "00000000-0000-4000-8000-000000000001", "recipientAccountId": "111122223333",
    });
    record.to_string().into_bytes()
}

fn command(request: &Value) -> Vec<u8> {
    cloudtrail("ssm.amazonaws.com", "SendCommand", request)
}

fn process(line: &str) -> Vec<u8> {
    let record = json!({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "h", "EventRecordID": 1,
        "Image": "C:\\Windows\\System32\\cmd.exe", "User": "h\\dana", "UtcTime": "2026-03-18 09:00:00.000",
        "CommandLine": line,
    });
    record.to_string().into_bytes()
}
