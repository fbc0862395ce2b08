//! Records that are parsed: in every shape that the reader accepts, with values and keys spelt in every way.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use trailhound_sigma::{CompiledRule, FieldMap, LogSource, ParseOptions, SigmaDocument, UnknownField, parse};

use super::{super::Screen, spelling::spell};
use crate::event::{FieldMaps, LogType, Reader, Reading};

/// A log source, its type, and fields that rules use.
#[derive(Debug)]
struct Source {
    logsource: &'static str,
    log: LogType,
    fields: &'static [&'static str],
}

const SOURCES: [Source; 6] = [
    Source {
        logsource: "{product: azure, service: activitylogs}",
        log: LogType::AzureActivity,
        fields: &[
            "operationName",
            "operationName",
            "operationName",
            "category",
            "caller",
            "correlationId",
            "callerIpAddress",
            "IPAddress",
            "resourceId",
            "resultSignature",
            "properties.message",
            "properties.responseBody.name",
            "identity.claims.appid",
            "claims.appid",
        ],
    },
    Source {
        logsource: "{product: azure, service: signinlogs}",
        log: LogType::EntraSignIn,
        fields: &[
            "category",
            "properties.appId",
            "properties.userAgent",
            "properties.riskEventTypes_v2",
            "callerIpAddress",
            "location.countryOrRegion",
            "resultType",
            "UserPrincipalName",
        ],
    },
    Source {
        logsource: "{product: azure, service: auditlogs}",
        log: LogType::EntraAudit,
        fields: &[
            "operationName",
            "InitiatedBy.user.userPrincipalName",
            "TargetResources.displayName",
            "Service",
        ],
    },
    Source {
        logsource: "{product: azure, service: riskdetection}",
        log: LogType::EntraRisk,
        fields: &["riskEventType", "properties.riskLevel", "ipAddress"],
    },
    Source {
        logsource: "{product: azure, service: bastionauditlogs}",
        log: LogType::BastionAudit,
        fields: &["operationName", "UserName", "Message"],
    },
    Source {
        logsource: "{category: process_creation, product: windows}",
        log: LogType::ProcessCreation,
        fields: &["Image", "CommandLine", "ParentImage", "User", "NewProcessName"],
    },
];

/// The fields as they are, each holding whatever a rule asks for.
struct Open;

impl FieldMap for Open {
    fn resolve(&self, logsource: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        FieldMaps.resolve(logsource, field)
    }
}

fn compile(source: &Source, detection: &str) -> Option<CompiledRule> {
    let text = format!(
        "title: t\nlogsource: {}\ndetection:\n  {}\n",
        source.logsource,
        detection.replace('\n', "\n  ")
    );
    let document = parse("t.yml", &text, &ParseOptions::default())
        .unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
        .remove(0);
    let SigmaDocument::Rule(rule) = document else { panic!("{text}") };
    CompiledRule::compile(&rule, &Open).map_err(|wrong| panic!("{wrong}\n{text}")).ok()
}

fn item(source: &'static Source) -> impl Strategy<Value = String> {
    let chain = ["", "", "", "|contains", "|startswith", "|endswith", "|cased", "|re|i", "|neq"];
    let wanted =
        ["run/action", "Run/Action", "run*", "*action", "k\u{fc}rze", "re\u{212a}ord", "record", "22"];
    (select(source.fields), select(chain.to_vec()), prop::collection::vec(select(wanted.to_vec()), 1..3))
        .prop_map(|(field, chain, values)| {
            let plain = |value: &&&str| !chain.starts_with("|re") || !value.starts_with('*');
            let values: Vec<String> = values.iter().filter(plain).map(|value| format!("'{value}'")).collect();
            let values = if values.is_empty() { "'Run'".to_owned() } else { values.join(", ") };
            format!("'{field}{chain}': [{values}]")
        })
}

fn detection(source: &'static Source) -> impl Strategy<Value = String> {
    let conditions = ["s", "s", "s and t", "s or t", "s and not t", "1 of them"];
    let rare = prop_oneof![
        12 => item(source),
        1 => Just(format!("'{}': null", source.fields[0])),
        1 => Just("'n.outcome': success".to_owned()),
    ];
    (item(source), rare, select(conditions.to_vec())).prop_map(|(a, b, condition)| {
        let only = if condition == "s" { "" } else { "\nt: {B}" };
        format!("s: {{{a}}}{}\ncondition: {condition}", only.replace('B', &b))
    })
}

