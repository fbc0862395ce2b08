use crate::rules::{Loading, RuleFile, load_as};

fn told(rest: &str) -> Vec<String> {
    let head = "title: own\nlevel: low\nlogsource: {product: aws, service: cloudtrail}\n";
    let file = RuleFile { path: "own.yml".to_owned(), text: format!("{head}{rest}") };
    let loaded = load_as(&[file], Loading { shipped: false, ..Loading::default() });
    assert_eq!(loaded.errors().count(), 0, "{rest}");
    loaded.reports.iter().flat_map(|report| &report.warnings).map(ToString::to_string).collect()
}

#[test]
fn a_member_that_is_asked_for_is_pointed_at() {
    let warned = told("detection:\n  s:\n    errorCode|exists: false\n  condition: s\n");
    let [warning] = warned.as_slice() else { panic!("{warned:?}") };
    assert!(warning.starts_with("own.yml:6:") && warning.contains("errorCode|exists"), "{warning}");
    assert!(warning.contains(r"errorCode|re: '\w'"), "{warning}");
    let guarded = "detection: {s: {eventName: A}, condition: s}\ntrailhound:\n  adjust:\n    \
                   - {when: {userIdentity.invokedBy|exists: true}, level: low, because: x}\n";
    assert_eq!(told(guarded).len(), 1);
    // A fact is there only where it says something.
    assert!(told("detection: {s: {eventName: A, n.document|exists: true}, condition: s}\n").is_empty());
    assert!(told("detection: {s: {errorCode|re: '\\w'}, condition: s}\n").is_empty());
}
