//! A company whose people reach five accounts through roles, three deep, under one session name; two of them are attackers.
//!
//! All of it comes from one seed. Who did what is known by the events' ids and by nothing that the command reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

/// The accounts: the one of the users, and four that roles lead into.
const ACCOUNTS: [&str; 5] = ["111122223333", "222233334444", "333344445555", "444455556666", "555566667777"];
/// The roles on the way, in the accounts behind the first.
const ROLES: [&str; 3] = ["hub", "team", "ops"];
/// Everybody calls their sessions the same.
const SESSION: &str = "work";
/// The people, attackers first.
pub(crate) const PEOPLE: [&str; 12] =
    ["mallory", "trudy", "alice", "bob", "carol", "dana", "erin", "frank", "grace", "heidi", "ivan", "judy"];

/// What is changed about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Twist {
    /// Nobody's way into the second role is in the logs.
    pub(crate) without_a_link: bool,
    /// The attackers come from one address.
    pub(crate) one_address: bool,
}

/// Its logs, one file an account, and who did what.
pub(crate) struct Campaign {
    pub(crate) files: BTreeMap<&'static str, String>,
    /// The attacker behind an event, by its id.
    pub(crate) attacks: BTreeMap<String, String>,
    twist: Twist,
    serial: u64,
    state: u64,
}

impl Campaign {
    /// With so many records of ordinary work, and people by these names.
    pub(crate) fn of(benign: usize, people: &[&str; 12], twist: Twist) -> Self {
        let mut all = Self { files: BTreeMap::new(), attacks: BTreeMap::new(), twist, serial: 0, state: 7 };
        let chains: Vec<Value> = people.iter().enumerate().map(|(at, name)| all.way(at, name)).collect();
        for n in 0..benign {
            let at = 2 + all.below(10);
            all.ordinary(n, people[at], &chains[at]);
        }
        for at in 0..2 {
            all.attack(at, people[at], &chains[at]);
        }
        all
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }

    fn address(&self, at: usize) -> String {
        match at {
            _ if at >= 2 => "198.51.100.10".to_owned(),
            _ if self.twist.one_address => "203.0.113.66".to_owned(),
            _ => format!("203.0.113.{}", 66 + at),
        }
    }

    /// Writes a record into its account's log.
    fn write(&mut self, account: &'static str, second: usize, more: &Value) -> String {
        self.serial += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", self.serial);
        let time = jiff::Timestamp::from_second(1_773_820_800 + i64::try_from(second).unwrap()).unwrap();
        let mut record = json!({"eventVersion": "1.09", "eventID": id, "eventTime": time.to_string(), "awsRegion": "eu-west-1",
            "eventType": "AwsApiCall", "recipientAccountId": account, "userAgent": "aws-cli/2.15"});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let file = self.files.entry(account).or_default();
        writeln!(file, "{record}").unwrap();
        id
    }