fn rules() -> impl Strategy<Value = (&'static Source, Vec<String>)> {
    select((0..SOURCES.len()).collect::<Vec<_>>()).prop_flat_map(|at| {
        let source = &SOURCES[at];
        (Just(source), prop::collection::vec(detection(source), 1..3))
    })
}

/// What may stand where a rule looks.
fn held() -> impl Strategy<Value = Value> {
    let texts =
        ["run/action", "RUN/ACTION", "run", "Other", "K\u{dc}RZE", "Re\u{212a}ord", "record", "22", ""];
    let text = select(texts.to_vec()).prop_map(Value::from);
    let scalar = prop_oneof![8 => text, 1 => select(vec![json!(22), json!(null), json!(true), json!(0.5)])];
    scalar.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            inner.clone().prop_map(|inner| json!({"value": inner, "localizedValue": "Run"})),
            inner.prop_map(|inner| json!({"displayName": inner})),
        ]
    })
}

/// A record in one of the shapes, with three values where rules look.
fn record(shape: usize, a: &Value, b: &Value, c: &Value) -> Value {
    let guid = "00000000-0000-0000-0000-000000000001";
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rest = json!({"operationName": {"value": a}, "status": {"value": "Succeeded"}, "caller": b,
        "eventTimestamp": "2026-11-20T09:00:00Z", "claims": {"appid": c}, "httpRequest": {"clientIpAddress": b},
        "properties": {"message": c, "responseBody": json!({"name": b}).to_string()}, "correlationId": guid});
    let row = json!({"OperationNameValue": a, "ActivityStatusValue": "Success", "Caller": b, "CallerIpAddress": c,
        "Claims": json!({"appid": c}).to_string(), "Properties": json!({"message": b}).to_string()});
    let sign_in = json!({"appId": a, "userAgent": b, "riskEventTypes_v2": [a, c], "ipAddress": c,
        "userPrincipalName": b, "location": {"countryOrRegion": c}, "status": {"errorCode": 0}});
    let audit = json!({"activityDisplayName": a, "initiatedBy": {"user": {"userPrincipalName": b}},
        "targetResources": [{"displayName": c}, {"displayName": a}], "loggedByService": b});
    let activity = json!({"time": "2026-11-20T09:00:00Z", "operationName": a, "category": "Administrative",
        "resultType": "Success", "callerIpAddress": b, "resourceId": c, "correlationId": guid,
        "identity": {"claims": {"appid": c}}, "properties": {"message": b}});
    let with = |base: &Value, key: &str, value: Value| {
        let mut base = base.clone();
        base[key] = value;
        base
    };
    let hub = |category: &str, properties: Value| {
        json!({"time": "2026-11-20T09:00:00Z", "category": category, "operationName": a, "resultType": b,
            "callerIpAddress": c, "resourceId": "/tenants/t/providers/Microsoft.aadiam", "properties": properties})
    };
    let xml = format!(
        "<Event><System><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel></System>\
         <EventData><Data Name='Image'>{}</Data><Data Name='CommandLine'>&#114;{}</Data></EventData></Event>",
        text(a),
        text(b).trim_start_matches('r')
    );
    match shape {
        0 | 1 => activity,
        2 => with(
            &activity,
            "properties",
            json!({"responseBody": json!({"name": c}).to_string(), "message": b}),
        ),
        3 => with(&activity, "properties", json!(json!({"message": b}).to_string())),
        4 => with(&activity, "category", c.clone()),
        5 => with(&activity, "properties.message", c.clone()),
        6 => with(&activity, "identity", json!(json!({"claims": {"appid": a}}).to_string())),
        7 => rest,
        8 => {
            json!({"operation_name": a, "event_timestamp": "2026-11-20T09:00:00Z", "caller": b, "claims": {"appid": c}})
        }
        9 => row,
        10 => {
            json!({"tables": [{"columns": [{"name": "OperationNameValue"}, {"name": "Caller"}], "rows": [[a, b], [c, a]]}]})
        }
        11 => json!({"data": {"context": {"activityLog": rest}}}),
        12 => json!({"records": [activity, rest]}),
        13 => {
            json!({"operationName": a, "OperationName": b, "OperationNameValue": c, "ActivityStatus": "Success"})
        }
        14 => hub("SignInLogs", sign_in),
        15 => hub("NonInteractiveUserSignInLogs", json!(sign_in.to_string())),
        16 => with(&sign_in, "category", json!("ServicePrincipalSignInLogs")),
        17 => with(&sign_in, "createdDateTime", json!("2026-11-20T09:00:00Z")),
        18 => {
            json!({"Type": "SigninLogs", "ResultType": a, "AppId": b, "UserPrincipalName": c, "UserAgent": a,
            "LocationDetails": json!({"countryOrRegion": b}).to_string()})
        }
        19 => hub("AuditLogs", audit),
        20 => hub("UserManagement", audit),
        21 => audit,
        22 => {
            json!({"OperationName": a, "InitiatedBy": json!({"user": {"userPrincipalName": b}}).to_string(),
            "TargetResources": json!([{"displayName": c}]).to_string()})
        }
        23 => hub("UserRiskEvents", json!({"riskEventType": a, "riskLevel": b, "ipAddress": c})),
        24 => json!({"RiskEventType": a, "RiskLevel": b, "IpAddress": c}),
        25 => hub("BastionAuditLogs", json!({"userName": b, "message": c})),
        26 => hub("BastionAuditLogs", json!({"UserName": b, "Message": c})),
        27 => {
            json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": a, "CommandLine": b, "User": c})
        }
        28 => {
            json!({"EventID": 4688, "Channel": "Security", "NewProcessName": a, "CommandLine": b, "ParentProcessName": c})
        }
        29 => json!({"category": "WindowsEventLogsTable", "properties": {"EventId": 1, "RawXml": xml}}),
        30 => {
            json!({"category": "AdvancedHunting-DeviceProcessEvents", "properties": {"FileName": a, "ProcessCommandLine": b}})
        }
        31 => {
            json!({"event": {"category": ["process"], "type": ["start"]}, "process": {"executable": a, "command_line": b}})
        }
        32 => json!({"message": activity.to_string()}),
        33 => hub("ResourceThatNobodyKnows", json!({"message": b})),
        34 => with(&activity, "identity", json!({"claims": json!({"appid": a}).to_string(), "x": b})),
        35 => hub("SignInLogs", with(&sign_in, "riskEventTypes_v2", json!(json!([a, b]).to_string()))),
        36 => {
            hub("SignInLogs", with(&sign_in, "location", json!(format!("{{countryOrRegion={}}}", text(b)))))
        }
        37 => {
            hub("AuditLogs", with(&audit, "targetResources", json!(json!([{"displayName": a}]).to_string())))
        }
        38 => hub("BastionAuditLogs", json!(json!({"userName": b, "message": c}).to_string())),
        _ => json!({"hello": a}),
    }
}

