//! What two clouds once decided differently, each decision with one test that runs for both: a source that delivers
//! again, one stream of bytes a delivery, and a source that checkpoints, several bodies a delivery.

mod bench;
mod delivering;
mod floods;
mod shadow;
