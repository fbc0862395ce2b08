use serde_json::{Value, json};

use crate::event::testing::facts;
use crate::facts::Trusted;
use crate::facts::Trusted::{Account, Conditioned, Everybody, Foreign};

fn trusted(policy: &str) -> Vec<Trusted> {
    let record: Value = json!({
        "eventVersion": "1.11", "eventTime": "2026-11-20T09:00:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": "UpdateAssumeRolePolicy", "awsRegion": "us-east-1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333"},
        "requestParameters": {"roleName": "ops", "policyDocument": policy}, "eventID": "e-1", "eventType": "AwsApiCall"
    });
    facts(&record).trusted
}

fn allowing(principal: &str, rest: &str) -> Vec<Trusted> {
    trusted(&format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{rest}}}]}}"#
    ))
}

#[test]
fn each_principal_counts_beside_the_others() {
    assert_eq!(
        allowing(r#"{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::999988887777:root"]}"#, ""),
        [Account, Foreign]
    );
    assert_eq!(allowing(r#"{"AWS":["999988887777"]}"#, ""), [Foreign]);
    assert_eq!(allowing(r#"{"AWS":"AROAEXAMPLEROLEID0001"}"#, ""), [Account]);
    assert_eq!(allowing(r#"{"Service":"ec2.amazonaws.com"}"#, ""), []);
    assert_eq!(allowing(r#""*""#, ""), [Everybody]);
    assert_eq!(allowing(r#"{"AWS":["*"]}"#, ""), [Everybody]);
}

#[test]
fn numbers_elsewhere_and_escapes_say_nothing_of_who_is_let_in() {
    let condition = r#","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#;
    assert_eq!(allowing(r#"{"AWS":"arn:aws:iam::999988887777:root"}"#, condition), [Foreign]);
    let named = r#"{"Id":"111122223333","Statement":{"Sid":"111122223333","Effect":"Allow","Principal":{"AW\u0053":"arn:aws:iam::99998888\u0037777:root"},"Action":"sts:AssumeRole"}}"#;
    assert_eq!(trusted(named), [Foreign]);
}

#[test]
fn a_condition_narrows_its_own_statement_alone() {
    let other = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringEquals":{"sts:ExternalId":"word"}}}]}"#;
    assert_eq!(trusted(other), [Everybody]);
}

#[test]
fn only_what_not_everybody_meets_narrows() {
    for (condition, left) in [
        (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, Conditioned),
        (r#"{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#, Conditioned),
        // What the intruder knows, sets or has.
        (r#"{"StringEquals":{"sts:ExternalId":"word"}}"#, Everybody),
        (r#"{"StringEquals":{"aws:RequestTag/k":"v"}}"#, Everybody),
        (r#"{"StringEquals":{"aws:PrincipalTag/k":"v"}}"#, Everybody),
        (r#"{"StringLike":{"aws:userid":"AROAFOREIGN*"}}"#, Everybody),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, Everybody),
        (r#"{"StringLike":{"aws:PrincipalAccount":"4444????????"}}"#, Everybody),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::44445555666?:role/x"}}"#, Everybody),
        (r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/*"}}"#, Conditioned),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, Everybody),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, Account),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/*"}}"#, Foreign),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, Everybody),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, Everybody),
        (r#"{"StringLike":{"sts:RoleSessionName":"ops-*"}}"#, Everybody),
        (r#"{"StringLike":{"sts:ExternalId":"*"}}"#, Everybody),
        (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#, Everybody),
        (r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#, Everybody),
        (r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1/*"}}"#, Everybody),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#, Everybody),
    ] {
        assert_eq!(
            allowing(r#"{"AWS":"*"}"#, &format!(r#","Condition":{condition}"#)),
            [left],
            "{condition}"
        );
    }
}

#[test]
fn what_denies_or_only_tags_lets_nobody_in() {
    for statement in [
        r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":["sts:TagSession"]}"#,
    ] {
        assert_eq!(trusted(&format!(r#"{{"Statement":[{statement}]}}"#)), [], "{statement}");
    }
    let but = r#"{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:*"}}"#;
    assert_eq!(trusted(but), [Everybody]);
}