const SHAPES: usize = 40;

fn spelt() -> impl Strategy<Value = String> {
    (0..SHAPES, held(), held(), held(), any::<u64>(), any::<bool>()).prop_map(
        |(shape, a, b, c, mut seed, twice)| {
            let mut out = String::new();
            spell(&record(shape, &a, &b, &c), &mut seed, &mut out);
            if twice {
                // Of duplicate keys the last counts, whichever the screen sees.
                out = out.replacen(
                    '{',
                    "{\"operationName\":\"run/action\",\"category\":\"Administrative\",",
                    1,
                );
            }
            out
        },
    )
}

/// What a record holds: does any rule match each of its events? Nothing for what cannot be read.
fn verdicts(record: &str, log: LogType, rules: &[CompiledRule]) -> Vec<Option<bool>> {
    let mut found = Vec::new();
    Reader::default().read(record.as_bytes(), &mut |event| {
        found
            .push(event.ok().map(|event| event.log() == log && rules.iter().any(|rule| rule.matches(event))));
    });
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_wanted_matches_no_rule(
        (source, detections) in rules(),
        records in prop::collection::vec(spelt(), 1..8),
    ) {
        let rules: Vec<CompiledRule> =
            detections.iter().filter_map(|detection| compile(source, detection)).collect();
        let rules_of = rules.iter().map(|rule| (std::slice::from_ref(&source.log), "r", rule));
        let screen = Screen::new(&rules_of.collect::<Vec<_>>());
        for record in &records {
            let verdicts = verdicts(record, source.log, &rules);
            let wanted = |log, form, node: trailhound_sigma::json::Node<'_>| screen.may_match(log, form, node);
            let mut at = 0;
            Reader::default().read_wanted(record.as_bytes(), &wanted, &mut |reading| {
                let verdict = verdicts[at];
                match reading {
                    Reading::Event(_) => assert!(verdict.is_some()),
                    Reading::Unwanted(..) => assert_eq!(verdict, Some(false), "{detections:?}\n{record}"),
                    Reading::Unreadable(..) => assert_eq!(verdict, None),
                    Reading::Notice(_) | Reading::Mended => return,
                }
                at += 1;
            });
            prop_assert_eq!(at, verdicts.len());
        }
    }
}

