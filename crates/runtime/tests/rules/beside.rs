//! What is known beside the logs, as its files change: what cannot be used changes nothing, is told by name, and holds up no
//! rule.

use std::time::Duration;

use jiff::Timestamp;
use trailhound_detect::pipeline::Ending;
use trailhound_runtime::rulebook::{ContextSources, Source};

use super::{Book, Folder, rule, suppression};

const EVENT: &str = r#"{"eventVersion":"1.11","eventID":"00000000-0000-4000-8000-000000000001","eventTime":"2026-03-18T09:01:00Z","eventSource":"ssm.amazonaws.com","eventName":"StartSession","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"dana","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333"},"requestParameters":{"target":"i-0123456789abcdef0"}}"#;

/// A book over folders of rules, an inventory and indicators.
struct Shelf {
    rules: Folder,
    inventory: Folder,
    indicators: Folder,
    book: Book,
}

impl Shelf {
    fn of(inventory: &[(&str, String)], indicators: &[(&str, String)]) -> Self {
        let rules = Folder::of(&[("own.yml", rule("own", 1))]);
        let suppressions = Folder::of(&[("s.yml", suppression("one", 9))]);
        let (inventory, indicators) = (Folder::of(inventory), Folder::of(indicators));
        let source = |folder: &Folder| Some(Source::Cloud(folder.clone()));
        let context =
            ContextSources { geo: None, inventory: source(&inventory), indicators: source(&indicators) };
        let book = Book::knowing(&rules, &suppressions, context);
        Self { rules, inventory, indicators, book }
    }

    /// What is told of an event: owners with the date of their file, and who warns.
    async fn told(&self) -> Vec<String> {
        let pipeline = self.book.book.current().await;
        let mut session = pipeline.delivery("test", Timestamp::UNIX_EPOCH);
        session.push(EVENT.as_bytes());
        let found = session.finish(Ending::Whole).matches.remove(0);
        let Some(known) = found.facts.known else { return Vec::new() };
        let owners = known.held.iter().map(|held| {
            format!("{} {}", held.asset.owner.as_deref().unwrap_or_default(), held.file.date.unwrap())
        });
        owners.chain(known.indicators.iter().map(|indicated| indicated.source.clone())).collect()
    }

    fn faults(&self) -> Vec<String> {
        self.book.book.faults()
    }
}

fn owned_by(owner: &str) -> String {
    format!("name,owner\ni-0123456789abcdef0,{owner}\n")
}

fn warned_by(source: &str) -> String {
    format!("value,source,until\n203.0.113.45,{source},2026-12-31\n")
}

async fn later() {
    tokio::time::sleep(Duration::from_mins(6)).await;
}

#[tokio::test(start_paused = true)]
async fn a_broken_inventory_is_told_by_name_and_the_last_good_stays() {
    let shelf = Shelf::of(&[("assets.csv", owned_by("payments"))], &[("warned.csv", warned_by("CERT-EX"))]);
    let told = ["payments 2026-03-01T00:00:00Z", "CERT-EX"];
    assert_eq!(shelf.told().await, told);
    assert_eq!((shelf.faults(), shelf.book.alarms()), (Vec::new(), 0));

    shelf.inventory.put("assets.csv", "name,crown_jewel\ni-0123456789abcdef0,perhaps\n");
    // Rules are taken all the same, and the indicators wait for what is wrong beside them.
    shelf.rules.put("more.yml", &rule("more", 2));
    shelf.indicators.put("warned.csv", &warned_by("another"));
    for looks in 1..=2 {
        later().await;
        assert_eq!(shelf.told().await, told);
        assert!(shelf.book.has("more").await);
        let faults = shelf.faults();
        assert!(
            faults.len() == 1 && faults[0].starts_with("x://place/assets.csv:2: crown_jewel"),
            "{faults:?}"
        );
        assert_eq!(shelf.book.alarms(), looks);
    }

    shelf.inventory.put("assets.csv", &owned_by("platform"));
    later().await;
    assert_eq!(shelf.told().await, ["platform 2026-03-01T00:00:00Z", "another"]);
    assert_eq!(shelf.faults(), Vec::<String>::new());

    // What has gone is a mistake as no rules at all are.
    shelf.inventory.0.lock().unwrap().clear();
    later().await;
    assert_eq!(shelf.told().await, ["platform 2026-03-01T00:00:00Z", "another"]);
    assert!(shelf.faults()[0].contains("there is no .csv or .json"), "{:?}", shelf.faults());
}

#[tokio::test(start_paused = true)]
async fn broken_rules_hold_up_nothing_that_is_known_beside() {
    let shelf = Shelf::of(&[("assets.csv", owned_by("payments"))], &[("warned.csv", warned_by("CERT-EX"))]);
    shelf.told().await;
    shelf.rules.put("own.yml", "title: [no");
    shelf.inventory.put("assets.csv", &owned_by("platform"));
    later().await;
    assert_eq!(shelf.told().await, ["platform 2026-03-01T00:00:00Z", "CERT-EX"]);
    assert!(shelf.book.has("own").await, "the previous rules");
    assert!(shelf.faults().iter().all(|fault| fault.contains("own.yml")));
}

#[tokio::test(start_paused = true)]
async fn with_nothing_before_what_can_be_used_is() {
    let shelf =
        Shelf::of(&[("assets.csv", owned_by("payments"))], &[("warned.csv", "value\nx\n".to_owned())]);
    assert_eq!(shelf.told().await, ["payments 2026-03-01T00:00:00Z"]);
    assert!(shelf.faults()[0].starts_with("x://place/warned.csv:2"), "{:?}", shelf.faults());
    shelf.indicators.put("warned.csv", &warned_by("CERT-EX"));
    later().await;
    assert_eq!(shelf.told().await, ["payments 2026-03-01T00:00:00Z", "CERT-EX"]);
}

#[tokio::test(start_paused = true)]
async fn files_are_read_when_they_change_and_not_at_each_look() {
    let shelf = Shelf::of(&[("assets.csv", owned_by("payments"))], &[("warned.csv", warned_by("CERT-EX"))]);
    for _ in 0..3 {
        shelf.told().await;
        assert_eq!((shelf.inventory.reads(), shelf.indicators.reads()), (1, 1));
        later().await;
    }
    // Not even where it is wrong, which it stays.
    shelf.inventory.put("assets.csv", "name,kind\ni-0123456789abcdef0,ship\n");
    for _ in 0..3 {
        shelf.told().await;
        assert_eq!(shelf.inventory.reads(), 2);
        assert!(shelf.faults()[0].contains("write machine, identity or address"));
        later().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_larger_than_memory_is_meant_for_is_refused() {
    let line = "203.0.113.45,CERT-EX,2026-12-31\n";
    let long = format!("value,source,until\n{}", line.repeat((8 << 20) / line.len() + 1));
    let shelf = Shelf::of(&[("assets.csv", owned_by("payments"))], &[("warned.csv", long)]);
    assert_eq!(shelf.told().await, ["payments 2026-03-01T00:00:00Z"]);
    assert!(shelf.faults()[0].contains("9 MiB, and 8 MiB are held at most"), "{:?}", shelf.faults());
    assert_eq!(shelf.indicators.reads(), 0);
}
