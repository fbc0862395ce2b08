//! What people, pipelines and policies do on a day.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Size;
use super::aws::{self, Caller};
use super::azure::{self, Principal};
use super::dice::Dice;

const HOUR: i64 = 3_600;
/// Offices and the gateway for those at home, each with its network of either family.
const NETWORKS: [(&str, &str); 3] =
    [("203.0.113", "2001:db8:a::"), ("198.51.100", "2001:db8:b::"), ("192.0.2", "2001:db8:c::")];
/// So many machines an engineer runs.
const OWN: usize = 3;
/// One session in so many is on another machine.
const ELSEWHERE: usize = 200;
/// What Azure Policy puts on machines: agents of Microsoft's, and one of somebody else's.
const EXTENSIONS: [(&str, &str); 4] = [
    ("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgent"),
    ("Microsoft.GuestConfiguration", "ConfigurationForLinux"),
    ("Microsoft.Azure.AzureDefenderForServers", "MDE.Linux"),
    ("Example.Falcon", "SensorLinux"),
];
const BROWSER: &str =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36";
const CLI: &str = "aws-cli/2.22.0 md/awscrt#0.23.0 ua/2.0 os/macos#24.1.0 md/arch#arm64 lang/python#3.12.6 cfg/retry-mode#standard";
const BOTO: &str =
    "Boto3/1.35.0 md/Botocore#1.35.0 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.3 Botocore/1.35.0";

/// A record and when it happened.
pub(super) type Happening = (Timestamp, String);

/// The company, as far as its days depend on each other.
pub(super) struct Company {
    pub(super) size: Size,
    pub(super) dice: Dice,
    serial: u64,
}

/// Midnight of a day; day 0 is a Monday.
pub(super) fn midnight(day: i64) -> Timestamp {
    let first: Timestamp = "2026-02-02T00:00:00Z".parse().expect("a time");
    first.checked_add(SignedDuration::from_hours(24 * day)).expect("within time")
}

impl Company {
    pub(super) fn new(size: Size) -> Self {
        Self { size, dice: Dice::new(16), serial: 0 }
    }

    pub(super) fn id(&mut self) -> String {
        self.serial += 1;
        format!("{:012x}", self.serial)
    }

    /// Everything of a day, in order.
    pub(super) fn day(&mut self, day: i64) -> Vec<Happening> {
        let mut all = Vec::new();
        self.patching(day, &mut all);
        self.releases(day, &mut all);
        self.pipelines(day, &mut all);
        self.sessions(day, &mut all);
        self.clicks(day, &mut all);
        self.policies(day, &mut all);
        self.scaling(day, &mut all);
        all.sort();
        all
    }

    pub(super) fn at(&mut self, day: i64, hours: (i64, i64)) -> Timestamp {
        let second = self.dice.between(hours.0 * HOUR, hours.1 * HOUR);
        midnight(day).checked_add(SignedDuration::from_secs(second)).expect("within time")
    }

    fn machines_of_account(&self) -> usize {
        self.size.machines * 2 / 3 / self.size.accounts
    }

    fn engineers(&self) -> usize {
        self.size.people / 4
    }

    /// A session of a person, in their account, with a key as old as their day.
    pub(super) fn person(&mut self, role: &str, person: usize, day: i64) -> Caller {
        let account = person % self.size.accounts;
        let (v4, v6) = NETWORKS[person % NETWORKS.len()];
        // One in twenty has both families and uses either.
        let address = if person.is_multiple_of(20) && self.dice.one_in(2) {
            format!("{v6}{:x}", 16 + person % 200)
        } else {
            format!("{v4}.{}", 10 + person % 200)
        };
        Caller {
            account,
            role: format!("AWSReservedSSO_{role}_{account:016x}"),
            session: format!("person-{person}@example.com"),
            key: format!("ASIAEXAMPLE{day:03}{person:06}"),
            address,
            agent: BROWSER,
        }
    }

