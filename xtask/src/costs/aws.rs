//! AWS, with the module's defaults, in us-east-1.

use super::load::{BUSIEST, Bill, CANARIES, CPU, Cloud, Load, Quota, SECONDS};
use super::{measured, simulate};

pub(super) const CLOUD: Cloud = Cloud { name: "AWS", together: "records an object", bill, quotas };

/// Memory of the function in GB, and the part of a processor that comes with it.
const MEMORY: f64 = 0.5;
const PROCESSORS: f64 = 512.0 / 1_769.0;
/// Seconds that an invocation waits for S3, SNS and DynamoDB.
const WAITS: f64 = 0.05;
/// A line of accounts and what Lambda writes around it, and a line for each finding, in GB.
const LOG_OF_DELIVERY: f64 = 1_200e-9;
const LOG_OF_FINDING: f64 = 400e-9;
/// A claim is kept for three months: GB.
const CLAIM: f64 = 500e-9 * 3.0;
/// Lambda's pollers of a queue whose concurrency is bounded, each asking again after 20 seconds.
const POLLS: f64 = 5.0 * SECONDS / 20.0;

/// Seconds that an invocation takes.
fn takes(load: Load) -> f64 {
    load.together * CPU / 1e6 / PROCESSORS + WAITS
}

fn bill(load: Load) -> Bill {
    let invocations = load.deliveries() + CANARIES;
    let gb_seconds = (load.deliveries() * takes(load) + CANARIES * WAITS) * MEMORY;
    let thousandths = load.spent(measured::DYNAMODB.first, measured::DYNAMODB.known);
    let canaries = CANARIES * 3.0 * 0.625e-6;
    Bill(vec![
        ("Lambda", invocations * 0.20e-6 + gb_seconds * 0.000_013_333_4),
        ("S3 and EventBridge: reads, notices", load.deliveries() * 1.40e-6),
        ("SQS, polling an empty queue included", (load.deliveries() * 3.0 + POLLS) * 0.40e-6),
        (
            "DynamoDB: operations, three months of claims",
            thousandths * 1e-9 + canaries + load.findings() * CLAIM * 0.25,
        ),
        ("SNS", (load.findings() + CANARIES) * 0.50e-6),
        ("logs", (invocations * LOG_OF_DELIVERY + load.findings() * LOG_OF_FINDING) * 0.50),
        ("a key, 20 alarms, 14 metrics, a dashboard", 1.0 + 20.0 * 0.10 + 14.0 * 0.30 + 3.0),
    ])
}

fn quotas(load: Load) -> Vec<Quota> {
    let hour = simulate::hour(load.deliveries() / SECONDS * BUSIEST, takes(load));
    let units = load.spent(measured::WRITE_UNITS.first, measured::WRITE_UNITS.known);
    let findings = f64::from(simulate::hour(load.findings() / SECONDS * BUSIEST, 0.0).in_a_second);
    let per_finding = units / load.findings();
    vec![
        Quota {
            what: "`maximum_concurrency`, 10 as the module has it",
            asked: f64::from(hour.at_once),
            most: 10.0,
        },
        Quota { what: "Lambda: 1,000 at once in an account", asked: f64::from(hour.at_once), most: 1_000.0 },
        Quota {
            what: "S3: 5,500 reads a second of a prefix",
            asked: f64::from(hour.in_a_second),
            most: 5_500.0,
        },
        Quota { what: "SNS: 300 messages a second in the smallest regions", asked: findings, most: 300.0 },
        Quota {
            what: "DynamoDB: 4,000 writes a second of a new table",
            asked: findings * per_finding,
            most: 4_000.0,
        },
    ]
}
