//! When a message that failed comes again, from the real process: what SQS is told, by what it says to that.

use std::time::Duration;

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Value, json};
use trailhound_testkit::gate::{Gate, Trouble};
use trailhound_testkit::lambda_runtime_api::Outcome;

use super::stage::{Stage, all_done, arn, given_back, s3_notice, sample};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

/// A stage with a queue that hands out again after its own time, and gates before the topic and before SQS.
struct Scene {
    stage: Stage,
    topic: Gate,
    sqs: Gate,
    queue: String,
    arn: String,
}

impl Scene {
    /// With a queue that hides what it hands out for so many seconds, and hands it out so often.
    async fn set(hidden: u32, tries: u32) -> Option<Self> {
        let mut stage = Stage::set().await?;
        let port = stage.moto.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let (topic, sqs) = (Gate::before(port, None).await, Gate::before(port, None).await);
        for (variable, gate) in [("AWS_ENDPOINT_URL_SNS", &topic), ("AWS_ENDPOINT_URL_SQS", &sqs)] {
            stage.set_variable(variable, &format!("http://127.0.0.1:{}", gate.port()));
        }
        let name = format!("{}-intake", stage.table);
        let dead = super::stage::queue(&stage.sqs, &format!("{name}-dead-letter")).await;
        let redrive = json!({"deadLetterTargetArn": arn(&stage.sqs, &dead).await, "maxReceiveCount": tries});
        let made = stage.sqs.create_queue().queue_name(name);
        let made = made.attributes(QueueAttributeName::VisibilityTimeout, hidden.to_string());
        let made = made.attributes(QueueAttributeName::RedrivePolicy, redrive.to_string()).send().await;
        let queue = made.expect("a queue").queue_url.expect("a URL");
        let arn = arn(&stage.sqs, &queue).await;
        Some(Self { stage, topic, sqs, queue, arn })
    }

    /// From now on SNS takes nothing.
    fn throttle(&self) {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>as told</Message></Error></ErrorResponse>";
        let headers = vec![("content-type", "text/xml".to_owned())];
        self.topic.always(Some(Trouble::Says(400, headers, body.to_owned())));
    }

    /// From now on SQS refuses what it is asked.
    fn refuse(&self, code: &str) {
        let body = json!({"__type": format!("com.amazonaws.sqs#{code}"), "message": "as told"});
        let headers = vec![("content-type", "application/x-amz-json-1.0".to_owned())];
        self.sqs.always(Some(Trouble::Says(403, headers, body.to_string())));
    }

    async fn send(&self, body: &str) {
        self.stage.sqs.send_message().queue_url(&self.queue).message_body(body).send().await.expect("sent");
    }

    async fn receive(&self) -> Vec<Message> {
        let request = self.stage.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10);
        let request = request.message_system_attribute_names(MessageSystemAttributeName::All);
        request.send().await.expect("received").messages.unwrap_or_default()
    }

    /// What Lambda makes of such messages, received so often.
    fn batch(&self, messages: &[Message], times: u32) -> Value {
        let record = |message: &Message| {
            json!({
                "messageId": message.message_id(), "receiptHandle": message.receipt_handle(), "body": message.body(),
                "attributes": {"ApproximateReceiveCount": times.to_string()},
                "eventSource": "aws:sqs", "eventSourceARN": self.arn, "awsRegion": "us-east-1"
            })
        };
        json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
    }

    /// Puts an object with findings, and answers with its notice.
    async fn notice(&self, key: &str) -> String {
        self.stage.put(key, sample(OBJECT)).await;
        s3_notice(&self.stage.trail, &[key]).to_string()
    }

    /// Of each request that SQS got since: for each message its receipt and how long it is hidden.
    fn told(&self) -> Vec<Vec<(String, i64)>> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entry = |entry: &Value| {
            (text(&entry["ReceiptHandle"]), entry["VisibilityTimeout"].as_i64().unwrap_or(-1))
        };
        let bodies = self.sqs.bodies().into_iter();
        let bodies = bodies.map(|body| serde_json::from_slice::<Value>(&body).expect("JSON"));
        bodies.filter_map(|body| Some(body.get("Entries")?.as_array()?.iter().map(entry).collect())).collect()
    }

    /// Warnings about the back-off.
    fn warned(&self) -> Vec<Value> {
        let lines = self.stage.lines().into_iter();
        lines
            .filter(|line| line["level"] == "WARN" && line.to_string().contains("when its queue says"))
            .collect()
    }
}

