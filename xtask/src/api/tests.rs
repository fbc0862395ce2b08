use std::collections::BTreeSet;

use super::{differences, offer, package_faults};

fn offered(text: &str) -> BTreeSet<String> {
    let top = syn::parse_file("pub mod open; mod shut;").unwrap();
    let files = [("lib.rs".to_owned(), top), ("open/part.rs".to_owned(), syn::parse_file(text).unwrap())];
    offer::offered(&files)
}

const CODE: &str = "
#[derive(Clone)] #[non_exhaustive] pub struct Rule<'a> { pub name: &'a str, line: usize }
pub enum Kind { One, Two(Vec<u8>), Three { at: usize } }
struct Inside;
impl Inside { pub fn of() {} }
impl Rule<'_> { pub fn matches(&self, event: &str) -> bool { true } fn own(&self) {} pub const MOST: usize = 1; }
impl Event for Rule<'_> {}
pub trait Event { fn of(&self); fn given(&self) {} }
pub fn read(text: &str) -> Rule<'_> { todo!() }
";

#[test]
fn what_can_be_built_on_is_listed_and_nothing_else() {
    let lines: Vec<String> = offered(CODE).into_iter().collect();
    assert_eq!(
        lines,
        [
            "Event::fn given(&self) (given)",
            "Event::fn of(&self)",
            "Kind::One",
            "Kind::Three { at: usize }",
            "Kind::Two(Vec<u8>)",
            "Rule.name: &'a str",
            "Rule::const MOST: usize",
            "Rule::fn matches(&self, event: &str) -> bool",
            "impl Clone for Rule",
            "impl Event for Rule<'_>",
            "open::enum Kind",
            "open::fn read(text: &str) -> Rule<'_>",
            "open::struct Rule<'a> (may grow)",
            "open::trait Event",
        ]
    );
}

#[test]
fn what_goes_changes_or_comes_is_told() {
    let listed = offered(CODE).into_iter().collect::<Vec<_>>().join("\n");
    assert!(differences(&listed, &offered(CODE)).is_empty());
    for (was, is) in [
        ("pub fn matches", "fn matches"),
        ("event: &str", "event: &[u8]"),
        ("#[non_exhaustive]", ""),
        ("#[derive(Clone)]", ""),
        ("Two(Vec<u8>)", "Two(Vec<u8>, bool)"),
        ("fn given(&self) {}", "fn given(&self);"),
        ("pub name", "name"),
        ("One,", "One, Four,"),
    ] {
        let changed = offered(&CODE.replace(was, is));
        assert!(!differences(&listed, &changed).is_empty(), "{was} to {is} goes unnoticed");
    }
}

#[test]
fn a_package_without_its_pages_is_told() {
    let files = ["Cargo.toml", "CONFORMANCE.md", "src/lib.rs", "examples/scan.rs"].map(str::to_owned);
    assert_eq!(package_faults(&files), ["trailhound-sigma would be published without README.md"]);
    assert_eq!(package_faults(&files[..3]).len(), 2);
}
