//! The real `bootstrap`, invoked over the real protocol, against moto.

mod again;
mod back_off;
mod beside;
mod digests;
mod end_to_end;
mod engines;
mod forging;
mod gathering;
mod local;
mod memory;
mod objects;
mod publishing;
mod rulebook;
mod silence;
#[allow(dead_code, reason = "shared with the benchmarks, which measure what is not tested here")]
mod stage;
mod story;
mod telemetry;
mod topics;
mod troubled;
mod warm_up;
mod ways_in;