fn receipts(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.receipt_handle().unwrap_or_default().to_owned()).collect()
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.message_id().unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_comes_again_after_half_a_minute_one_two_and_four() {
    let Some(mut scene) = Scene::set(360, 200).await else { return };
    let notice = scene.notice("an-object").await;
    scene.send(&notice).await;
    let messages = scene.receive().await;
    scene.throttle();
    for (n, (times, wait)) in
        [(1, 30), (2, 60), (3, 120), (4, 240), (5, 240), (200, 240)].into_iter().enumerate()
    {
        let payload = scene.batch(&messages, times);
        assert_eq!(scene.stage.invoke(&payload), given_back(&ids(&messages)), "try {times}");
        let told = scene.told();
        assert_eq!(told.len(), n + 1, "one request for each failed batch: {told:?}");
        assert_eq!(told[n], [(receipts(&messages)[0].clone(), wait)], "try {times}");
    }
    let asked = scene.sqs.seen().len();
    assert_eq!(asked, 7, "the queue is asked once how often it tries");
    assert_eq!(scene.warned(), Vec::<Value>::new(), "SQS took it");

    // What is done asks for nothing.
    scene.topic.always(None);
    let payload = scene.batch(&messages, 2);
    assert_eq!(scene.stage.invoke(&payload), all_done());
    assert_eq!(scene.sqs.seen().len(), asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_hidden_beyond_its_queues_own_time() {
    let Some(mut scene) = Scene::set(2, 200).await else { return };
    let notice = scene.notice("an-object").await;
    scene.send(&notice).await;
    let messages = scene.receive().await;
    scene.throttle();
    // The fourth time: four minutes, and the queue's own are two seconds.
    let payload = scene.batch(&messages, 4);
    assert_eq!(scene.stage.invoke(&payload), given_back(&ids(&messages)));
    let told = scene.told().into_iter().flatten().count();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!((told, scene.receive().await), (1, Vec::new()), "{:?}", scene.warned());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_batch_those_alone_wait_that_failed() {
    let Some(mut scene) = Scene::set(360, 200).await else { return };
    let notices = [scene.notice("an-object").await, json!({"Event": "s3:TestEvent"}).to_string()];
    for body in &notices {
        scene.send(body).await;
    }
    let messages = scene.receive().await;
    assert_eq!(messages.len(), 2);
    scene.throttle();
    let payload = scene.batch(&messages, 1);
    let failing: Vec<Message> =
        messages.iter().filter(|message| message.body() == Some(&notices[0])).cloned().collect();
    assert_eq!(scene.stage.invoke(&payload), given_back(&ids(&failing)));
    assert_eq!(scene.told(), [[(receipts(&failing)[0].clone(), 30)]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sqs_refuses_costs_the_back_off_alone_and_a_permission_is_missed_aloud_once() {
    let Some(mut scene) = Scene::set(360, 200).await else { return };
    let notice = scene.notice("an-object").await;
    scene.send(&notice).await;
    let messages = scene.receive().await;
    scene.throttle();
    let payload = scene.batch(&messages, 1);
    let failed: Outcome = given_back(&ids(&messages));
    scene.refuse("AccessDeniedException");
    for _ in 0..3 {
        assert_eq!(scene.stage.invoke(&payload), failed);
    }
    let warned = scene.warned();
    assert_eq!(warned.len(), 1, "{warned:?}");
    let words = warned[0].to_string();
    assert!(words.contains("sqs:ChangeMessageVisibility") && words.contains("AccessDenied"), "{words}");
    // The topic is mended meanwhile, and nothing is lost.
    scene.topic.always(None);
    assert_eq!(scene.stage.invoke(&payload), all_done());
    assert!(!scene.stage.findings().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_gives_up_early_is_left_alone() {
    let Some(mut scene) = Scene::set(360, 5).await else { return };
    let notice = scene.notice("an-object").await;
    scene.send(&notice).await;
    let messages = scene.receive().await;
    scene.throttle();
    for times in 1..=3 {
        let payload = scene.batch(&messages, times);
        assert_eq!(scene.stage.invoke(&payload), given_back(&ids(&messages)));
    }
    assert_eq!(scene.told(), Vec::<Vec<(String, i64)>>::new());
    assert_eq!(scene.sqs.seen().len(), 1, "asked once how often it tries");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sqs_that_never_answers_costs_seconds_and_no_answer() {
    let Some(mut scene) = Scene::set(360, 200).await else { return };
    let notice = scene.notice("an-object").await;
    scene.send(&notice).await;
    let messages = scene.receive().await;
    scene.throttle();
    scene.sqs.always(Some(Trouble::Hung));
    scene.stage.start();
    // Less time than the client would take by itself.
    let payload = scene.batch(&messages, 1).to_string();
    let answer = scene.stage.api.invoke(payload, Duration::from_secs(6));
    assert_eq!(answer, given_back(&ids(&messages)));
}
