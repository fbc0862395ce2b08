//! Tokens, fetched in tasks of their own: no request's limit cancels one, whoever waits only waits. They are renewed before
//! they end, and for real once a service no longer takes one: each fetch asks with a credential that has kept none.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_courier::tries::{Tries, passes};

use crate::causes::innermost;

/// Makes a credential that keeps no token yet.
pub(crate) type Credentials = Arc<dyn Fn() -> azure_core::Result<Arc<dyn TokenCredential>> + Send + Sync>;

/// How long one fetch may take, and how long all that is tried for it.
const ATTEMPT: Duration = Duration::from_secs(8);
const WITHIN: Duration = Duration::from_secs(15);
/// The first wait after a fault that passes.
const PAUSE: Duration = Duration::from_millis(200);
/// From when before its end a token is renewed while it is still used, and from when it is used no more.
const SOON: i64 = 600;
const OVER: i64 = 30;
/// How soon a token is renewed again that a service did not take.
const RENEWED: Duration = Duration::from_secs(10);

/// The token for one service.
pub(crate) struct Tokens {
    credentials: Credentials,
    scope: &'static str,
    state: watch::Sender<State>,
}

#[derive(Default)]
struct State {
    token: Option<AccessToken>,
    /// Why the last fetch came to nothing.
    fault: String,
    is_fetching: bool,
    /// Fetches that are over.
    rounds: u64,
    renewed: Option<Instant>,
}

impl State {
    /// The token, if it holds for so many seconds more.
    fn token(&self, seconds: i64) -> Option<&AccessToken> {
        self.token.as_ref().filter(|token| left(token) > seconds)
    }
}

impl Tokens {
    pub(crate) fn new(credentials: Credentials, scope: &'static str) -> Arc<Self> {
        Arc::new(Self { credentials, scope, state: watch::Sender::default() })
    }

    /// The value of `authorization`; waits for a fetch where there is no token, else begins one in time.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<String, String> {
        let mut state = self.state.subscribe();
        let (token, rounds) = {
            let state = state.borrow_and_update();
            (state.token(OVER).map(header), state.rounds)
        };
        if let Some(token) = token {
            if state.borrow().token(SOON).is_none() {
                self.fetch();
            }
            return Ok(token);
        }
        self.fetch();
        // The sender is ours, and outlives this.
        let Ok(state) = state.wait_for(|state| state.rounds != rounds).await else {
            return Err(String::new());
        };
        state.token(0).map(header).ok_or_else(|| state.fault.clone())
    }

    /// Begins to fetch, unless that is under way.
    pub(crate) fn fetch(self: &Arc<Self>) {
        let begins = self.state.send_if_modified(|state| {
            let begins = !state.is_fetching;
            state.is_fetching = true;
            begins
        });
        if begins {
            let tokens = Arc::clone(self);
            tokio::spawn(async move {
                let fetched = tokens.fetched().await;
                tokens.state.send_modify(|state| {
                    state.is_fetching = false;
                    state.rounds += 1;
                    match fetched {
                        Ok(token) => state.token = Some(token),
                        Err(fault) => state.fault = fault,
                    }
                });
            });
        }
    }

    /// A service did not take this one: forgets it. Not soon again, for then it is not the token's fault.
    pub(crate) fn renew(&self, refused: &str) -> bool {
        self.state.send_if_modified(|state| {
            if state.token.as_ref().is_none_or(|token| header(token) != refused) {
                // Somebody renews it, or did meanwhile: requests go out side by side.
                return true;
            }
            let is_due = state.renewed.is_none_or(|at| at.elapsed() >= RENEWED);
            if is_due {
                state.renewed = Some(Instant::now());
                state.token = None;
            }
            is_due
        })
    }

    async fn fetched(&self) -> Result<AccessToken, String> {
        let mut tries = Tries::until(Instant::now() + WITHIN, PAUSE);
        loop {
            let attempt = async { (self.credentials)()?.get_token(&[self.scope], None).await };
            let (fault, stays) = match tokio::time::timeout(ATTEMPT, attempt).await {
                Ok(Ok(token)) if left(&token) > 0 => return Ok(token),
                Ok(Ok(_)) => ("the identity endpoint gave a token that is over".to_owned(), false),
                Ok(Err(error)) => (innermost(&error), status(&error).is_some_and(|status| !passes(status))),
                Err(_) => (format!("no answer within {ATTEMPT:?}"), false),
            };
            if stays || !tries.again(None).await {
                return Err(fault);
            }
        }
    }
}

/// How many seconds it still holds.
fn left(token: &AccessToken) -> i64 {
    token.expires_on.unix_timestamp() - OffsetDateTime::now_utc().unix_timestamp()
}

fn header(token: &AccessToken) -> String {
    format!("Bearer {}", token.token.secret())
}

/// The status that the endpoint answered with, if it did.
fn status(error: &azure_core::Error) -> Option<u16> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let known = error.downcast_ref::<azure_core::Error>().and_then(azure_core::Error::http_status);
        if let Some(status) = known {
            return Some(status.into());
        }
        cause = error.source();
    }
    None
}
