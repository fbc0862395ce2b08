//! The shapes: pure functions that put records into a form as that form's own documentation says.
//!
//! They share nothing with the product: what they know of a form is written here a second time, from its
//! documentation, so that a misreading there is not a misreading here.

mod amazon;
mod carriers;
mod elastic;
mod entra;
mod form;
mod known;
mod lake;
mod log;
mod members;
mod monitor;
mod ocsf;
mod printed;
mod sentinel;
mod text;
mod transport;
mod windows;

pub use form::{Put, Shape};
pub use known::KnownMembers;
pub use log::Log;

/// All shapes, in the order of the report.
pub fn all() -> Vec<Shape> {
    let families: [&[Shape]; 12] = [
        members::SHAPES,
        printed::SHAPES,
        transport::SHAPES,
        carriers::SHAPES,
        amazon::SHAPES,
        lake::SHAPES,
        ocsf::SHAPES,
        sentinel::SHAPES,
        elastic::SHAPES,
        monitor::SHAPES,
        entra::SHAPES,
        windows::SHAPES,
    ];
    families.concat()
}
