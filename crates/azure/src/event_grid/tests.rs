use super::batches::{Batches, MAX_BYTES, MAX_EVENTS, body};

fn all(sizes: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut batches = Batches::of(sizes.iter().copied());
    std::iter::from_fn(|| batches.next()).collect()
}

#[test]
fn batches_keep_to_both_limits() {
    assert!(all(&[]).is_empty());
    assert_eq!(all(&[10])[..], *std::slice::from_ref(&(0..1)));
    assert_eq!(all(&[400_000, 400_000, 400_000]), [0..2, 2..3]);
    assert_eq!(all(&vec![1; MAX_EVENTS + 1]), [0..MAX_EVENTS, MAX_EVENTS..MAX_EVENTS + 1]);
    // One that is too large goes alone, and its neighbours without it.
    assert_eq!(all(&[5, MAX_BYTES * 2, 5]), [0..1, 1..2, 2..3]);
}

#[test]
fn a_full_batch_is_no_larger_than_a_megabyte() {
    let event = "x".repeat(999);
    let count = all(&vec![event.len(); 3_000])[0].len();
    let events = vec![event.as_str(); count];
    assert!(body(&events).len() <= MAX_BYTES);
    assert!(body(&events).len() + event.len() + 1 > MAX_BYTES, "and not much smaller");
}

#[test]
fn halves_come_before_what_follows() {
    let mut batches = Batches::of([600_000, 300_000, 100, 900_000].into_iter());
    let first = batches.next().unwrap();
    assert_eq!(first, 0..3);
    batches.halve(first);
    let rest: Vec<_> = std::iter::from_fn(|| batches.next()).collect();
    assert_eq!(rest, [0..1, 1..3, 3..4]);
}
