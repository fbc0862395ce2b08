//! Matches to describe: one of each kind of log, with documentation values only.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{
    Action, Actor, ActorKind, Entra, Facts, LogType, Outcome, OutcomeKind, Process, Provider, Scope, Source,
    Target, Tunnel,
};
use crate::matched::{Level, Match, Provenance, RuleInfo, Score, ScorePart};

pub(in crate::describe) fn now() -> Timestamp {
    "2026-03-18T10:20:41Z".parse().unwrap()
}

pub(in crate::describe) fn time() -> Timestamp {
    "2026-03-18T10:15:30Z".parse().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "every use wants an option")]
pub(in crate::describe) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "every use wants an option")]
fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

pub(in crate::describe) fn facts(log: LogType) -> Facts {
    Facts {
        event_uid: "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b".to_owned(),
        time: Some(time()),
        original_time: "2026-03-18T10:15:30Z".to_owned(),
        outcome: crate::event::Outcome::done(),
        ..Facts::new(log)
    }
}

fn rule(name: &str, techniques: &[&str], sentence: &str) -> RuleInfo {
    RuleInfo {
        name: name.to_owned(),
        id: "00000000-0000-4000-8000-000000000001".to_owned(),
        catalogue: text("AWS-02"),
        title: "Port forwarding opened through Session Manager".to_owned(),
        description: "The instance can be used\nto reach hosts behind it.".to_owned(),
        status: "stable".to_owned(),
        version: "2026-11-20".to_owned(),
        level: Level::High,
        techniques: techniques.iter().map(|&id| id.to_owned()).collect(),
        tactics: vec!["lateral-movement".to_owned()],
        references: vec!["https://docs.example.com/session-manager".to_owned()],
        sentence: sentence.to_owned(),
        why: "A tunnel makes the instance a jump host.".to_owned(),
        check: "Ask the session's owner; end the session if nobody expected it.".to_owned(),
        ..RuleInfo::default()
    }
}

fn matched(rule: RuleInfo, facts: Facts) -> Match {
    let from = Provenance {
        origin: "s3://example-trail/AWSLogs/example.json.gz#3".to_owned(),
        delivery: "s3://example-trail/AWSLogs/example.json.gz".to_owned(),
        raw_hash: "67".repeat(32),
        raw_size: 1_412,
        unvouched: false,
        replayed: false,
    };
    let mut found = Match::of(Arc::new(rule), facts, from);
    found.verdict.labels = vec!["data-store".to_owned()];
    found.verdict.score = Score {
        value: 80,
        parts: vec![
            ScorePart { because: "high".to_owned(), points: 70 },
            ScorePart { because: "a person without MFA".to_owned(), points: 10 },
        ],
    };
    found
}

/// A port forwarding session.
pub(in crate::describe) fn aws() -> Match {
    let facts = Facts {
        action: Action {
            service: "ssm.amazonaws.com".to_owned(),
            operation: "StartSession".to_owned(),
            key: "ssm:StartSession".to_owned(),
        },
        actor: Actor {
            key: "arn:aws:iam::111122223333:role/OpsReadOnly".to_owned(),
            kind: ActorKind::Role,
            type_name: "AssumedRole".to_owned(),
            display: "OpsReadOnly/dana".to_owned(),
            uid: text("arn:aws:sts::111122223333:assumed-role/OpsReadOnly/dana"),
            principal_id: text("AROAEXAMPLEROLEID0001:dana"),
            name: text("dana"),
            session: text("dana"),
            issuer: text("arn:aws:iam::111122223333:role/OpsReadOnly"),
            session_created: Some("2026-03-18T09:58:02Z".parse().unwrap()),
            credential_uid: text("ASIAEXAMPLEKEY000001"),
            account: text("111122223333"),
            mfa: Some(false),
            is_human: true,
            ..Actor::default()
        },
        source: Source {
            ip: ip("203.0.113.45"),
            user_agent: text("aws-cli/2.22.0 md/command#ssm.start-session"),
            cli_command: text("ssm.start-session"),
            ..Source::default()
        },
        target: Target {
            ids: vec!["i-0123456789abcdef0".to_owned()].into(),
            names: vec!["i-0123456789abcdef0".to_owned()].into(),
            kind: "AWS::EC2::Instance".to_owned(),
            count: 1,
            ..Target::default()
        },
        scope: Scope {
            account: "111122223333".to_owned(),
            region: text("eu-west-1"),
            partition: text("aws"),
            ..Scope::default()
        },
        document: text("AWS-StartPortForwardingSessionToRemoteHost"),
        session_id: text("dana-0a1b2c3d4e5f67890"),
        request_id: text("5b1f0a52-7f1e-4a54-9c0e-1d2f3a4b5c6d"),
        tunnel: Some(Tunnel {
            host: text("db.internal.example"),
            port: text("5432"),
            local_port: text("15432"),
        }),
        log_version: text("1.11"),
        ..facts(LogType::CloudTrail)
    };
    let sentence = "{actor} opened a tunnel to {remote} through {target}";
    matched(rule("aws-ssm-session-tunnel", &["T1021.008", "T1572"], sentence), facts)
}

