use regex::RegexBuilder;

use super::*;

/// As suppressions read patterns.
fn of(pattern: &str) -> Option<Regex> {
    let marked = regex::escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/:]*");
    RegexBuilder::new(&format!("^{marked}$")).case_insensitive(true).build().ok()
}

#[test]
fn what_names_a_class_is_told_from_what_names_somebody() {
    for (key, class) in [
        (Fact::ActorGroups, "system:authenticated"),
        (Fact::ActorGroups, "system:serviceaccounts:payments"),
        (Fact::ActorGroups, "**:authenticated"),
        (Fact::ActorId, "system:serviceaccount:*:**"),
        (Fact::ActorId, "system:anonymous"),
        (Fact::ActorId, "web01#root"),
        (Fact::ActorId, "web01*"),
        (Fact::ActorId, "web01#*"),
        (Fact::ActorId, "NT AUTHORITY\\*"),
        (Fact::ActorId, "web01#nt author*"),
        (Fact::ActorId, "**\\administrator"),
        (Fact::ActorId, "web01#WEB01\\Administrator"),
        (Fact::ActorId, "LOCAL SERVICE"),
        (Fact::ActorId, "ssm.amazonaws.com"),
        (Fact::ActorId, "*.amazonaws.com"),
        (Fact::ActorId, "*.amazonaws.com.cn"),
        (Fact::ActorId, "Microsoft.Compute"),
        (Fact::ActorId, "microsoft.*"),
        (Fact::ActorId, "federated:111122223333"),
        (Fact::ActorId, "cognito-identity.amazonaws.com#*"),
        (Fact::ActorId, "arn:aws:iam::111122223333:saml-provider/example#**"),
        (Fact::ActorId, "arn:aws:iam::111122223333:role/AmazonSSMRoleForInstancesQuickSetup"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:role/AmazonSSM*"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/*"),
        (Fact::ActorAppId, "00000003-0000-0000-c000-000000000000"),
        (Fact::ActorAppId, "04b07795-*"),
        (Fact::ActorId, "04b077958ddb461abbee02f9e1bf7b46"),
        (Fact::ActorId, "111122223333-compute@developer.gserviceaccount.com"),
        (Fact::ActorId, "111122223333-compute@**"),
    ] {
        assert!(why(key, class, &of).is_some(), "{class}");
    }
    for (key, somebody) in [
        (Fact::ActorId, "system:serviceaccount:payments:deployer"),
        (Fact::ActorId, "system:serviceaccount:payments:deploy-*"),
        (Fact::ActorId, "system:node:aks-pool-vmss000000"),
        (Fact::ActorId, "web01#example\\dana"),
        (Fact::ActorId, "web01#svc-backup"),
        (Fact::ActorId, "*#dana@example.com"),
        (Fact::ActorId, "**#jane.doe@*"),
        (Fact::ActorId, "dana@example.com"),
        (Fact::ActorId, "root:111122223333"),
        (Fact::ActorId, "token.actions.githubusercontent.com#repo:example/infra:ref:refs/heads/main"),
        (Fact::ActorId, "deployer@example-project.iam.gserviceaccount.com"),
        (Fact::ActorId, "000000000000400080000000000000bb"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:role/ci/ansible-*"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:role/ci/*"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:role/adm*"),
        (Fact::ActorIssuer, "arn:aws:iam::111122223333:user/root"),
        (Fact::ActorGroups, "00000000-0000-4000-8000-0000000000bb"),
        (Fact::ActorGroups, "payments-operators"),
        (Fact::ActorAppId, "00000000-0000-4000-8000-0000000000dd"),
        (Fact::Account, "111122223333"),
    ] {
        assert_eq!(why(key, somebody, &of), None, "{somebody}");
    }
}
