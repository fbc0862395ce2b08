//! What lies in a dead-letter queue. A letter that was taken out is hidden from others for some time, and comes back unless it
//! is removed.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_aws::sqs::Queue;

use super::notices::{self, NamedObjects};
use super::replayable::{Lies, Replayable};
use crate::cloud;
use crate::inputs::Input;
use crate::interrupt::Interrupt;

/// A queue by its address.
pub(super) fn queue(url: &str) -> anyhow::Result<Queue> {
    anyhow::ensure!(
        url.starts_with("https://") || url.starts_with("http://127.0.0.1"),
        "a queue is named by its address, as https://sqs.eu-west-1.amazonaws.com/111122223333/trailhound"
    );
    Ok(Queue::new(cloud::aws()?, url))
}

/// Hands on every letter, hidden for so long, until the queue has no other or that fails.
pub(super) fn each(
    url: &str,
    hidden: Duration,
    interrupt: &Interrupt,
    take: &mut dyn FnMut(Replayable) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let queue = queue(url)?;
    let mut seen = HashSet::new();
    while !interrupt.is_set() {
        let letters = cloud::runtime()?.block_on(queue.receive(hidden)).map_err(anyhow::Error::msg);
        let letters = letters.with_context(|| format!("cannot take letters out of {url}"))?;
        let new: Vec<_> = letters.into_iter().filter(|letter| seen.insert(letter.id.clone())).collect();
        if new.is_empty() {
            break;
        }
        for letter in new {
            let id = format!("sqs://{}/{}", queue.name(), letter.id);
            let NamedObjects { objects, is_notice, unknown } = notices::named_in(letter.body.as_bytes());
            take(Replayable {
                origin: id.clone(),
                id,
                reason: String::new(),
                received_at: letter.sent_at.unwrap_or(Timestamp::UNIX_EPOCH),
                inputs: objects.into_iter().map(Input::of_object).collect(),
                is_notice,
                unknown,
                body: letter.body.into_bytes(),
                more: 0,
                lies: Lies::Queue { receipt: letter.receipt },
            })?;
        }
    }
    Ok(())
}

/// Lets others have letters again at once. Not before the last was taken out: they would come again and again.
pub(super) fn give_back(url: Option<&str>, receipts: &[String]) -> anyhow::Result<()> {
    let Some(queue) = url.filter(|_| !receipts.is_empty()).map(queue).transpose()? else { return Ok(()) };
    for receipt in receipts {
        let back = cloud::runtime()?.block_on(queue.give_back(receipt)).map_err(anyhow::Error::msg);
        back.context("letters that were not taken come back by themselves")?;
    }
    Ok(())
}
