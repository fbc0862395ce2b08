//! Publishing, waiting, parking, accounting.

use std::time::Duration;

use serde_json::json;

use super::bench::{Bench, FACES, MINUTE, deliver, sessions};

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test(start_paused = true)]
async fn findings_go_out_as_many_together_as_the_sink_takes() {
    for face in FACES {
        let bench = Bench::default();
        deliver(face, &bench.process(AT_ONCE), "one", MINUTE, &sessions(25)).await.unwrap();
        let sends: Vec<String> = bench.log.lock().unwrap().clone();
        assert_eq!(sends, ["publish 10", "publish 10", "publish 5"], "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn callers_are_remembered_before_findings_go_out() {
    let start = json!({
        "time": "2026-03-18T09:01:00.1234567Z", "category": "Administrative", "resultType": "Start",
        "resourceId": "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM-1",
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "correlationId": "00000000-0000-0000-0000-000000000009", "callerIpAddress": "198.51.100.23",
        "identity": {"claims": {"http://schemas.microsoft.com/identity/claims/objectidentifier":
            "00000000-0000-0000-0001-000000000001"}},
    });
    for face in FACES {
        let bench = Bench::default();
        let records = [sessions(1), vec![start.clone()]].concat();
        deliver(face, &bench.process(AT_ONCE), "one", MINUTE, &records).await.unwrap();
        assert_eq!(*bench.log.lock().unwrap(), ["caller", "publish 1"], "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_never_answers_keeps_no_reject_from_being_parked() {
    for face in FACES {
        let bench = Bench::default();
        let records = [sessions(1), vec![json!("no json")]].concat();
        let never = bench.process(Duration::from_hours(1));
        let failed = deliver(face, &never, "one", MINUTE, &records).await.unwrap_err();
        assert!(failed.to_string().starts_with("1 findings are not published: "), "{face:?}: {failed}");
        assert_eq!(bench.parked().len(), 1, "{face:?}");
        assert_eq!((bench.account().tally.deferred, bench.account().tally.rejected_total()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn rejects_with_nowhere_to_go_fail_the_delivery_and_hold_up_no_finding() {
    for face in FACES {
        let bench = Bench::default();
        let mut process = bench.process(AT_ONCE);
        process.parking = None;
        let records = [sessions(1), vec![json!("no json")]].concat();
        let failed = deliver(face, &process, "one", MINUTE, &records).await.unwrap_err();
        assert!(failed.to_string().ends_with("TRAILHOUND_REJECTS is not set"), "{face:?}: {failed}");
        assert_eq!(bench.published(), 1, "{face:?}");
        assert!(bench.account().failure.is_some());
    }
}

/// Claims a session for somebody who is gone before it went out.
async fn claim_and_die(bench: &Bench) {
    let never = bench.process(Duration::from_hours(1));
    let records = sessions(1);
    let dying = deliver(FACES[0], &never, "dead", MINUTE, &records);
    let _ = tokio::time::timeout(Duration::from_millis(1), dying).await;
}

#[tokio::test(start_paused = true)]
async fn what_another_held_who_died_goes_out_within_the_same_delivery() {
    for face in FACES {
        let bench = Bench::default();
        claim_and_die(&bench).await;
        deliver(face, &bench.process(AT_ONCE), "two", MINUTE, &sessions(1)).await.unwrap();
        assert_eq!(bench.published(), 1, "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_holds_is_asked_about_until_the_deadline_and_no_longer() {
    for face in FACES {
        let bench = Bench::default();
        let slow = bench.process(Duration::from_secs(100));
        let patient = bench.process(AT_ONCE);
        let (others, ours) = (sessions(1), sessions(1));
        let holding = deliver(face, &slow, "slow", 3 * MINUTE, &others);
        let asking = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let failed = deliver(face, &patient, "two", MINUTE, &ours).await.unwrap_err();
            assert!(failed.to_string().contains("another process is publishing them"), "{failed}");
            assert_eq!(bench.account().tally.deferred, 1, "{face:?}");
            deliver(face, &patient, "two", 2 * MINUTE, &ours).await.unwrap();
            assert_eq!(bench.account().tally.duplicates, 1, "{face:?}");
        };
        let (held, ()) = tokio::join!(holding, asking);
        held.unwrap();
        assert_eq!(
            bench.published(),
            1,
            "{face:?}: renewed for as long as it took, so that it went out once"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_account_says_what_processor_time_a_delivery_took_on_either_side_of_publishing() {
    for face in FACES {
        let bench = Bench::default();
        deliver(face, &bench.process(AT_ONCE), "one", MINUTE, &sessions(25)).await.unwrap();
        let many = bench.account().cpu_ms;
        deliver(face, &bench.process(AT_ONCE), "one", MINUTE, &[]).await.unwrap();
        assert!(many > bench.account().cpu_ms, "{face:?}: what takes work costs time");
    }
}
