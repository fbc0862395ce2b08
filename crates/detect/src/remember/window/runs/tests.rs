use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn runs_are_a_list_in_order_of_time(steps in prop::collection::vec((0..400_i64, any::<bool>()), 1..600)) {
        let (mut runs, mut plain, mut shift) = (Runs::default(), BTreeMap::new(), 0);
        let mut copies = Vec::new();
        for (at, pops) in steps {
            if pops && at < 150 {
                let popped = runs.pop_first().map(|run| (run.at, run.members));
                prop_assert_eq!(popped, plain.pop_first());
            } else {
                shift += 1;
                runs.add(Run { at: at + shift, events: 1, members: 1 });
                *plain.entry(at + shift).or_insert(0) += 1;
            }
            prop_assert_eq!(runs.len(), plain.len());
            if at == 7 {
                copies.push((runs.clone(), plain.clone()));
            }
        }
        copies.push((runs, plain));
        for (runs, plain) in copies {
            let all: Vec<(i64, u32)> = runs.iter().map(|run| (run.at, run.members)).collect();
            prop_assert_eq!(all, plain.into_iter().collect::<Vec<_>>());
        }
    }
}
