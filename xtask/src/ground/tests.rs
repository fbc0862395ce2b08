use trailhound_detect::rules::load_embedded;

use super::list::{Ground, List, Verdict};
use super::proof;

fn ground(aws: &str, none: &str) -> Ground {
    Ground { aws: List::parse(aws, none), azure: List::default(), stratus: Vec::new(), attack: Vec::new() }
}

#[test]
fn a_verdict_is_a_rule_or_a_reason() {
    let faults = |aws: &str| ground(aws, "").faults().join("\n");
    assert_eq!(faults("ssm\tSendCommand\tcode execution\taws-ssm-run-command"), "");
    assert_eq!(faults("ssm\tPutParameter\tcode execution\t\twhat reads it is told"), "");
    for (line, says) in [
        ("ssm\tSendCommand\tcode execution", "a rule or a reason"),
        ("ssm\tSendCommand\tcode execution\taws-ssm-run-command\tand a reason", "a rule or a reason"),
        ("ssm\tSendCommand\tcode\taws-ssm-run-command", "'code' is no class"),
        ("ssm\tSendCommand", "cannot read"),
    ] {
        assert!(faults(line).contains(says), "{line}: {}", faults(line));
    }
    let twice = "ssm\tSendCommand\tcode execution\taws-ssm-run-command\n".repeat(2);
    assert!(faults(&twice).contains("twice"));
    let both = ground("ssm\tSendCommand\tcode execution\taws-ssm-run-command", "ssm\tGetCommand SendCommand");
    assert!(both.faults().join("\n").contains("of interest and of none"));
}

#[test]
fn a_rule_that_does_not_fire_is_no_verdict() {
    let rules = load_embedded().rules;
    let row = |operation: &str, record: Option<&str>| Verdict {
        service: "ec2".to_owned(),
        operation: operation.to_owned(),
        class: "reach".to_owned(),
        rule: None,
        reason: None,
        record: record.map(str::to_owned),
    };
    let prove = |row: &Verdict, rule: &str| {
        proof::prove(&rules, row, rule, proof::aws(row)).map(|proven| proven.level)
    };
    let optional =
        r#"{"requestParameters":{"ModifyInstanceMetadataOptionsRequest":{"HttpTokens":"optional"}}}"#;
    let weakened = row("ModifyInstanceMetadataOptions", Some(optional));
    assert!(prove(&weakened, "aws-imds-weakened").is_ok());
    assert!(prove(&weakened, "aws-imds-weaken").unwrap_err().contains("no rule"));
    assert!(prove(&weakened, "aws-eic-key-push").unwrap_err().contains("does not fire"));
    assert!(
        prove(&row("ModifyInstanceMetadataOptions", None), "aws-imds-weakened").is_err(),
        "names are not enough"
    );
}

#[test]
fn an_operation_that_the_list_does_not_have_is_new() {
    let list = List::parse("ssm\tSendCommand\tcode execution\taws-ssm-run-command", "ssm\tGetCommand");
    assert!(list.has("ssm", "SendCommand") && list.has("ssm", "GetCommand"));
    assert!(!list.has("ssm", "StartSession") && !list.has("ec2", "SendCommand"));
}

#[test]
fn what_an_emulation_does_has_a_verdict_too() {
    let of = |line: &str| {
        let ground = Ground { stratus: super::list::techniques(line), ..ground("", "") };
        [ground.faults(), proof::of(&ground).1].concat().join("\n")
    };
    assert_eq!(of("aws.execution.ssm-send-command\taws-ssm-run-command"), "");
    assert_eq!(of("aws.impact.x\t\tdestruction"), "");
    assert!(of("aws.execution.ssm-send-command").contains("a rule or a reason"));
    assert!(of("aws.execution.ssm-send-command\taws-ssm-run").contains("no rule"));
}
