//! Azure, of a command that was built without it.

use super::asked::Asked;
use super::report::DoctorReport;
use crate::words::built_with;

pub(super) fn look(asked: Asked<'_>, report: &mut DoctorReport) -> anyhow::Result<()> {
    let says = "this trailhound asks no Azure";
    if asked.is_something() {
        return report.wrong("azure", says, &built_with("azure"));
    }
    report.absent("azure", says, &built_with("azure"))
}
