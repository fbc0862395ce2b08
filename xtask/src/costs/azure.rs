//! Azure, with the module's defaults, in West Europe.

use super::load::{BUSIEST, Bill, CANARIES, CPU, Cloud, Load, Quota, SECONDS};
use super::{measured, simulate};

pub(super) const CLOUD: Cloud = Cloud { name: "Azure", together: "records a batch", bill, quotas };

/// Memory of an instance in GB.
const MEMORY: f64 = 0.5;
/// Records in one event of the hub, and bytes of each.
const IN_AN_EVENT: f64 = 5.0;
const RECORD: f64 = 2_000.0;
/// Seconds that an execution takes beside its records; Flex Consumption bills a second at least.
const WAITS: f64 = 0.1;
const LEAST: f64 = 1.0;
/// What a batch and a finding write into the workspace, in GB.
const LOG_OF_DELIVERY: f64 = 500e-9;
const LOG_OF_FINDING: f64 = 400e-9;
/// A claim is a row of this many GB, and nothing deletes it: those of a year.
const CLAIMS: f64 = 400e-9 * 12.0;
/// What a throughput unit takes in a second: bytes, and events.
const UNIT_BYTES: f64 = 1e6;
const UNIT_EVENTS: f64 = 1_000.0;

/// Throughput units that the busiest second takes.
fn units(load: Load) -> f64 {
    let records = load.records() / SECONDS * BUSIEST;
    (records * RECORD / UNIT_BYTES).max(records / IN_AN_EVENT / UNIT_EVENTS)
}

fn bill(load: Load) -> Bill {
    let executions = load.deliveries() + CANARIES;
    let seconds = (load.together * CPU / 1e6 + WAITS).max(LEAST);
    let requests = load.spent(measured::TABLE_REQUESTS.first, measured::TABLE_REQUESTS.known);
    Bill(vec![
        ("Functions", executions * 0.40e-6 + executions * seconds * MEMORY * 0.000_026),
        (
            "Event Hubs: throughput units, events",
            units(load).ceil() * 0.03 * 730.0 + load.records() / IN_AN_EVENT * 0.028e-6,
        ),
        (
            "Table Storage: requests, a year of claims",
            (requests + CANARIES * 3.0) * 0.036e-6 + load.findings() * CLAIMS * 0.045,
        ),
        ("Event Grid", (load.findings() + CANARIES) * 0.60e-6),
        ("logs", (executions * LOG_OF_DELIVERY + load.findings() * LOG_OF_FINDING) * 2.76),
        ("a warm instance, eleven query alarms, the canary's Logic App", 5.0 + 11.0 * 1.50 + 0.50),
    ])
}

fn quotas(load: Load) -> Vec<Quota> {
    let seconds = load.together * CPU / 1e6 + WAITS;
    let hour = simulate::hour(load.deliveries() / SECONDS * BUSIEST, seconds);
    let requests = load.spent(measured::TABLE_REQUESTS.first, measured::TABLE_REQUESTS.known);
    let findings = f64::from(simulate::hour(load.findings() / SECONDS * BUSIEST, 0.0).in_a_second);
    let entities = findings * requests / load.findings();
    vec![
        Quota { what: "Event Hubs: 40 throughput units of a namespace", asked: units(load), most: 40.0 },
        Quota {
            what: "Functions: 40 instances as the module has it",
            asked: f64::from(hour.at_once),
            most: 40.0,
        },
        Quota { what: "Table Storage: 2,000 rows a second of a partition", asked: entities, most: 2_000.0 },
        Quota { what: "Event Grid: 5,000 events a second of a topic", asked: findings, most: 5_000.0 },
    ]
}
