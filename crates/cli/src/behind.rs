//! Who was handed which session, gathered from all inputs before they are read for what they are asked.

use std::io::Read as _;
use std::num::NonZeroUsize;

use trailhound_detect::behind::{Gather, HandOut, HandOuts};

use crate::deliveries::InOrder;
use crate::inputs::Input;
use crate::interrupt::Interrupt;
use crate::words::counted;

/// How much is read at once.
const CHUNK: usize = 128 << 10;

/// All that the inputs hand out. What can be read but once is left for what it is asked, and what cannot be read is told
/// then.
pub(crate) fn gather(
    inputs: &[Input],
    jobs: Option<NonZeroUsize>,
    interrupt: &Interrupt,
) -> anyhow::Result<HandOuts> {
    let inputs: Vec<Input> = inputs.iter().filter(|input| input.is_read_again()).cloned().collect();
    let mut all = HandOuts::default();
    let reading = InOrder { inputs: &inputs, jobs, interrupt };
    let deliver = |input: &Input, hand: &mut dyn FnMut(Vec<HandOut>) -> bool| {
        let Ok(mut reader) = input.open(interrupt) else { return };
        let mut gather = Gather::of(&input.name());
        let mut chunk = vec![0; CHUNK];
        while !interrupt.is_set() {
            let Ok(count) = reader.read(&mut chunk) else { break };
            let mut found = Vec::new();
            gather.push(&chunk[..count], &mut |out| found.push(out));
            if !found.is_empty() && !hand(found) {
                return;
            }
            if count == 0 {
                break;
            }
        }
        let mut found = Vec::new();
        gather.finish(&mut |out| found.push(out));
        hand(found);
    };
    reading.run(&deliver, &mut |_, found| {
        for out in found {
            all.add(out);
        }
        Ok(())
    })?;
    tell_beyond(all.beyond());
    Ok(all)
}

/// Says of how many sessions it is not kept who was handed them.
pub(crate) fn tell_beyond(beyond: u64) {
    if beyond > 0 {
        let sessions = counted(beyond, "session", "sessions");
        anstream::eprintln!(
            "who was handed {sessions} more is not kept: name fewer inputs, or files by account"
        );
    }
}
