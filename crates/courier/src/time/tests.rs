use super::*;

#[tokio::test(start_paused = true)]
async fn work_stops_being_taken_before_it_stops_being_finished() {
    let budget = Budget::of(Duration::from_mins(1));
    assert_eq!(budget.taking(async { 1 }).await, Ok(1));
    assert_eq!(budget.taking(tokio::time::sleep(Duration::from_secs(58))).await, Err(Spent));
    assert!(budget.is_spent());
    assert_eq!(budget.taking(async { 1 }).await, Err(Spent), "not even what is there at once");
    assert_eq!(budget.finishing(tokio::time::sleep(Duration::from_secs(4))).await, Ok(()));
    assert_eq!(budget.finishing(tokio::time::sleep(Duration::from_secs(4))).await, Err(Spent));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_published_can_still_be_parked() {
    let budget = Budget::publishing(Duration::from_secs(24));
    let long = || tokio::time::sleep(Duration::from_secs(27));
    assert_eq!(budget.finishing(long()).await, Err(Spent));
    assert_eq!(budget.parking(tokio::time::sleep(Duration::from_secs(8))).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_gone_by_leaves_nothing() {
    assert!(Budget::of(Duration::ZERO).is_spent());
    let (before, now) = (Duration::from_hours(499_999), Duration::from_hours(500_000));
    assert!(Budget::until(before, now).is_spent());
    assert!(!Budget::until(now, before).is_spent());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_is_a_duration_counts_from_now() {
    let budget = Budget::until(Duration::from_mins(10), Duration::from_hours(500_000));
    assert!(!budget.is_spent());
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert!(budget.is_spent());
}

#[tokio::test]
async fn waiting_costs_no_processor_time_and_computing_does() {
    let mut meter = Meter::default();
    meter.over_polls(tokio::time::sleep(Duration::from_millis(200))).await;
    assert!(meter.millis() < 100, "{meter:?}");
    let before = meter.millis();
    while meter.millis() < before + 5 {
        meter.over(|| std::hint::black_box((0..10_000).sum::<u64>()));
    }
}
