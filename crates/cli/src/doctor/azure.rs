//! What Azure says is set up.

use super::asked::Asked;
use super::report::DoctorReport;
use crate::baseline::Store;

pub(super) fn look(asked: Asked<'_>, report: &mut DoctorReport) -> anyhow::Result<()> {
    if !asked.is_something() {
        return report.absent(
            "azure",
            "nothing of Azure is named, so it is not asked",
            "--table https://account.table.core.windows.net/table asks it, as whoever `az login` signed in",
        );
    }
    if let Some(table) = asked.table {
        match table
            .parse::<Store>()
            .map_err(anyhow::Error::msg)
            .and_then(|store| store.check().map(|()| store))
        {
            Ok(store) => report.fine("azure table", &format!("{store} answers"))?,
            Err(error) => report.wrong(
                "azure table",
                &format!("{error:#}"),
                "`az login` signs in; the identity needs Storage Table Data Contributor on the account",
            )?,
        }
    }
    let Some(topic) = asked.topic else { return Ok(()) };
    match trailhound_azure_sdk::address::topic(topic, None) {
        Ok(url) => report.fine(
            "azure topic",
            &format!("{url} looks right; a topic only takes events, so nothing was sent"),
        ),
        Err(problem) => report.wrong(
            "azure topic",
            &format!("the address {problem}"),
            "it looks like https://topic.region-1.eventgrid.azure.net/api/events",
        ),
    }
}
