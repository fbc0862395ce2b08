use super::{Context, Given};
use crate::facts::{Facts, Role};
use crate::log_type::LogType;

fn given<'f>(name: &'f str, text: &'f str) -> Given<'f> {
    Given { name, date: "2026-03-01T00:00:00Z".parse().ok(), bytes: text.as_bytes() }
}

fn known_to(inventory: &str, facts: &Facts) -> Vec<(Role, String)> {
    let mut context = Context::default();
    context.add_inventory(given("a.csv", inventory)).unwrap();
    let known = context.known(facts).unwrap_or_default();
    known.held.iter().map(|held| (held.role, held.asset.name.clone())).collect()
}

#[test]
fn the_narrowest_network_tells() {
    let mut facts = Facts::new(LogType::CloudTrail);
    facts.source.ip = "203.0.113.45".parse().ok();
    let inventory = "name,owner\n203.0.113.0/24,a\n203.0.113.40/29,b\n198.51.100.45,c\n2001:db8::/32,d\n";
    assert_eq!(known_to(inventory, &facts), [(Role::Source, "203.0.113.40/29".to_owned())]);
    facts.source.ip = "2001:db8::1".parse().ok();
    assert_eq!(known_to(inventory, &facts), [(Role::Source, "2001:db8::/32".to_owned())]);
    facts.source.ip = "192.0.2.1".parse().ok();
    assert!(known_to(inventory, &facts).is_empty());
}

#[test]
fn names_are_found_whole_and_as_what_they_are() {
    let mut facts = Facts::new(LogType::CloudTrail);
    facts.target.ids = vec!["vm-shop-01.example.com".to_owned()].into();
    facts.actor.name = Some("dana".to_owned());
    let found = |inventory: &str| known_to(inventory, &facts);
    assert_eq!(found("name\nVM-SHOP-01\n"), [(Role::Target, "VM-SHOP-01".to_owned())]);
    assert!(found("name\nvm-shop-0\n").is_empty());
    assert!(found("name,kind\nvm-shop-01,identity\n").is_empty());
    assert_eq!(found("name,kind\nDana,identity\n"), [(Role::Actor, "Dana".to_owned())]);
    assert!(found("name,kind\nDana,machine\n").is_empty());
}

#[test]
fn an_indicator_counts_until_its_end_and_a_day_counts_whole() {
    let mut facts = Facts::new(LogType::CloudTrail);
    facts.actor.credential_uid = Some("AKIAIOSFODNN7EXAMPLE".to_owned());
    let mut context = Context::default();
    let list = "value,source,until\nakiaiosfodnn7example,a,2026-03-18\nAKIAIOSFODNN7EXAMPLE,b,2026-03-18T12:00:00Z\n";
    context.add_indicators(given("b.csv", list)).unwrap();
    let mut sources = |time: &str| {
        facts.time = time.parse().ok();
        context.known(&facts).map(|known| known.texts("n.indicator").join(" "))
    };
    assert_eq!(sources("2026-03-18T11:59:59Z").as_deref(), Some("a b"));
    assert_eq!(sources("2026-03-18T23:59:59Z").as_deref(), Some("a"));
    assert_eq!(sources("2026-03-19T00:00:00Z"), None);
    assert_eq!(sources("unknown").as_deref(), Some("a b"), "without a time they may count");
}
