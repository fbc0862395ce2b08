//! Fakes that speak the real protocols, and faults to inject; for tests only.
//!
//! [`lambda_runtime_api`] invokes a real `bootstrap` over HTTP, [`moto`] is AWS, and [`faults`] puts errors, delays
//! and kills between a function and its ports, all from one seed.

pub mod faults;
pub mod lambda_runtime_api;
pub mod moto;
