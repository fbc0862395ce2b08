use std::fs;
use std::path::Path;

use super::*;

const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:example-queue";

/// What a queue was told: which, and for each message how many seconds.
type Told = (String, Vec<(String, u64)>);

#[derive(Default)]
struct Double {
    /// How often each queue tries; for ever, where it is not named.
    tries: HashMap<&'static str, u32>,
    /// What it answers for these.
    refuses: HashMap<&'static str, QueueError>,
    never_answers: bool,
    asked: Mutex<u32>,
    told: Mutex<Vec<Told>>,
}

impl Queues for &Double {
    const TOGETHER: usize = 10;

    async fn tries(&self, queue: &str) -> Result<Option<u32>, QueueError> {
        *self.asked.lock().unwrap() += 1;
        match self.refuses.get(queue) {
            Some(error) => Err(error.clone()),
            None => Ok(self.tries.get(queue).copied()),
        }
    }

    async fn hide(&self, queue: &str, messages: &[(&str, Duration)]) -> Vec<Result<(), QueueError>> {
        let told = messages.iter().map(|(receipt, wait)| ((*receipt).to_owned(), wait.as_secs())).collect();
        self.told.lock().unwrap().push((queue.to_owned(), told));
        if self.never_answers {
            std::future::pending::<()>().await;
        }
        let refuses = |receipt: &str| self.refuses.get(receipt).map_or(Ok(()), |error| Err(error.clone()));
        messages.iter().map(|(receipt, _)| refuses(receipt)).collect()
    }
}