    pub(super) fn pipeline(&self, n: usize, day: i64) -> Caller {
        let (network, _) = NETWORKS[n % NETWORKS.len()];
        Caller {
            account: n % self.size.accounts,
            role: format!("ci-deploy-{n:02}"),
            session: "runner".to_owned(),
            key: format!("ASIAEXAMPLE{day:03}C{n:05}"),
            address: format!("{network}.{}", 230 + n % 4),
            agent: BOTO,
        }
    }

    fn tell(
        &mut self,
        all: &mut Vec<Happening>,
        by: &Caller,
        at: Timestamp,
        what: (&str, &str),
        body: (Value, Value),
    ) {
        let id = self.id();
        all.push((at, aws::call(by, (at, &id), what, body).to_string()));
    }

    /// By tag, every night, in every account.
    fn patching(&mut self, day: i64, all: &mut Vec<Happening>) {
        for account in 0..self.size.accounts {
            let by = Caller {
                account,
                role: "patching".to_owned(),
                session: "nightly".to_owned(),
                key: format!("ASIAEXAMPLE{day:03}P{account:05}"),
                address: "203.0.113.250".to_owned(),
                agent: BOTO,
            };
            let (at, id) = (self.at(day, (2, 3)), self.id());
            let body = aws::command_by_tag("AWS-RunPatchBaseline", ("PatchGroup", "nightly"), &id);
            self.tell(all, &by, at, ("ssm", "SendCommand"), body);
        }
    }

    /// On Tuesdays each pipeline's document gets new content.
    fn releases(&mut self, day: i64, all: &mut Vec<Happening>) {
        if day.rem_euclid(7) != 1 {
            return;
        }
        for n in 0..self.size.pipelines {
            let by = Caller { role: "release".to_owned(), ..self.pipeline(n, day) };
            let (at, document) = (self.at(day, (9, 10)), format!("deploy-{n:02}"));
            self.tell(all, &by, at, ("ssm", "UpdateDocument"), aws::document(&document, day));
            let at = at.checked_add(SignedDuration::from_secs(20)).expect("within time");
            self.tell(
                all,
                &by,
                at,
                ("ssm", "UpdateDocumentDefaultVersion"),
                aws::default_version(&document, day),
            );
        }
    }

    /// Pipelines run scripts and their own document on the machines of their service, and their document on what
    /// autoscaling made of it, by tag.
    fn pipelines(&mut self, day: i64, all: &mut Vec<Happening>) {
        let commands = many(self.size.commands, day);
        let services = self.size.pipelines.div_ceil(self.size.accounts);
        let of_service = (self.machines_of_account() / services).max(1);
        for at in 0..commands {
            let n = at % self.size.pipelines;
            let by = self.pipeline(n, day);
            let (moment, id) = (self.at(day, (7, 19)), self.id());
            let document = format!("deploy-{n:02}");
            let body = if self.dice.one_in(8) {
                aws::command_by_tag(&document, ("Service", &format!("service-{n:02}")), &id)
            } else {
                let first = n / self.size.accounts * of_service;
                let one = self.dice.below(of_service);
                let machines: Vec<String> = (0..=self.dice.below(3))
                    .map(|more| aws::machine(by.account, first + (one + more) % of_service))
                    .collect();
                let document = if self.dice.one_in(2) { &document } else { "AWS-RunShellScript" };
                aws::command(document, &machines, &id)
            };
            self.tell(all, &by, moment, ("ssm", "SendCommand"), body);
        }
    }

    /// Engineers on the three machines that they run, and seldom on another.
    fn sessions(&mut self, day: i64, all: &mut Vec<Happening>) {
        for n in 0..many(self.size.sessions, day) {
            let person = if n < self.engineers() { n } else { self.dice.below(self.engineers()) };
            let by = Caller { agent: CLI, ..self.person("Operations", person, day) };
            let machine = self.visited(by.account, person);
            let (at, id) = (self.at(day, (7, 18)), self.id());
            let body = aws::session(&by, &machine, &id);
            self.tell(all, &by, at, ("ssm", "StartSession"), body);
        }
    }

