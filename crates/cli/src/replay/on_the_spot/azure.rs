//! The Azure function's courier: its table in Table Storage, its topic of Event Grid.

use trailhound_azure_sdk::address;
use trailhound_azure_sdk::archive::Outlet;
use trailhound_azure_sdk::blob::BlobFolder;
use trailhound_azure_sdk::event_grid::EventGrid;
use trailhound_azure_sdk::table::TableStore;
use trailhound_courier::Courier;
use trailhound_detect::event::Provider;

use super::courier::{self, SpotTold};
use crate::cloud;

pub(super) fn courier(
    table: TableStore,
    topic: &str,
    told: SpotTold,
) -> anyhow::Result<Courier<TableStore, Outlet, BlobFolder>> {
    let endpoint = address::topic(topic, None).map_err(|problem| anyhow::anyhow!("--topic {problem}"))?;
    let sink = Outlet::Topic(EventGrid::new(cloud::azure()?, &endpoint, None));
    Ok(courier::courier(table, sink, Provider::Azure, told))
}