impl Double {
    async fn after(&self, messages: &[Handed]) -> Vec<Told> {
        BackOff::new(self).hide(messages, Budget::of(Duration::from_mins(1))).await;
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

fn handed(queue: &str, receipt: &str, times: u32) -> Handed {
    Handed { queue: queue.to_owned(), receipt: receipt.to_owned(), times }
}

#[tokio::test]
async fn a_message_waits_longer_each_time_and_never_longer_than_four_minutes() {
    let double = Double::default();
    let messages: Vec<Handed> =
        [0, 1, 2, 3, 4, 5, 200, u32::MAX].into_iter().map(|times| handed(QUEUE, "r", times)).collect();
    let told = double.after(&messages).await;
    let waits: Vec<u64> = told[0].1.iter().map(|(_, wait)| *wait).collect();
    assert_eq!(waits, [30, 30, 60, 120, 240, 240, 240, 240]);
    assert!(STEPS.is_sorted());
    // A message may be hidden for twelve hours from when it was received, and an invocation takes fifteen minutes at most.
    assert!(STEPS[3] + Duration::from_mins(15) < Duration::from_hours(12));
    assert!(STEPS[3] < Duration::from_mins(5), "an alarm's period has a try in it");
}

#[tokio::test]
async fn ten_are_told_at_once_and_each_queue_of_its_own() {
    let double = Double::default();
    let mut messages: Vec<Handed> = (0..11).map(|n| handed(QUEUE, &format!("r{n}"), 1)).collect();
    messages.insert(4, handed("arn:aws:sqs:eu-west-1:111122223333:other", "o", 2));
    let told = double.after(&messages).await;
    let counts: Vec<(&str, usize)> = told.iter().map(|(queue, told)| (queue.as_str(), told.len())).collect();
    assert_eq!(counts, [(QUEUE, 10), (QUEUE, 1), ("arn:aws:sqs:eu-west-1:111122223333:other", 1)]);
    assert_eq!(told[1].1, [("r10".to_owned(), 30)]);
}

#[tokio::test]
async fn nothing_failed_asks_for_nothing() {
    let double = Double::default();
    assert_eq!(double.after(&[]).await, []);
    assert_eq!(*double.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_queue_that_gives_up_early_keeps_its_own_pace() {
    for (tries, is_told) in [(1, false), (5, false), (9, false), (10, true), (200, true)] {
        let double = Double { tries: [(QUEUE, tries)].into(), ..Double::default() };
        let told = double.after(&[handed(QUEUE, "r", 1)]).await;
        assert_eq!(!told.is_empty(), is_told, "{tries} tries");
    }
}

#[test]
fn what_a_queue_outlives_is_the_sum_of_its_waits() {
    let in_seconds = [0, 1, 4, 5, 10, 200].map(|tries| lasts(tries).as_secs());
    assert_eq!(in_seconds, [0, 30, 450, 690, 1_890, 47_490]);
}

/// What is written elsewhere of the waits, the tries and the hours.
#[test]
fn what_is_said_of_the_pace_is_what_it_is() {
    let read = |at: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(at);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let variables = read("infra/aws/variables.tf");
    let (_, own) = variables.split_once("variable \"max_receive_count\"").expect("the module's input");
    let (_, default) = own.split_once("default = ").expect("its default");
    let tries: u32 = default.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    let hours = lasts(tries).as_secs() / 3_600;
    let least = (1..=tries).find(|tries| lasts(*tries) >= LEAST).expect("some are enough");
    let waits = STEPS.map(|step| step.as_secs().to_string()).join(", ");
    let all = [
        (
            "infra/aws/variables.tf",
            format!("so {tries} times outlive an outage of {hours} hours. Below {least} it"),
        ),
        ("infra/aws/README.md", format!("soon and then every four minutes, for {hours} hours, before")),
        ("infra/aws/alarms.yml", format!("times, which takes {hours} hours;")),
        ("infra/alarms/world_aws.py", format!("WAITS = ({waits})")),
        (
            "docs/aws-lambda.md",
            format!("Tried {tries} times, as the module has it, it outlives an outage of {hours} hours."),
        ),
        (
            "docs/aws-lambda.md",
            "after 30 seconds, then after one and two minutes, then every four".to_owned(),
        ),
        ("docs/limits.md", format!("after more than {hours} hours only")),
        ("docs/deploy-aws.md", format!("for {hours} hours at least")),
    ];
    for (place, said) in all {
        assert!(read(place).contains(&said), "{place} does not say: {said}");
    }
    assert_eq!((waits.as_str(), least), ("30, 60, 120, 240", 10));
}

#[tokio::test]
async fn a_queue_is_asked_once_and_one_that_did_not_answer_again() {
    let double = Double::default();
    let back_off = BackOff::new(&double);
    for _ in 0..3 {
        back_off.hide(&[handed(QUEUE, "r", 1)], Budget::of(Duration::from_mins(1))).await;
    }
    assert_eq!((*double.asked.lock().unwrap(), double.told.lock().unwrap().len()), (1, 3));

    let refusing = Double {
        refuses: [(QUEUE, QueueError::Failed("InternalError".to_owned()))].into(),
        ..Double::default()
    };
    let back_off = BackOff::new(&refusing);
    for _ in 0..3 {
        back_off.hide(&[handed(QUEUE, "r", 1)], Budget::of(Duration::from_mins(1))).await;
    }
    assert_eq!((*refusing.asked.lock().unwrap(), refusing.told.lock().unwrap().len()), (3, 0));
}

#[tokio::test]
async fn what_is_refused_for_one_is_no_others() {
    let gone = QueueError::Failed("ReceiptHandleIsInvalid".to_owned());
    let double = Double { refuses: [("r0", gone)].into(), ..Double::default() };
    let messages: Vec<Handed> = (0..20).map(|n| handed(QUEUE, &format!("r{n}"), 1)).collect();
    assert_eq!(double.after(&messages).await.len(), 2, "the second ten are told all the same");

    let denied = QueueError::Denied("AccessDenied".to_owned());
    let double = Double { refuses: [("r0", denied)].into(), ..Double::default() };
    assert_eq!(double.after(&messages).await.len(), 1, "and not where nothing may be told");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_answer_holds_the_answer_up_no_longer_than_there_is_time() {
    let double = Double { never_answers: true, ..Double::default() };
    let began = tokio::time::Instant::now();
    BackOff::new(&double).hide(&[handed(QUEUE, "r", 1)], Budget::of(Duration::from_secs(20))).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(double.told.lock().unwrap().len(), 1);
}
