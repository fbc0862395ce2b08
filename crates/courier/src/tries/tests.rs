use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// When each try begins, in seconds, of something that never ends well.
async fn tried(within: u64, asked: Option<Duration>) -> Vec<u64> {
    let began = Instant::now();
    let mut tries = Tries::until(began + Duration::from_secs(within), SECOND);
    let mut times = vec![0];
    while tries.again(asked).await {
        times.push(began.elapsed().as_secs());
    }
    times
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_none_ends_after_the_time() {
    assert_eq!(tried(20, None).await, [0, 1, 3, 7, 12, 17]);
    assert_eq!(tried(1, None).await, [0]);
    assert_eq!(tried(20, Some(Duration::from_secs(6))).await, [0, 6, 12, 18]);
}

#[tokio::test(start_paused = true)]
async fn a_try_has_what_is_left_and_none_begins_when_nothing_is() {
    let tries = Tries::until(Instant::now() + SECOND * 3, SECOND);
    assert_eq!(tries.next(SECOND * 2), Some(SECOND * 2));
    tokio::time::advance(SECOND * 2).await;
    assert_eq!(tries.next(SECOND * 2), Some(SECOND));
    tokio::time::advance(SECOND).await;
    assert_eq!(tries.next(SECOND * 2), None);
}

#[test]
fn what_a_service_says_of_itself_passes_and_what_it_says_of_us_stays() {
    assert!([408, 429, 500, 502, 503, 504, 599].into_iter().all(passes));
    assert!(![200, 301, 400, 401, 403, 404, 409, 412, 413].into_iter().any(passes));
}
