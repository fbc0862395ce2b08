use std::process::Command;

use super::*;
use crate::describe::tests::fixture::{aws, azure, entra, text};

fn commands(found: &Match) -> Vec<String> {
    of(found).into_iter().map(|containment| containment.command).collect()
}

/// The words that a shell makes of a command.
fn words(command: &str) -> Vec<String> {
    let script = format!("aws() {{ printf '%s\\n' \"$@\"; }}; az() {{ aws \"$@\"; }}; {command}");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn opened() -> Match {
    let mut found = aws();
    found.facts.action.operation = "StartSession".to_owned();
    found.facts.session_id = text("dana-0a1b2c3d4e5f67890");
    found
}

#[test]
fn a_session_is_ended_and_its_role_loses_its_tokens() {
    let all = commands(&opened());
    assert_eq!(
        words(&all[0]),
        ["ssm", "terminate-session", "--region", "eu-west-1", "--session-id", "dana-0a1b2c3d4e5f67890"]
    );
    let revoking = words(&all[1]);
    assert_eq!(revoking[..4], ["iam", "put-role-policy", "--role-name", "OpsReadOnly"]);
    let policy: serde_json::Value = serde_json::from_str(revoking.last().unwrap()).unwrap();
    assert_eq!(
        policy["Statement"][0]["Condition"]["DateLessThanEquals"]["aws:TokenIssueTime"],
        "2026-03-18T10:15:30Z"
    );
}

#[test]
fn a_command_is_cancelled_and_keys_are_disabled() {
    let mut found = opened();
    found.facts.action.operation = "SendCommand".to_owned();
    found.facts.command_id = text("00000000-0000-4000-8000-000000000003");
    found.facts.actor.kind = ActorKind::User;
    found.facts.actor.issuer = None;
    found.facts.actor.name = text("erin");
    found.facts.actor.credential_uid = text("AKIAEXAMPLEKEY000001");
    let all = commands(&found);
    assert!(words(&all[0]).contains(&"cancel-command".to_owned()), "{all:?}");
    assert!(all[1].contains("--user-name erin --status Inactive"), "{all:?}");
    assert!(!all.concat().contains("AKIA"), "ids of keys stay in the evidence");
}

#[test]
fn azure_revokes_sessions_and_disables_principals() {
    assert!(commands(&entra()).iter().any(|command| command.ends_with("/revokeSignInSessions")));
    let mut found = azure();
    found.facts.actor.kind = ActorKind::ServicePrincipal;
    found.facts.actor.uid = text("77777777-8888-9999-0000-aaaaaaaaaaaa");
    assert!(commands(&found).iter().any(|command| command.contains("accountEnabled=false")));
}

#[test]
fn what_came_to_nothing_has_nothing_to_contain() {
    for kind in OutcomeKind::ALL.iter().filter(|kind| kind.is_failure()) {
        let mut found = opened();
        found.facts.outcome.kind = *kind;
        assert_eq!(of(&found), [], "{kind:?}");
    }
    let mut found = opened();
    found.verdict.attempt = true;
    assert_eq!(of(&found), []);
}

#[test]
fn what_a_call_ended_itself_is_not_ended_again_and_its_actor_is_still_shut_out() {
    for (operation, command) in
        [("TerminateSession", None), ("CancelCommand", text("00000000-0000-4000-8000-000000000003"))]
    {
        let mut found = opened();
        found.facts.action.operation = operation.to_owned();
        found.facts.command_id = command;
        let all: Vec<&str> = of(&found).iter().map(|containment| containment.what).collect();
        assert_eq!(all, ["Revoke the role's sessions from before this"], "{operation}");
    }
    for (operation, ends) in
        [("MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMANDS/DELETE", true), ("…/runcommands/write", false)]
    {
        let mut found = azure();
        found.facts.action.operation = operation.to_owned();
        found.facts.resource = text("/subscriptions/s/resourcegroups/g/virtualmachines/vm/runCommands/setup");
        found.facts.actor.kind = ActorKind::User;
        found.facts.actor.uid = text("77777777-8888-9999-0000-aaaaaaaaaaaa");
        let all: Vec<&str> = of(&found).iter().map(|containment| containment.what).collect();
        assert_eq!(
            all.contains(&"Delete the run command, with its script and its output"),
            !ends,
            "{operation}"
        );
        assert!(all.contains(&"Revoke the user's sessions"), "{operation}");
    }
}

#[test]
fn a_service_and_a_role_that_nobody_can_change_are_not_revoked() {
    let mut found = opened();
    found.facts.actor.issuer = text(
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ops_0123456789abcdef",
    );
    assert_eq!(commands(&found).len(), 1);
    let mut found = opened();
    found.facts.actor.is_service = true;
    assert_eq!(commands(&found).len(), 1);
}

#[test]
fn a_role_of_another_account_is_not_revoked_here() {
    let mut found = opened();
    found.facts.actor.issuer = text("arn:aws:iam::444455556666:role/OpsReadOnly");
    assert_eq!(commands(&found).len(), 1);
}

#[test]
fn a_shell_takes_every_value_as_one_word() {
    for hostile in [
        "x'; touch /tmp/owned; '",
        "$(id)",
        "`id`",
        "a b",
        "a\"b",
        "a\\",
        "x\nid",
        "--profile=evil",
        "-x",
        "\u{202e}x",
    ] {
        let mut found = opened();
        found.facts.session_id = text(hostile);
        found.facts.actor.issuer = Some(format!("arn:aws:iam::111122223333:role/{hostile}"));
        for command in commands(&found) {
            let words = words(&command);
            let given = words.iter().any(|word| word == hostile);
            assert!(given, "{hostile:?} is not a word of its own: {command}");
            assert!(!hostile.starts_with('-') && !hostile.contains(['\n', '\u{202e}']), "{command}");
        }
    }
}
