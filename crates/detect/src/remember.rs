//! What was seen before: claims on findings now; the store behind it is a port.

mod memory;

pub use memory::MemoryStore;
