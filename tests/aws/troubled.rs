//! Every service that the function leans on, in every kind of trouble, over real sockets: what passes is waited out within
//! the invocation, what stays gives the message back, and neither loses a finding or a reject or alerts twice.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use trailhound_testkit::gate::{Gate, Kind, Trouble};
use trailhound_testkit::records;

use super::stage::{Stage, all_done, given_back, s3_notice, sqs_event};

/// What the function leans on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Bucket,
    Table,
    Topic,
}

impl Service {
    fn variable(self) -> &'static str {
        match self {
            Self::Bucket => "AWS_ENDPOINT_URL_S3",
            Self::Table => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::Topic => "AWS_ENDPOINT_URL_SNS",
        }
    }

    /// The one of three that is this service's.
    fn pick<T>(self, bucket: T, table: T, topic: T) -> T {
        match self {
            Self::Bucket => bucket,
            Self::Table => table,
            Self::Topic => topic,
        }
    }

    /// An error as the service tells it.
    fn says(self, status: u16, code: &str, headers: &[(&'static str, &str)]) -> Trouble {
        let (kind, body) = match self {
            Self::Bucket => {
                ("application/xml", format!("<Error><Code>{code}</Code><Message>as told</Message></Error>"))
            }
            Self::Table => {
                let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "as told"});
                ("application/x-amz-json-1.0", body.to_string())
            }
            Self::Topic => {
                let body = format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>as told</Message></Error></ErrorResponse>"
                );
                ("text/xml", body)
            }
        };
        let mut all = vec![("content-type", kind.to_owned())];
        all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Trouble::Says(status, all, body)
    }
}

/// As the service shows it.
fn trouble(kind: Kind, service: Service) -> Trouble {
    match kind {
        Kind::Slow => Trouble::Slow(Duration::from_millis(match service {
            Service::Bucket => 4_000,
            Service::Table | Service::Topic => 700,
        })),
        Kind::Hung => Trouble::Hung,
        Kind::Refused => Trouble::Dropped,
        Kind::Lost => Trouble::DroppedAnswer,
        Kind::Throttled => service.says(
            service.pick(503, 400, 400),
            service.pick("SlowDown", "ThrottlingException", "Throttling"),
            &[],
        ),
        Kind::Broken => {
            service.says(500, service.pick("InternalError", "InternalServerError", "InternalFailure"), &[])
        }
        Kind::Expired => service.says(
            service.pick(403, 400, 403),
            service.pick("RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch"),
            &[],
        ),
        Kind::Moved => service.says(
            service.pick(301, 400, 404),
            service.pick("PermanentRedirect", "ResourceNotFoundException", "NotFound"),
            &[("x-amz-bucket-region", "eu-central-1")],
        ),
    }
}

/// Is it mended within the invocation where it was but once?
fn passes(kind: Kind, service: Service) -> bool {
    kind != Kind::Moved || service == Service::Bucket
}

/// A stage with a gate before one of the services.
struct Scene {
    stage: Stage,
    gate: Gate,
    told: usize,
}

impl Scene {
    async fn set(service: Service) -> Option<Self> {
        let mut stage = Stage::set().await?;
        let port = stage.moto.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let gate = Gate::before(port, None).await;
        stage.set_variable(service.variable(), &format!("http://127.0.0.1:{}", gate.port()));
        Some(Self { stage, gate, told: 0 })
    }

    /// Puts another object, of one finding and one reject, and answers with its notice.
    async fn notice(&mut self) -> Value {
        self.told += 1;
        let (id, hour) = (self.told as u64, self.told % 24);
        let time = format!("2026-03-{:02}T{hour:02}:15:30Z", self.told / 24 + 1);
        let record = records::ssm(id, "StartSession", &time, id);
        let object = json!({"Records": [record, format!("no record, {}", self.told)]});
        let key = format!("{}.json", self.told);
        self.stage.put(&key, object.to_string().into_bytes()).await;
        sqs_event(&[s3_notice(&self.stage.trail, &[&key]).to_string()])
    }

