//! `doctor`: what is set up, what is missing, and how to mend it. Looks, and changes nothing.

mod asked;
#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "doctor/no_aws.rs"]
mod aws;
#[cfg(feature = "azure")]
mod azure;
#[cfg(not(feature = "azure"))]
#[path = "doctor/no_azure.rs"]
mod azure;
mod local;
mod report;

use crate::args::Doctor;
use crate::exit::Exit;
use crate::settings::Settings;
use asked::Asked;
use report::DoctorReport;

pub(crate) fn run(arguments: &Doctor, settings: &Settings) -> anyhow::Result<Exit> {
    let mut report = DoctorReport::begin();
    local::look(arguments, settings, &mut report)?;
    let aws = Asked {
        table: arguments.table.as_deref().filter(|table| !is_address(table)),
        topic: arguments.topic.as_deref().filter(|topic| !is_address(topic)),
        trail: arguments.trail.as_deref(),
    };
    aws::look(aws, &mut report)?;
    let azure = Asked {
        table: arguments.table.as_deref().filter(|table| is_address(table)),
        topic: arguments.topic.as_deref().filter(|topic| is_address(topic)),
        trail: None,
    };
    azure::look(azure, &mut report)?;
    report.end()
}

/// Azure's things are known by address, AWS's by name or ARN.
fn is_address(name: &str) -> bool {
    name.contains("://") && !name.starts_with("dynamodb://")
}