/// A run command of a service principal.
pub(in crate::describe) fn azure() -> Match {
    let vm = "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/rg-payments/providers/\
              Microsoft.Compute/virtualMachines/vm-pay-01";
    let facts = Facts {
        action: Action {
            service: "Microsoft.Compute".to_owned(),
            operation: "Microsoft.Compute/virtualMachines/runCommand/action".to_owned(),
            key: "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION".to_owned(),
        },
        outcome: Outcome { kind: OutcomeKind::Accepted, code: text("Accept"), message: None },
        actor: Actor {
            key: "77777777888899990000aaaaaaaaaaaa".to_owned(),
            kind: ActorKind::ServicePrincipal,
            type_name: "ServicePrincipal".to_owned(),
            display: "77777777-8888-9999-0000-aaaaaaaaaaaa".to_owned(),
            uid: text("77777777-8888-9999-0000-aaaaaaaaaaaa"),
            app_id: text("12121212-3434-5656-7878-909090909090"),
            role: text("Virtual Machine Contributor"),
            ..Actor::default()
        },
        source: Source { ip: ip("198.51.100.23"), ..Source::default() },
        target: Target {
            ids: vec![vm.to_lowercase()].into(),
            names: vec![vm.to_owned()].into(),
            kind: "Microsoft.Compute/virtualMachines".to_owned(),
            count: 1,
            ..Target::default()
        },
        scope: Scope {
            account: "00000000-1111-2222-3333-444444444444".to_owned(),
            subscription: text("00000000-1111-2222-3333-444444444444"),
            tenant: text("abababab-cdcd-efef-0101-232323232323"),
            resource_group: text("rg-payments"),
            ..Scope::default()
        },
        correlation_id: text("9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"),
        log_name: text("Administrative"),
        ..facts(LogType::AzureActivity)
    };
    matched(
        rule("azure-vm-runcommand-v1", &["T1651"], "{actor} ran a script on {target} with Run Command"),
        facts,
    )
}

/// A risky sign-in.
pub(in crate::describe) fn entra() -> Match {
    let facts = Facts {
        action: Action {
            service: "Microsoft Entra ID".to_owned(),
            operation: "Sign-in activity".to_owned(),
            key: "signin:SignInLogs".to_owned(),
        },
        actor: Actor {
            key: "9b117c67170e4aed9702658b3fddc889".to_owned(),
            kind: ActorKind::User,
            type_name: "User".to_owned(),
            display: "alice@example.com".to_owned(),
            uid: text("9b117c67-170e-4aed-9702-658b3fddc889"),
            name: text("alice@example.com"),
            is_human: true,
            ..Actor::default()
        },
        source: Source { ip: ip("2001:db8::7"), asn: Some(64_496), country: text("CH"), ..Source::default() },
        target: Target {
            ids: vec!["azure portal".to_owned()].into(),
            kind: "Application".to_owned(),
            count: 1,
            ..Target::default()
        },
        scope: Scope {
            account: "abababab-cdcd-efef-0101-232323232323".to_owned(),
            tenant: text("abababab-cdcd-efef-0101-232323232323"),
            ..Scope::default()
        },
        entra: Some(Entra {
            app_name: text("Azure Portal"),
            risk_level: text("high"),
            risk_types: vec!["anonymizedIPAddress".to_owned()],
            ..Entra::default()
        }),
        ..facts(LogType::EntraSignIn)
    };
    matched(
        rule("entra-risky-signin-success", &["T1021.007", "T1078.004"], "{actor} signed in to {app}"),
        facts,
    )
}

/// A shell under a guest agent.
pub(in crate::describe) fn host() -> Match {
    let facts = Facts {
        action: Action {
            service: "process".to_owned(),
            operation: "process_start".to_owned(),
            key: "process_start".to_owned(),
        },
        actor: Actor {
            key: "CORP\\svc".to_owned(),
            kind: ActorKind::Local,
            display: "CORP\\svc".to_owned(),
            ..Actor::default()
        },
        target: Target {
            ids: vec!["web-01".to_owned()].into(),
            kind: "Host".to_owned(),
            count: 1,
            ..Target::default()
        },
        process: Some(Process {
            image: text(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"),
            command_line: text("powershell.exe -enc aGVsbG8gd29ybGQ= -Password hunter2"),
            parent_image: text(r"C:\Packages\Plugins\RunCommandExtension.exe"),
            hashes: None,
            pid: Some(4_242),
            host: text("web-01"),
            ..Process::default()
        }),
        ..facts(LogType::ProcessCreation)
    };
    matched(
        rule("endpoint-azure-agent-child", &["T1651"], "A guest agent started a shell on {target}"),
        facts,
    )
}

/// One of each.
pub(in crate::describe) fn all() -> Vec<Match> {
    let mut attempt = aws();
    attempt.verdict.attempt = true;
    attempt.verdict.level = Level::Medium;
    attempt.facts.outcome = Outcome {
        kind: OutcomeKind::Denied,
        code: text("AccessDenied"),
        message: text("User is not authorized to perform: ssm:StartSession"),
    };
    attempt.facts.target = Target::default();
    let mut bare = aws();
    bare.facts = facts(LogType::CloudTrail);
    bare.facts.time = None;
    bare.facts.original_time = String::new();
    bare.rule = Arc::new(RuleInfo { name: "bare".to_owned(), ..RuleInfo::default() });
    let mut google = aws();
    google.facts.provider = Provider::Gcp;
    google.facts.log = LogType::GcpAudit;
    vec![aws(), azure(), entra(), host(), attempt, bare, google]
}