    /// How somebody came to the last role: the hand-outs, in the logs of both accounts. The session at the end of it.
    fn way(&mut self, at: usize, name: &str) -> Value {
        let mut asker = user(name);
        for (deep, role) in ROLES.iter().enumerate() {
            let account = if deep == 2 { ACCOUNTS[3 + at % 2] } else { ACCOUNTS[1 + deep] };
            let key = format!("ASIA{}{:08}", role.to_uppercase(), at);
            let answer = json!({"credentials": {"accessKeyId": key, "sessionToken": "hidden"}, "assumedRoleUser":
                {"assumedRoleId": format!("AROA{role}:{SESSION}"), "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{SESSION}")}});
            let call = |asker: &Value| {
                json!({"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "sourceIPAddress": self.address(at),
                    "userIdentity": asker, "requestParameters": {"roleArn": format!("arn:aws:iam::{account}:role/{role}"), "roleSessionName": SESSION},
                    "responseElements": answer})
            };
            let own = account_of(&asker);
            let seen = json!({"type": "AWSAccount", "accountId": own, "principalId": asker["principalId"]});
            let (full, other) = (call(&asker), call(&seen));
            if !(self.twist.without_a_link && deep == 1) {
                self.write(own, deep, &full);
                self.write(account, deep, &other);
            }
            // All within one second of each other: only keys tell them apart.
            asker = session(account, role, &key, "2026-03-18T08:00:02Z");
        }
        asker
    }

    fn ordinary(&mut self, n: usize, name: &str, chain: &Value) {
        const CALLS: [(&str, &str); 6] = [
            ("ec2", "DescribeInstances"),
            ("s3", "GetObject"),
            ("kms", "Decrypt"),
            ("logs", "GetLogEvents"),
            ("dynamodb", "DescribeTable"),
            ("ec2", "DescribeSubnets"),
        ];
        let (service, call) = CALLS[self.below(CALLS.len())];
        let actor = if self.below(3) == 0 { user(name) } else { chain.clone() };
        let record = json!({"eventSource": format!("{service}.amazonaws.com"), "eventName": call, "readOnly": true,
            "sourceIPAddress": "198.51.100.10", "userIdentity": actor});
        self.write(account_of(&actor), 10 + n % 30_000, &record);
    }

    /// Machines are reached, a command run, a key made and used, and a machine's own identity taken.
    fn attack(&mut self, at: usize, name: &str, chain: &Value) {
        let account = account_of(chain);
        let mut done = Vec::new();
        let call = |service: &str, call: &str, actor: &Value, request: Value, address: String| {
            json!({"eventSource": format!("{service}.amazonaws.com"), "eventName": call, "sourceIPAddress": address,
                "userIdentity": actor, "requestParameters": request, "responseElements": null})
        };
        let address = self.address(at);
        for n in 0..6 {
            // The first machine is of both.
            let machine = machine(if n == 0 { 0 } else { n * 2 + at });
            let record = call("ssm", "StartSession", chain, json!({"target": machine}), address.clone());
            let mut record = record;
            record["responseElements"]["sessionId"] = format!("work-{at}{n:016x}").into();
            done.push(self.write(account, 3_600 + 60 * n + at, &record));
        }
        let run = json!({"documentName": "AWS-RunShellScript", "instanceIds": [machine(20 + at)], "parameters": "HIDDEN"});
        done.push(self.write(account, 4_200 + at, &call("ssm", "SendCommand", chain, run, address.clone())));
        // By her own key, before any role.
        let key = json!({"userName": format!("spare{at}")});
        let mut made = call("iam", "CreateAccessKey", &user(name), key, address.clone());
        made["responseElements"] = json!({"accessKey": {"accessKeyId": format!("AKIASPARE{at}"), "userName": format!("spare{at}"), "status": "Active"}});
        done.push(self.write(ACCOUNTS[0], 4_300 + at, &made));
        let mut spare = user(&format!("spare{at}"));
        spare["accessKeyId"] = format!("AKIASPARE{at}").into();
        let push = json!({"instanceId": machine(22 + at), "instanceOSUser": "ec2-user", "sSHPublicKey": format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample{at}")});
        let elsewhere = format!("192.0.2.{}", 10 + at);
        done.push(self.write(
            ACCOUNTS[0],
            4_400 + at,
            &call("ec2-instance-connect", "SendSSHPublicKey", &spare, push, elsewhere),
        ));
        self.attacks.extend(done.into_iter().map(|id| (id, name.to_owned())));
    }
}

/// The id of one of the forty machines.
fn machine(n: usize) -> String {
    format!("i-{:017x}", 0x00ab_cdef_0000 + n % 40)
}

fn account_of(actor: &Value) -> &'static str {
    ACCOUNTS.iter().find(|own| actor["accountId"] == **own).unwrap()
}

fn user(name: &str) -> Value {
    json!({"type": "IAMUser", "userName": name, "arn": format!("arn:aws:iam::{}:user/{name}", ACCOUNTS[0]),
        "accountId": ACCOUNTS[0], "principalId": format!("AIDA{}", name.to_uppercase()), "accessKeyId": format!("AKIA{}", name.to_uppercase())})
}

fn session(account: &str, role: &str, key: &str, created: &str) -> Value {
    json!({"type": "AssumedRole", "principalId": format!("AROA{role}:{SESSION}"), "accountId": account, "accessKeyId": key,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{SESSION}"),
        "sessionContext": {"attributes": {"creationDate": created, "mfaAuthenticated": "false"},
            "sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}"), "accountId": account, "userName": role}}})
}
