use super::order::{Line, Mark};
use crate::ordered::Ordered;
use crate::records::Entry;

fn record(second: i64, origin: &str) -> Line {
    let time = jiff::Timestamp::from_second(second).ok();
    Line::Record(Box::new(Entry {
        time,
        origin: origin.to_owned(),
        action: "a".to_owned(),
        ..Entry::default()
    }))
}

fn mark(second: i64, origin: &str) -> Line {
    let time = jiff::Timestamp::from_second(second).ok();
    let (origin, action) = (origin.to_owned(), "a".to_owned());
    Line::Mark(Mark { time, origin, action, rule: "r".to_owned(), level: "low".to_owned() })
}

fn ordered(within: usize, lines: &[Line]) -> (usize, Vec<Line>) {
    let mut ordered = Ordered::within(within);
    for line in lines {
        ordered.add(line.clone()).unwrap();
    }
    let (runs, mut out) = (ordered.runs(), Vec::new());
    ordered
        .for_each(&mut |line| {
            out.push(line);
            Ok(())
        })
        .unwrap();
    (runs, out)
}

#[test]
fn records_come_by_time_then_by_place_and_marks_behind_their_record() {
    let timeless = Line::Record(Box::new(Entry { origin: "a#1".to_owned(), ..Entry::default() }));
    let given = [
        timeless.clone(),
        mark(2, "b.json#2"),
        record(2, "b.json#10"),
        record(2, "b.json#2"),
        record(3, "a.json#1"),
        record(2, "a.json#11"),
        record(1, "c.jsonl:7"),
    ];
    let wanted = [
        record(1, "c.jsonl:7"),
        record(2, "a.json#11"),
        record(2, "b.json#2"),
        mark(2, "b.json#2"),
        record(2, "b.json#10"),
        record(3, "a.json#1"),
        timeless,
    ];
    assert_eq!(ordered(1 << 20, &given), (0, wanted.to_vec()));
}

#[test]
fn what_does_not_fit_in_memory_comes_in_the_same_order() {
    // Steps that share no factor with the number visit every second once.
    let lines: Vec<Line> = (0..5_000).map(|n| record(n * 1_237 % 5_000, "x#1")).collect();
    let (runs, in_memory) = ordered(1 << 30, &lines);
    assert_eq!(runs, 0);
    for within in [1_000, 20_000, 200_000] {
        let (runs, aside) = ordered(within, &lines);
        assert!(runs > 1, "{within} bytes held all");
        assert!(aside == in_memory, "{within}");
    }
}