    /// The copies of the finding about the last object, by how many ids.
    async fn copies(&mut self) -> (usize, usize) {
        let findings = self.stage.findings().await;
        let of_it = format!("/{}.json#", self.told);
        let of_it = findings.iter().filter(|finding| {
            let is_its = finding["origin"].as_str().is_some_and(|origin| origin.contains(&of_it));
            is_its && finding["ruleid"] == "aws-ssm-session-shell"
        });
        let ids: Vec<&str> = of_it.filter_map(|finding| finding["id"].as_str()).collect();
        (ids.len(), ids.iter().collect::<BTreeSet<_>>().len())
    }

    /// Rejects of the last object.
    async fn parked(&self) -> usize {
        let of_it = format!("/{}.json", self.told);
        let lines = self.stage.parked().await;
        lines.iter().filter(|line| line["origin"].as_str().is_some_and(|at| at.contains(&of_it))).count()
    }

    fn account(&self) -> Value {
        self.stage.accounts().pop().expect("each delivery has one")
    }
}

async fn passing(service: Service, requests: usize) {
    let Some(mut scene) = Scene::set(service).await else { return };
    for kind in Kind::each().filter(|kind| passes(*kind, service)) {
        for after in 0..requests {
            let told = format!("{service:?} {kind:?} after {after} requests");
            let payload = scene.notice().await;
            scene.gate.once(after, trouble(kind, service));
            assert_eq!(scene.stage.invoke(&payload), all_done(), "{told}");
            let account = scene.account();
            assert!(account.get("state_unavailable").is_none(), "{told}: {account}");
            // SNS took it and the answer was lost: nobody can know.
            let (copies, ids) = scene.copies().await;
            let is_lost = service == Service::Topic && kind == Kind::Lost;
            assert!(ids == 1 && (copies == 1 || is_lost), "{told}: {copies} copies");
            assert_eq!(scene.parked().await, 1, "{told}");
            assert_eq!(scene.stage.invoke(&payload), all_done(), "{told}");
            assert_eq!(scene.copies().await, (0, 0), "{told}: delivered again it is known");
            scene.gate.always(None);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_in_trouble_that_passes_costs_nothing_but_time() {
    passing(Service::Bucket, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_in_trouble_that_passes_costs_nothing_but_time() {
    passing(Service::Table, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_in_trouble_that_passes_costs_nothing_but_time() {
    passing(Service::Topic, 1).await;
}

async fn lasting(service: Service) {
    let Some(mut scene) = Scene::set(service).await else { return };
    for kind in Kind::each() {
        let told = format!("{service:?} {kind:?}");
        let payload = scene.notice().await;
        scene.gate.always(Some(trouble(kind, service)));
        let first = scene.stage.invoke(&payload);
        let account = scene.account();
        match service {
            _ if kind == Kind::Slow => {
                assert_eq!(first, all_done(), "{told}");
                assert!(account.get("state_unavailable").is_none(), "{told}: {account}");
            }
            Service::Table => {
                assert_eq!(first, all_done(), "{told}: a store that cannot be asked delays nothing");
                assert!(account.get("state_unavailable").is_some(), "{told}: {account}");
            }
            Service::Bucket | Service::Topic => {
                assert_eq!(first, given_back(&["m0"]), "{told}");
                assert!(
                    account["error"].as_str().is_some_and(|words| !words.is_empty()),
                    "{told}: {account}"
                );
            }
        }
        scene.gate.always(None);
        if service == Service::Table {
            // It is left alone for a moment after it did not answer.
            tokio::time::sleep(Duration::from_secs(5)).await;
        } else if first != all_done() {
            assert_eq!(scene.stage.invoke(&payload), all_done(), "{told}");
        }
        let (copies, ids) = scene.copies().await;
        let is_lost = service == Service::Topic && kind == Kind::Lost;
        assert!(ids == 1 && (copies == 1 || is_lost), "{told}: {copies} copies of {ids}");
        assert_eq!(scene.parked().await, 1, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_in_trouble_that_stays_gives_its_messages_back() {
    lasting(Service::Bucket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_in_trouble_that_stays_keeps_nothing_back() {
    lasting(Service::Table).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_in_trouble_that_stays_gives_its_messages_back() {
    lasting(Service::Topic).await;
}
