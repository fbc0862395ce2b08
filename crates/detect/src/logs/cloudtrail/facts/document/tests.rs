use super::*;
use crate::log_type::LogType;

fn of(name: &str) -> (Option<String>, Option<DocumentOwner>, Option<Purpose>) {
    let mut facts = Facts::new(LogType::CloudTrail);
    facts.scope.account = "111122223333".to_owned();
    set(name, &mut facts);
    (facts.document, facts.document_owner, facts.document_runs)
}

#[test]
fn every_form_of_a_name_is_the_same_document() {
    let upkeep = of("AWS-RunPatchBaseline");
    assert_eq!(upkeep.2, Some(Purpose::Upkeep));
    for form in [
        "aws-runpatchbaseline",
        "AWS-RunPatchBaseline:1",
        "AWS-RunPatchBaseline:$DEFAULT",
        "arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline",
        "arn:aws-cn:ssm:cn-north-1::document/AWS-RUNPATCHBASELINE:3",
        "arn:aws:ssm:eu-west-1::automation-definition/AWS-RunPatchBaseline:$LATEST",
    ] {
        assert_eq!(of(form), upkeep, "{form}");
    }
}

#[test]
fn a_name_that_only_begins_or_ends_like_one_of_aws_is_not_it() {
    for (name, owner, runs) in [
        ("AWS-RunPatchBaselineWithHooks", DocumentOwner::Aws, Some(Purpose::Code)),
        ("AWS-RunPatchBaselineNew", DocumentOwner::Aws, None),
        ("MyAWS-RunPatchBaseline", DocumentOwner::Account, None),
        ("SSM-SessionManagerRunShellEvil", DocumentOwner::Account, None),
        ("arn:aws:ssm:eu-west-1:999999999999:document/AWS-RunPatchBaseline", DocumentOwner::Foreign, None),
        ("arn:aws:ssm:eu-west-1:111122223333:document/AWS-RunPatchBaseline", DocumentOwner::Account, None),
        (
            "arn:aws:ssm:eu-west-1:999999999999:document/SSM-SessionManagerRunShell",
            DocumentOwner::Foreign,
            None,
        ),
    ] {
        let (_, its_owner, its_runs) = of(name);
        assert_eq!((its_owner, its_runs), (Some(owner), runs), "{name}");
    }
}

#[test]
fn the_catalogue_holds_each_name_once_and_only_names_of_aws() {
    let lines = include_str!("../../documents.tsv").lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(CATALOGUE.len(), lines.len());
    for line in lines {
        let (name, runs) = line.split_once('\t').expect("two columns");
        assert!(["code", "upkeep"].contains(&runs), "{line}");
        assert_eq!(of(name).1, Some(DocumentOwner::Aws), "{line}");
    }
}
