use super::load::{Load, Quota};
use super::simulate::{Hour, hour};
use super::{CLOUDS, share, text};

#[test]
fn an_hour_is_the_same_every_time_and_as_busy_as_it_should_be() {
    let quiet = hour(1.0, 0.05);
    assert_eq!(quiet, hour(1.0, 0.05));
    assert!((1..=5).contains(&quiet.at_once) && (3..=10).contains(&quiet.in_a_second), "{quiet:?}");
    // A hundred a second that take a second each are a hundred at once, and at the worst moment some more.
    let busy = hour(100.0, 1.0);
    assert!((120..=160).contains(&busy.at_once) && (120..=150).contains(&busy.in_a_second), "{busy:?}");
    assert_eq!(hour(1e-9, 1.0), Hour { at_once: 0, in_a_second: 0 });
}

#[test]
fn more_accounts_cost_more_and_fewer_records_together_too() {
    for cloud in CLOUDS {
        let sum = |accounts, together| (cloud.bill)(Load { accounts, together }).sum();
        assert!(sum(1.0, 1_500.0) < sum(100.0, 1_500.0), "{}", cloud.name);
        assert!(sum(100.0, 1_500.0) < sum(100.0, 50.0), "{}", cloud.name);
    }
}

#[test]
fn the_quota_that_binds_first_stands_out() {
    let quota = |asked| Quota { what: "some", asked, most: 100.0 };
    let quotas = [quota(1.0), quota(20.0), quota(0.01)];
    assert_eq!([0, 1, 2].map(|line| share(&quotas, line)), ["1.0 %", "**20.0 %**", "< 0.1 %"]);
}

#[test]
fn the_document_has_both_clouds() {
    let text = text().unwrap();
    assert!(text.contains("\n## AWS\n") && text.contains("\n## Azure\n"));
}
