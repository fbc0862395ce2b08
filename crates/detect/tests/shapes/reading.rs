//! Each way of reading is needed, and the screen rules out nothing on any of them.

use trailhound_detect::event::Forms;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::proving::shapes::{self, Shape};

use crate::{deliveries, events, prove, verdict};

/// One event in so many is tried where all shapes are.
const SOME: usize = 3;

/// The proof sees each way of reading: without it, some shape is red.
#[test]
fn every_way_of_reading_is_needed() {
    let all = Forms::default();
    for (without, names) in [
        (Forms { carried: false, ..all }, ["unknown-carrier", "splunk-export", "athena-query-results"]),
        (Forms { folded: false, ..all }, ["folded-one", "python-dict", "joined-by-underscore"]),
        (Forms { in_any_case: false, ..all }, ["lower-case", "pascal-case", "athena-json"]),
    ] {
        let blind = pipeline().of_forms(without);
        for name in names {
            let shape = shapes::all().into_iter().find(|shape| shape.name == name).expect("a shape");
            assert!(differs(&blind, &shape, 1), "{name} is told the same without: {without:?}");
        }
    }
}

/// What the screen rules out holds no finding, whatever the shape.
#[test]
fn the_screen_rules_out_nothing_in_any_shape() {
    let unscreened = pipeline().without_screen();
    for shape in shapes::all() {
        assert!(!differs(&unscreened, &shape, SOME), "{}", shape.name);
    }
}

fn pipeline() -> Pipeline {
    verdict::with_rules(&|text| text.to_owned())
}

/// Does a pipeline say anything else of a shape than the ordinary one?
fn differs(pipeline: &Pipeline, shape: &Shape, step: usize) -> bool {
    prove::chosen(1).into_iter().step_by(step).any(|at| {
        let event = &events::all()[at];
        shape.logs.contains(&event.log)
            && deliveries(shape, event.log, &event.record)
                .iter()
                .any(|bytes| verdict::of(bytes) != verdict::by(pipeline, bytes))
    })
}
