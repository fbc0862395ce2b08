//! The rules and suppressions in force, renewed while the function runs.
//!
//! What comes with the deployment must be right, or the process does not start. What lies in a blob may change at
//! any time: a new version that is wrong is refused whole, the one in force stays, and an error line says so.

mod sources;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use trailhound_detect::pipeline::Pipeline;

pub use sources::{SourceError, Sources};

/// How often blobs are looked at.
const RENEW: Duration = Duration::from_mins(5);
/// How long the first delivery waits for the first look.
const FIRST: Duration = Duration::from_secs(8);

/// The pipeline in force.
pub struct Rulebook {
    pipeline: RwLock<Arc<Pipeline>>,
    looked: watch::Sender<bool>,
}

impl Rulebook {
    /// Always this one.
    pub fn fixed(pipeline: Pipeline) -> Arc<Self> {
        Arc::new(Self { pipeline: RwLock::new(Arc::new(pipeline)), looked: watch::Sender::new(true) })
    }

    /// What the sources say, kept up to date by a task of the current runtime.
    pub async fn open(sources: Sources) -> Result<Arc<Self>, SourceError> {
        let remote = sources.has_blobs();
        let first = if remote { sources.shipped() } else { sources.load().await? };
        let book =
            Arc::new(Self { pipeline: RwLock::new(Arc::new(first)), looked: watch::Sender::new(!remote) });
        if sources.can_change() {
            tokio::spawn(Arc::clone(&book).renew(sources));
        }
        Ok(book)
    }

    /// The pipeline in force; the first call waits, within reason, until blobs have been looked at.
    pub async fn current(&self) -> Arc<Pipeline> {
        let mut looked = self.looked.subscribe();
        // Waiting in vain means going on with the shipped rules, which the failed look has said aloud.
        let _ = tokio::time::timeout(FIRST, looked.wait_for(|looked| *looked)).await;
        Arc::clone(&self.pipeline.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn renew(self: Arc<Self>, sources: Sources) {
        if *self.looked.borrow() {
            tokio::time::sleep(RENEW).await;
        }
        loop {
            match sources.load().await {
                Ok(pipeline) => {
                    *self.pipeline.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pipeline);
                }
                Err(error) => {
                    tracing::error!(
                        event = "rules_invalid",
                        error = error.to_string(),
                        "the rules in force stay"
                    );
                }
            }
            self.looked.send_replace(true);
            tokio::time::sleep(RENEW).await;
        }
    }
}