    fn visited(&mut self, account: usize, person: usize) -> String {
        let machines = self.machines_of_account();
        if !self.dice.one_in(ELSEWHERE) {
            return aws::machine(account, (person * 7 + self.dice.below(OWN)) % machines);
        }
        // Half of them are machines that autoscaling made today.
        let scaled = machines + 100_000 + self.dice.below(1_000_000);
        let n = if self.dice.one_in(2) { self.dice.below(machines) } else { scaled };
        aws::machine(account, n)
    }

    /// Developers on their own machine, each on nearly every day of the week.
    fn clicks(&mut self, day: i64, all: &mut Vec<Happening>) {
        for n in 0..self.size.clicks {
            let by = self.person("Developer", n, day);
            let (at, id, rests) = (self.at(day, (7, 18)), self.id(), self.dice.one_in(20));
            let machine = aws::machine(by.account, (n * 5 + 2) % self.machines_of_account());
            if !rests {
                self.tell(
                    all,
                    &by,
                    at,
                    ("ec2-instance-connect", "SendSSHPublicKey"),
                    aws::key(&machine, &id),
                );
            }
        }
    }

    /// Each subscription's policy puts agents on machines that lack them: most are new.
    fn policies(&mut self, day: i64, all: &mut Vec<Happening>) {
        for n in 0..self.size.remediations {
            let subscription = (n + usize::try_from(day).unwrap_or_default()) % self.size.subscriptions;
            let by = Principal {
                id: format!("00000000-0000-0000-0002-{subscription:012}"),
                person: None,
                address: format!("198.18.{}.{}", subscription % 8, 20 + self.dice.below(60)),
            };
            let vm = azure::machine(subscription, 10_000 + self.dice.below(50_000));
            let of = EXTENSIONS[self.dice.below(EXTENSIONS.len())];
            let (at, id) = (self.at(day, (0, 24)), self.id());
            let resource = format!("{vm}/extensions/{}", of.1);
            // The body is in one record of two.
            let body = if self.dice.one_in(2) {
                azure::extension(of)
            } else {
                json!({"eventCategory": "Administrative"})
            };
            let what = ("Microsoft.Compute/virtualMachines/extensions/write", resource.as_str());
            all.push((at, azure::done(&by, (at, &id), what, &body).to_string()));
        }
    }

    /// Machines that autoscaling starts, with user data, as every launch has some.
    fn scaling(&mut self, day: i64, all: &mut Vec<Happening>) {
        for n in 0..self.size.scaled * 2 / 3 {
            let account = n % self.size.accounts;
            let by = Caller {
                account,
                role: "AWSServiceRoleForAutoScaling".to_owned(),
                session: "AutoScaling".to_owned(),
                key: format!("ASIAEXAMPLE{day:03}S{account:05}"),
                address: "autoscaling.amazonaws.com".to_owned(),
                agent: "autoscaling.amazonaws.com",
            };
            let (at, digits) = (self.at(day, (0, 24)), self.dice.digits());
            let request = json!({"instancesSet": {"items": [{"minCount": 1, "maxCount": 1}]},
                "userData": "<sensitiveDataRemoved>", "launchTemplate": {"launchTemplateId": "lt-0123456789abcdef0"}});
            let response = json!({"instancesSet": {"items": [{"instanceId": format!("i-0ffff{digits}")}]}});
            self.tell(all, &by, at, ("ec2", "RunInstances"), (request, response));
        }
    }
}

fn is_weekend(day: i64) -> bool {
    day.rem_euclid(7) >= 5
}

/// As many as on an average day of the week: more on working days.
fn many(average: usize, day: i64) -> usize {
    if is_weekend(day) { average / 4 } else { (average * 13).div_ceil(10) }
}