fn wanted(source: &Source, detection: &str, record: &str) -> bool {
    let rules: Vec<CompiledRule> = compile(source, detection).into_iter().collect();
    let logs = [source.log];
    let screen = Screen::new(&rules.iter().map(|rule| (&logs[..], "r", rule)).collect::<Vec<_>>());
    let mut seen = Vec::new();
    Reader::default().read_wanted(
        record.as_bytes(),
        &|log, form, node: trailhound_sigma::json::Node<'_>| screen.may_match(log, form, node),
        &mut |reading| {
            seen.push(match reading {
                Reading::Event(_) => true,
                Reading::Unwanted(..) => false,
                Reading::Unreadable(unreadable, _) => panic!("{unreadable:?}: {record}"),
                Reading::Notice(_) | Reading::Mended => return,
            });
        },
    );
    seen.contains(&true)
}

#[test]
fn ordinary_records_of_other_operations_are_let_go() {
    let rule = "s:\n  operationName: [A/RUN/ACTION, 'A/B*']\ncondition: s";
    let activity = |operation: &str, properties: &Value| {
        json!({"time": "2026-11-20T09:00:00Z", "category": "Administrative", "operationName": operation,
            "resourceId": "/X", "properties": properties})
        .to_string()
    };
    let body = json!({"responseBody": "{\"a\":1}", "operationName": "A/RUN/ACTION"});
    for properties in [json!({}), json!("{\"operationName\":\"A/RUN/ACTION\"}"), body] {
        assert!(!wanted(&SOURCES[0], rule, &activity("A/LIST/ACTION", &properties)), "{properties}");
        assert!(wanted(&SOURCES[0], rule, &activity("a/run/Action", &properties)), "{properties}");
        assert!(wanted(&SOURCES[0], rule, &activity("a/bcd", &properties)), "{properties}");
    }
    let row =
        |operation| json!({"OperationNameValue": operation, "ActivityStatusValue": "Success"}).to_string();
    assert!(wanted(&SOURCES[0], rule, &row("A/Run/Action")));
    assert!(!wanted(&SOURCES[0], rule, &row("A/List/Action")));
}

#[test]
fn the_rarer_of_two_fields_is_looked_for() {
    let rule = "s:\n  category: SignInLogs\n  properties.appId: [one, two]\ncondition: s";
    let sign_in = |app: &str| json!({"category": "SignInLogs", "properties": {"appId": app}}).to_string();
    assert!(wanted(&SOURCES[1], rule, &sign_in("Two")));
    assert!(!wanted(&SOURCES[1], rule, &sign_in("three")));
    // No rule reads it.
    assert!(!wanted(&SOURCES[0], "s:\n  operationName: A\ncondition: s", &sign_in("one")));
}

#[test]
fn what_is_no_plain_value_under_a_plain_key_is_read() {
    let rule = "s:\n  properties.message: x\ncondition: s";
    let record = |properties: &str| {
        format!(
            "{{\"time\":\"2026-11-20T09:00:00Z\",\"category\":\"Administrative\",\"operationName\":\"A/B\",{properties}}}"
        )
    };
    for properties in [
        r#""properties.message":"x""#,
        r#""properties":{"m\u0065ssage":"x"}"#,
        r#""prop\u0065rties":{"message":"x"}"#,
        r#""properties":[{"message":["y","x"]}]"#,
        r#""properties":{"message":{"value":"y"}}"#,
        r#""properties":{"message":"\u0078"}"#,
        r#""properties":{"message":"x"},"properties":{}"#,
        r#""properties":{"message":1}"#,
        r#""properties":{"message":"\u00e4"}"#,
        // Rewritten, and not under names that we know.
        r#""properties":"{\"message\":\"y\"}""#,
    ] {
        assert!(wanted(&SOURCES[0], rule, &record(properties)), "{properties}");
    }
    for properties in
        [r#""properties":{"message":"y"}"#, r#""properties":{"message":null}"#, r#""message":"x""#]
    {
        assert!(!wanted(&SOURCES[0], rule, &record(properties)), "{properties}");
    }
}
