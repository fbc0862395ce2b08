//! What is told of a near miss is what carries it: for every test beside a shipped rule that must not match, the clause
//! that would have to differ is one without which the rule would match, as taking the rule apart shows.

use trailhound_detect::event::{Event, FieldMaps, Reader};
use trailhound_detect::proving::{self, Expect, Tests};
use trailhound_detect::rules::{Detection, RuleSet, load_embedded};
use trailhound_sigma::{Change, Clause, CompiledRule};

/// The clauses without which the rule would match.
fn carriers(detection: &Detection, event: &Event<'_>) -> Vec<Clause> {
    let without = |clause: &Clause| CompiledRule::compile(&detection.rule.without(clause), &FieldMaps);
    let mut clauses = detection.rule.clauses();
    clauses.retain(|clause| without(clause).is_ok_and(|mutant| mutant.matches(event)));
    clauses
}

/// Does one of these clauses carry what is told to have to differ, alone or `among` several?
fn is_carried(change: &Change, among: usize, carriers: &[Clause]) -> bool {
    let Change { selection, clause, .. } = change;
    let own = format!("{selection}: {}", clause.field);
    let is_own = |carrier: &Clause| carrier.description == own && carrier.line == clause.line;
    if !clause.matched && among == 1 {
        return carriers.iter().any(is_own);
    }
    // Several go with their selection; one that would have to fail with that, or with the value that it met.
    let names = |word: &str| {
        let word = word.trim_matches(['(', ')']);
        word == selection || word.strip_suffix('*').is_some_and(|start| selection.starts_with(start))
    };
    carriers.iter().any(|carrier| match carrier.description.strip_prefix("condition: ") {
        Some(operand) => operand.ends_with("of them") || operand.split(' ').any(names),
        None => clause.matched && carrier.description.starts_with(&format!("{selection}: ")),
    })
}

#[derive(Default)]
struct Seen {
    carried: usize,
    would_not_be: usize,
    several: usize,
    matched: usize,
    other_log: usize,
}

fn look(detection: &Detection, event: &Event<'_>, name: &str, seen: &mut Seen) {
    if !detection.logs.contains(&event.log()) {
        seen.other_log += 1;
        return;
    }
    let explanation = detection.compiled.explain(event);
    if explanation.matched {
        // The outcome keeps it back, and that is told instead.
        assert!(explanation.nearest.is_empty(), "{name}");
        seen.matched += 1;
        return;
    }
    let carriers = carriers(detection, event);
    let nearest = &explanation.nearest;
    assert!(!nearest.is_empty(), "{name}: nothing is near\n{explanation}");
    let one_selection = nearest.iter().all(|change| change.selection == nearest[0].selection);
    if carriers.is_empty() || !one_selection {
        assert!(
            carriers.is_empty() || nearest.iter().all(|change| change.clause.matched),
            "{name}\n{explanation}"
        );
        seen.several += 1;
        return;
    }
    let told: Vec<&str> = carriers.iter().map(|clause| clause.description.as_str()).collect();
    for change in nearest {
        assert!(
            is_carried(change, nearest.len(), &carriers),
            "{name}: {told:?} would carry it\n{explanation}"
        );
        seen.carried += 1;
    }
    // Any other clause that failed is no answer.
    let fields = explanation.selections.iter().flat_map(|selection| {
        selection.trace.fields().into_iter().map(|field| (selection.name.clone(), field.clone()))
    });
    for (selection, clause) in fields.filter(|(_, clause)| !clause.matched) {
        let mut other = nearest[0].clone();
        (other.selection, other.clause) = (selection, clause);
        seen.would_not_be += usize::from(!is_carried(&other, 1, &carriers));
    }
}

#[test]
fn the_nearest_clause_is_the_one_that_carries_the_miss() {
    let rules: RuleSet = load_embedded().rules;
    let mut seen = Seen::default();
    for tests in proving::parse_all(&proving::shipped()) {
        let Tests::Rule(tests) = tests.unwrap() else { continue };
        let detection = rules.named(&tests.rule).unwrap();
        for test in tests.tests.iter().filter(|test| test.expect == Expect::None) {
            let name = format!("{}: {}", tests.rule, test.name);
            Reader::default().read(&test.event, &mut |event| {
                if let Ok(event) = event {
                    look(detection, event, &name, &mut seen);
                }
            });
        }
    }
    let Seen { carried, would_not_be, several, matched, other_log } = seen;
    println!("{carried} carried, {several} by several, {matched} by outcome, {other_log} of another log");
    assert!(carried > 200, "{carried} were carried by a clause");
    assert!(would_not_be > 200, "{would_not_be} wrong answers would have been caught");
    assert!(several * 5 < carried, "{several} of {carried} need several clauses");
}
