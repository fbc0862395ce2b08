//! What a function is fed by: the queue of the one, the event hub of the other; and in which form each takes what is replayed.

#[cfg(feature = "aws")]
use trailhound_aws::sqs::Queue;
#[cfg(feature = "azure")]
use trailhound_azure_sdk::event_hub::EventHub;
#[cfg(feature = "aws")]
use trailhound_courier::ports::ObjectRef;

#[cfg(feature = "aws")]
use super::notices;
use super::replayable::{Lies, Replayable};
use super::spool::{BodySpool, Spooled};
use crate::baseline::Store;
use crate::cloud;
#[cfg(feature = "azure")]
use crate::inputs::Input;
#[cfg(feature = "azure")]
use crate::interrupt::Interrupt;

/// Says to the function that what comes was replayed.
const MARK: (&str, &str) = ("trailhound-replay", "1");

/// Where deliveries go in.
pub(super) enum Intake {
    #[cfg(feature = "aws")]
    Queue(Queue),
    #[cfg(feature = "azure")]
    Hub(EventHub),
}

/// What goes in.
pub(super) enum Handed {
    /// One message.
    Message(Vec<u8>),
    /// The records of an archive, several at a time.
    #[cfg(feature = "azure")]
    Records(Input),
}

/// What goes in, until it does.
pub(super) enum Held {
    Message(Spooled),
    #[cfg(feature = "azure")]
    Records(Input),
}

impl Handed {
    pub(super) fn hold(self, spool: &mut BodySpool) -> anyhow::Result<Held> {
        Ok(match self {
            Self::Message(body) => Held::Message(spool.keep(&body)?),
            #[cfg(feature = "azure")]
            Self::Records(input) => Held::Records(input),
        })
    }
}

impl Intake {
    /// The queue or hub at an address, which the function is fed by whose table this is.
    pub(super) fn at(address: &str, table: &Store) -> anyhow::Result<Self> {
        let intake = match table {
            #[cfg(feature = "aws")]
            Store::DynamoDb(_) => Self::Queue(super::letters::queue(address)?),
            #[cfg(feature = "azure")]
            Store::TableStorage(_) => {
                let hub = EventHub::at(cloud::azure()?, address);
                Self::Hub(hub.map_err(|problem| anyhow::anyhow!("{address} {problem}"))?)
            }
            _ => anyhow::bail!(
                "--go hands over to the function whose --table this is, in DynamoDB or Table Storage"
            ),
        };
        let asked = match &intake {
            #[cfg(feature = "aws")]
            Self::Queue(queue) => cloud::runtime()?.block_on(queue.waiting()).map(drop),
            #[cfg(feature = "azure")]
            Self::Hub(hub) => cloud::runtime()?.block_on(hub.is_ready()),
        };
        asked.map_err(|problem| anyhow::anyhow!("cannot hand anything to {address}: {problem}"))?;
        Ok(intake)
    }

    /// Is something read again whole that stands for others in the same object?
    pub(super) fn reads_whole(&self, one: &Replayable) -> bool {
        matches!(one.lies, Lies::Parked(_))
            && match self {
                #[cfg(feature = "aws")]
                Self::Queue(_) => notices::of_origin(&one.origin).is_some(),
                #[cfg(feature = "azure")]
                Self::Hub(_) => false,
            }
    }

    /// What is put in of it, and what that is known by.
    pub(super) fn what(&self, one: &Replayable) -> (String, Option<Handed>) {
        match self {
            #[cfg(feature = "aws")]
            Self::Queue(_) => message(one),
            #[cfg(feature = "azure")]
            Self::Hub(_) => (one.id.clone(), event(one)),
        }
    }

    /// Why it takes none of something.
    pub(super) fn refuses(&self) -> &'static str {
        match self {
            #[cfg(feature = "aws")]
            Self::Queue(_) => "no queue takes it: name it by s3://, or use --here",
            #[cfg(feature = "azure")]
            Self::Hub(_) => {
                "no event hub takes it: it is larger than a megabyte, or no record a line; use --here"
            }
        }
    }

    /// Puts it in, with `pause` after each message; says whether it could be put in whole.
    pub(super) fn put(
        &self,
        held: &Held,
        spool: &BodySpool,
        pause: &mut dyn FnMut(),
    ) -> anyhow::Result<bool> {
        match held {
            Held::Message(at) => {
                self.send(&spool.read(*at)?)?;
                pause();
                Ok(true)
            }
            #[cfg(feature = "azure")]
            Held::Records(input) => {
                let bytes = input.open(&Interrupt::default())?;
                super::events::each(bytes, EventHub::MOST, &mut |event| {
                    self.send(event)?;
                    pause();
                    Ok(())
                })
            }
        }
    }

    fn send(&self, body: &[u8]) -> anyhow::Result<()> {
        let runtime = cloud::runtime()?;
        let sent = match self {
            #[cfg(feature = "aws")]
            Self::Queue(queue) => runtime.block_on(queue.send(&String::from_utf8_lossy(body), &[MARK])),
            #[cfg(feature = "azure")]
            Self::Hub(hub) => runtime.block_on(hub.send(body, MARK)),
        };
        sent.map_err(anyhow::Error::msg)
    }
}

/// What a queue is sent: records of one object are one notice of it.
#[cfg(feature = "aws")]
fn message(one: &Replayable) -> (String, Option<Handed>) {
    let of_object = |object: &ObjectRef| {
        let notice = notices::notice(object).into_bytes();
        (format!("s3://{}/{}", object.bucket, object.key), Some(Handed::Message(notice)))
    };
    let of_body = || {
        let is_text = std::str::from_utf8(&one.body).is_ok();
        (one.id.clone(), is_text.then(|| Handed::Message(one.body.clone())))
    };
    match &one.lies {
        Lies::Archive => match one.inputs.first().and_then(|input| input.as_object()) {
            Some(object) => of_object(object),
            None => (one.id.clone(), None),
        },
        #[cfg(feature = "azure")]
        Lies::Captured => (one.id.clone(), None),
        Lies::Parked(_) if one.inputs.is_empty() => match notices::of_origin(&one.origin) {
            Some(object) => of_object(&object),
            None => of_body(),
        },
        Lies::Parked(_) | Lies::Queue { .. } => of_body(),
    }
}

/// What a hub is sent: what was sent to one, and records of archives.
#[cfg(feature = "azure")]
fn event(one: &Replayable) -> Option<Handed> {
    match one.inputs.as_slice() {
        [] => (one.body.len() <= EventHub::MOST).then(|| Handed::Message(one.body.clone())),
        [input] if matches!(one.lies, Lies::Archive) && input.is_read_again() => {
            Some(Handed::Records(input.clone()))
        }
        // What a notice of the other cloud names.
        _ => None,
    }
}
