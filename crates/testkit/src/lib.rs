//! Fakes that speak the real protocols, and faults to inject; for tests only.
//!
//! [`lambda_runtime_api`] invokes a real `bootstrap` over HTTP, [`moto`] is AWS, [`s3`] and [`sns`] fail as told, and
//! [`faults`] puts errors, delays and kills between a function and its ports, all from one seed. [`functions_host`]
//! invokes a real custom handler, [`event_grid`], [`event_hub`] and [`identity`] are Azure's services over TLS, [`azurite`] is its
//! storage; [`contract`] is what both clouds' findings must be, [`story`] what both tell the same way, [`stores`] what every
//! store must do, and [`spending`] what a match costs one. [`cloudtrail`] signs digest files and tells its keys, [`mmdb`]
//! writes databases of places. A [`gate`] stands before any of them and makes it slow, silent, busy or absent. [`world`]
//! plays schedules of faults through every cloud's function.

mod accept;
pub mod azurite;
pub mod cloudtrail;
pub mod company;
pub mod contract;
pub mod event_grid;
pub mod event_hub;
pub mod faults;
pub mod functions_host;
pub mod gate;
pub mod generate;
mod http;
pub mod https;
pub mod identity;
pub mod lambda_runtime_api;
pub mod measured;
pub mod mmdb;
pub mod moto;
pub mod records;
pub mod s3;
pub mod sns;
pub mod spending;
pub mod stores;
pub mod story;
pub mod tls;
pub mod tools;
pub mod world;

/// Checks findings against their schemas.
pub use trailhound_conformance as schema;
