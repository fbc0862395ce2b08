use crate::rules::{Loading, RuleFile, load_as};

fn told(detection: &str) -> Vec<String> {
    let text = format!(
        "title: t\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  s:\n{detection}  condition: s\n"
    );
    let files = [RuleFile { path: "t.yml".to_owned(), text }];
    let loaded = load_as(&files, Loading { shipped: false, ..Loading::default() });
    assert_eq!(loaded.errors().count(), 0, "{:?}", loaded.errors().collect::<Vec<_>>());
    loaded.reports.iter().flat_map(|report| &report.warnings).map(|warning| warning.message.clone()).collect()
}

#[test]
fn a_value_that_no_record_holds_is_pointed_at() {
    for (detection, word) in [
        ("    eventName: |\n      StartSession\n", "line's end"),
        ("    eventName|contains: |\n      StartSession\n", "line's end"),
        ("    eventName: 'StartSession '\n", "blank"),
        ("    eventName: ' StartSession'\n", "blank"),
        ("    eventName: \"Start\\u00a0Session\"\n", "no-break"),
        ("    eventSource: ssm\n", ".amazonaws.com"),
        ("    eventSource: [ec2.amazonaws.com, SSM.amazonaws.com.cn]\n", ".amazonaws.com"),
    ] {
        let told = told(detection);
        assert!(told.len() == 1 && told[0].contains(word), "{detection}: {told:?}");
    }
}

#[test]
fn what_may_be_meant_is_left_alone() {
    for detection in [
        "    eventName: |-\n      StartSession\n",
        "    userAgent|contains: ' md/'\n",
        "    userAgent|re: '^a $'\n",
        "    eventSource: 'ss*'\n",
        "    eventSource|startswith: ssm\n",
        "    eventSource: SSM.amazonaws.com\n",
        "    userAgent: ssm\n",
    ] {
        assert!(told(detection).is_empty(), "{detection}: {:?}", told(detection));
    }
}
