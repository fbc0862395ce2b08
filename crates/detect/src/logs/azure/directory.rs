//! What the directory's audit and its risk detections say alike.

use trailhound_sigma::json::Document;

use crate::facts::{Facts, Scope};
use crate::log_type::LogType;
use crate::logs::node::Texts;
use crate::logs::time;

pub(in crate::logs) const SERVICE: &str = "Microsoft Entra ID";

/// Time, ids and tenant.
pub(in crate::logs) fn common(log: LogType, record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(log);
    let times = ["properties.activityDateTime", "time", "properties.detectedDateTime"];
    facts.time = times.iter().filter_map(|path| record.string(path)).find_map(|text| time::parse(&text));
    facts.original_time = record.first(&times).unwrap_or_default();
    facts.event_uid = record.string("properties.id").unwrap_or_default();
    facts.correlation_id = record.first(&["properties.correlationId", "correlationId"]);
    facts.session_id.clone_from(&facts.correlation_id);
    facts.log_name = record.string("category");
    facts.log_version = record.string("operationVersion");
    let tenant = record.first(&["tenantId", "properties.tenantId"]).or_else(|| {
        let resource = record.string("resourceId")?;
        resource.strip_prefix("/tenants/")?.split('/').next().map(str::to_owned)
    });
    let tenant = tenant.map(|tenant| tenant.to_ascii_lowercase());
    facts.scope = Scope { account: tenant.clone().unwrap_or_default(), tenant, ..Scope::default() };
    facts
}
