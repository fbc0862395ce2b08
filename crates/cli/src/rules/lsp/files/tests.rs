use super::Files;
use crate::args::RuleChoice;

fn rule(number: usize, event: &str) -> String {
    format!(
        "title: Rule {number}\nid: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a{number:04}\nname: rule-{number}\nlevel: low\n\
         logsource: {{product: aws, service: cloudtrail}}\n\
         detection:\n  selection:\n    eventName: {event}\n  condition: selection\n"
    )
}

/// Two hundred rules that name nothing of each other.
fn two_hundred() -> Files {
    let mut files = Files::new(RuleChoice::default());
    for number in 0..200 {
        files.write(&format!("/rules/{number}.yml"), rule(number, "StartSession"));
    }
    files
}

#[test]
fn an_edit_reads_the_edited_file_alone() {
    let mut files = two_hundred();
    assert!(files.check_all().values().all(Vec::is_empty));
    assert_eq!(files.read_last(), 200);
    files.write(
        "/rules/7.yml",
        rule(7, "StartSession").replace("condition: selection", "condition: selektion"),
    );
    let found = files.check("/rules/7.yml");
    assert_eq!(files.read_last(), 1);
    assert_eq!(found[0].help.as_deref(), Some("did you mean `selection`?"));
    files.write("/rules/7.yml", rule(7, "ResumeSession"));
    assert!(files.check("/rules/7.yml").is_empty());
}

#[test]
fn what_an_edited_file_names_is_read_with_it() {
    let mut files = two_hundred();
    let both = "title: Both\nname: both\nlevel: high\ncorrelation:\n  type: event_count\n  rules: [rule-3, \
                aws-ssm-session-shell]\n  group-by: [n.actor.key]\n  timespan: 10m\n  condition: {gte: 2}\n";
    files.write("/rules/both.yml", both.to_owned());
    assert!(files.check("/rules/both.yml").is_empty());
    // Itself, a file beside it, a shipped one and what that names in turn.
    assert!((3..8).contains(&files.read_last()), "{} files", files.read_last());
    files.write("/rules/both.yml", both.replace("rule-3", "rule-x3"));
    let found = files.check("/rules/both.yml");
    assert!(found.iter().any(|told| told.message.contains("rule-x3")), "{found:?}");
}

#[test]
fn a_name_that_is_taken_is_told() {
    let mut files = two_hundred();
    files.write("/rules/7.yml", rule(7, "StartSession").replace("rule-7", "rule-8"));
    let found = files.check("/rules/7.yml");
    files.write("/rules/9.yml", rule(9, "StartSession").replace("rule-9", "aws-ssm-session-shell"));
    let shipped = files.check("/rules/9.yml");
    assert!(shipped.iter().any(|told| told.message.contains("shipped rule")), "{shipped:?}");
    assert!(files.read_last() < 10, "not all of the shipped ones: {}", files.read_last());
    let place = rule(9, "StartSession") + "trailhound:\n  replaces: aws-ssm-session-shell\n";
    files.write("/rules/9.yml", place);
    let taken = files.check("/rules/9.yml");
    assert!(taken.iter().any(|told| told.message.contains("takes the place")), "{taken:?}");
    assert!(files.read_last() < 10, "{}", files.read_last());
    // Of two the later is told; in name order 8.yml is.
    let later = files.check("/rules/8.yml");
    assert!(later.iter().any(|told| told.message.contains("rule-8")), "{found:?} {later:?}");
}
