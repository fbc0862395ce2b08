use std::collections::{BTreeMap, BTreeSet};

use super::links::{self, Site};
use super::markdown::{sections, targets};
use super::{alarms, indent, known, place, reference, rules};

fn site(pages: &[(&str, &str)]) -> Site {
    pages.iter().map(|(at, html)| ((*at).to_owned(), links::page(html))).collect()
}

#[test]
fn links_are_followed_to_pages_and_places_on_them() {
    let there = "<h2 id=\"here\">x</h2><a href=\"../b/\">b</a><a href=\"#here\">here</a>";
    let whole =
        site(&[("a/index.html", there), ("b/index.html", "<a href=\"../a/#here\">a</a>"), ("x.css", "")]);
    assert_eq!(links::faults(&whole), [""; 0]);
    let dead = "<a href=\"../c/\">c</a><a href=\"#gone\">gone</a><script src=\"https://cdn.example.com/x.js\"></script>";
    assert_eq!(
        links::faults(&site(&[("a/index.html", dead)])),
        [
            "a/index.html: asks another host: https://cdn.example.com/x.js",
            "a/index.html: no such page: ../c/",
            "a/index.html: no such place on the page: #gone",
        ]
    );
}

#[test]
fn a_link_of_a_document_leads_to_the_page_or_into_the_repository() {
    let files = BTreeMap::from([
        ("docs/rules.md".to_owned(), "rules.md".to_owned()),
        ("docs/developing/site.md".to_owned(), "developing/site.md".to_owned()),
    ]);
    let follow =
        |target| place::target_on_site(&files, "docs/developing/site.md", "developing/site.md", target);
    assert_eq!(follow("../rules.md#tests").as_deref(), Some("../rules.md#tests"));
    assert_eq!(follow("../detections.md#aws-ecs-exec").as_deref(), Some("../detections/aws-ecs-exec.md"));
    assert_eq!(follow("../runbooks.md").as_deref(), Some("../runbooks/index.md"));
    assert_eq!(follow("#here").as_deref(), Some("../developing/site.md#here"));
    assert_eq!(
        follow("../../Cargo.toml").as_deref(),
        Some("https://github.com/trailhound/trailhound/blob/main/Cargo.toml")
    );
    assert_eq!(follow("https://example.com/").as_deref(), Some("https://example.com/"));
    for gone in ["gone.md", "../../../outside", "https://github.com/trailhound/trailhound/blob/main/gone"] {
        assert_eq!(follow(gone), None, "{gone}");
    }
}

#[test]
fn code_holds_neither_links_nor_headings() {
    assert_eq!(targets("[a](b) and `[c](d)` and [e](f#g)"), [4..5, 28..31]);
    let (head, parts) = sections("head\n\n## One\ntext\n```\n## no\n```\n## Two\n", "## ");
    assert_eq!(head, "head\n\n");
    assert_eq!(parts, [("One", "text\n```\n## no\n```\n".to_owned()), ("Two", String::new())]);
}

#[test]
fn lists_are_indented_by_four_and_code_keeps_its_own() {
    let github = "text:\n- one\n  more\n\n  ```yaml\n  - key:\n      deep: 1\n  ```\n1. two\n   - three\n\ntext\n\n    code\n";
    let here = "text:\n\n- one\n    more\n\n    ```yaml\n    - key:\n        deep: 1\n    ```\n1. two\n    - three\n\ntext\n\n    code\n";
    assert_eq!(indent::four(github), here);
}

#[test]
fn every_rule_and_alarm_has_a_page_of_its_own() {
    let detections = place::text("docs/detections.md").unwrap();
    let pages = rules::pages(&detections).unwrap();
    let page = &pages["detections/machines-in-a-burst.md"];
    for part in [
        "# Three machines",
        "`machines-in-a-burst`",
        "\n## What to check\n\nAsk",
        "| COR-06 | high |",
        "correlations/machines-in-a-burst.yml",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(pages["detections/index.md"].contains("## Steps"));
    let pages = alarms::pages(&place::text("docs/runbooks.md").unwrap()).unwrap();
    assert!(pages["runbooks/aws-late.md"].starts_with("<!-- from docs/runbooks.md -->\n# aws-late\n"));
    assert!(pages["runbooks/index.md"].contains("<span id=\"aws-late\">[aws-late](#aws-late)</span>"));
}

#[test]
fn names_are_compared_both_ways_and_none_at_all_is_a_fault() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(known::differ("rule", &names(&["a"]), &names(&["a"])), [""; 0]);
    assert_eq!(
        known::differ("rule", &names(&["a"]), &names(&["b"])),
        ["rule a has no place on the site", "rule b is on the site and not in the code"]
    );
    assert_eq!(known::differ("rule", &names(&[]), &names(&[])), ["no rule is read from the code"]);
}

#[test]
fn names_are_read_from_the_code_as_it_stands() {
    let metrics = known::metrics(&place::text("functions/aws-lambda/src/emf.rs").unwrap());
    for name in ["Records", "LagMilliseconds", "Canary", "RulesInvalid", "Repaired"] {
        assert!(metrics.contains(name), "{name}: {metrics:?}");
    }
    let members = known::members(&place::text("crates/detect/src/account.rs").unwrap());
    for name in ["delivery records", "delivery state_unavailable", "finding uid", "finding message"] {
        assert!(members.contains(name), "{name}: {members:?}");
    }
    assert!(!members.contains("delivery uid"), "{members:?}");
}

#[test]
fn a_row_that_begins_with_a_name_can_be_linked_to() {
    let page = "| `A_B` | first |\n| `A_B` | again |\n| two `words` | no |\n";
    let anchored = "| <span id=\"A_B\">`A_B`</span> | first |\n| `A_B` | again |\n| two `words` | no |\n";
    assert_eq!(reference::anchored(page), anchored);
}
