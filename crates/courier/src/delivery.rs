//! One delivery on its way: bytes in, findings out as they come, what could not be read parked, one account.
//!
//! It is done only when the sink accepted every finding and every reject is parked. Findings go out in small sends, so
//! that neither memory nor the lease of a claim depends on the delivery's size. Where the source moves on whatever the
//! answer, what is still to be published is parked before it is tried for the last times, and taken back once it was
//! accepted: this process may be killed at any time.

mod unfinished;

use jiff::Timestamp;
use trailhound_detect::account::Account;
use trailhound_detect::event::Caller;
use trailhound_detect::integrity::{BrokenDigest, DigestFile, Replaced};
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::Reject;
use trailhound_detect::rules::Lane;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason, Tally};

use crate::attempt::Attempt;
use crate::courier::Courier;
use crate::evaluation::{Body, Evaluated, Evaluation};
use crate::failure::{Failed, Failure};
use crate::ports::{Blobs, Publisher};
use crate::publishing::{Publishing, Send};
use crate::shadow::Shadow;
use crate::time::{Budget, Meter};

/// Bytes of rejects kept before they are parked; beyond it a delivery has several objects.
const PARK: usize = 4 << 20;
/// The same in rejects, each of which takes more than its body.
const PARK_COUNT: usize = 2_000;

/// What keeps matches back whose account is not among those that are told.
const STRANGERS: &str = "account-not-allowed";

/// One delivery on its way.
pub struct Delivery<'c, Store, Sink, Place> {
    courier: &'c Courier<Store, Sink, Place>,
    /// That of the rules that alert.
    policy: Policy,
    attempt: Attempt,
    /// Until its bytes have ended, or made it panic.
    evaluation: Option<Evaluation<'c>>,
    ending: Ending,
    publishing: Publishing,
    shadow: Shadow,
    callers: Vec<(String, Caller)>,
    bodies: Vec<Body>,
    version: Option<String>,
    /// Matches of accounts that are not told.
    strangers: u64,
    /// A canary came in it.
    is_sung: bool,
    received_at: Timestamp,
    rejects: Vec<Reject>,
    failures: Vec<Failure>,
    tally: Tally,
    meter: Meter,
    account: Account,
}

impl<'c, Store: StateStore, Sink: Publisher, Place: Blobs> Delivery<'c, Store, Sink, Place> {
    /// Begins a delivery that is one stream of bytes, or only told about.
    pub fn begin(
        courier: &'c Courier<Store, Sink, Place>,
        pipeline: &'c Pipeline,
        attempt: Attempt,
        origin: &str,
        received_at: Timestamp,
    ) -> Self {
        let mut delivery = Self::empty(courier, pipeline, attempt, origin, received_at);
        delivery.evaluation = Some(Evaluation::of_stream(pipeline, origin, received_at));
        delivery
    }

    fn empty(
        courier: &'c Courier<Store, Sink, Place>,
        pipeline: &'c Pipeline,
        attempt: Attempt,
        origin: &str,
        received_at: Timestamp,
    ) -> Self {
        let account = Account { origin: origin.to_owned(), attempt: attempt.number, ..Account::default() };
        Self {
            courier,
            policy: pipeline.policy().in_lane(Lane::Live),
            attempt,
            evaluation: None,
            ending: Ending::Whole,
            publishing: Publishing::default(),
            shadow: Shadow::default(),
            callers: Vec::new(),
            bodies: Vec::new(),
            version: None,
            strangers: 0,
            is_sung: false,
            received_at,
            rejects: Vec::new(),
            failures: Vec::new(),
            tally: Tally::default(),
            meter: Meter::default(),
            account,
        }
    }

    /// Goes on with a delivery that was evaluated.
    pub fn of(
        courier: &'c Courier<Store, Sink, Place>,
        pipeline: &'c Pipeline,
        attempt: Attempt,
        evaluated: Evaluated,
    ) -> Self {
        let (origin, received_at) = (evaluated.origin.clone(), evaluated.received_at);
        let mut delivery = Self::empty(courier, pipeline, attempt, &origin, received_at);
        delivery.add(evaluated);
        delivery
    }

    pub(crate) fn budget(&self) -> Budget {
        self.attempt.budget
    }

    fn add(&mut self, evaluated: Evaluated) {
        let Evaluated { canaries, bodies, matches, rejects, callers, tally, meter, .. } = evaluated;
        self.take_matches(matches);
        for origin in canaries {
            self.sing(&origin);
        }
        self.bodies = bodies;
        self.rejects.extend(rejects);
        self.callers = callers;
        self.tally = tally;
        self.meter.add(meter);
    }

    /// Matches on their way; those of nobody whose records are told teach nothing either.
    fn take_matches(&mut self, matches: Vec<Match>) {
        let count = matches.len();
        let ours: Vec<Match> = matches.into_iter().filter(|found| self.courier.is_ours(found)).collect();
        self.strangers += (count - ours.len()) as u64;
        self.publishing.add(self.shadow.divert(&self.policy.rules, ours));
    }

    fn sing(&mut self, origin: &str) {
        self.is_sung = true;
        self.publishing.add_canary(self.courier.canary.sing(origin, self.courier.clock.now()));
    }

    /// The delivery is a canary, one finding for each origin.
    pub fn canary(&mut self) {
        self.notice(Notice::Canary);
        let origin = self.account.origin.clone();
        self.sing(&origin);
    }

    /// The delivery is something known by name that holds no records.
    pub fn notice(&mut self, notice: Notice) {
        self.ending = Ending::Bodiless;
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.notice(notice);
        }
    }

    /// Its bytes are those of this version.
    pub(crate) fn of_version(&mut self, version: Option<String>) {
        self.version = version;
    }

    /// Nobody vouches for what it brings: it is told, and settles nothing.
    pub fn unvouched(&mut self) {
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.unvouched();
        }
    }

    /// Somebody has it delivered again, however old it is.
    pub fn replayed(&mut self) {
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.replayed();
        }
    }

    /// The object that was announced as one thing is another by now, and what it was cannot be had.
    pub(crate) fn replaced(&mut self, replaced: &Replaced<'_>) {
        let found = replaced.told(&self.courier.canary.scope);
        self.publishing.add(vec![found]);
    }

    /// What CloudTrail signed for is not what lies in the bucket.
    pub(crate) fn unlike(&mut self, found: &BrokenDigest<'_>, signed: Option<&DigestFile>) {
        let mut scope = self.courier.canary.scope.clone();
        if let Some(digest) = signed {
            scope.account.clone_from(&digest.account);
            scope.region = digest.region().map(str::to_owned);
        }
        self.publishing.add(vec![found.told(&scope)]);
    }

    /// So many objects are as CloudTrail signed, and so many cannot be compared.
    pub(crate) fn count_verified(&mut self, verified: u64, unverified: u64) {
        self.account.verified += verified;
        self.account.unverified += unverified;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.courier.clock.now()
    }

    /// The delivery, or what it points at, cannot be read.
    pub fn reject(&mut self, reason: RejectReason, detail: &str, body: &[u8]) {
        self.ending = Ending::Bodiless;
        if let Some(evaluation) = &mut self.evaluation {
            let origin = evaluation.origin().to_owned();
            evaluation.reject(&origin, reason, detail, body);
        }
    }

    /// Evaluates the next bytes, and publishes what they complete.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            let taken = self.take_some(bytes).await?;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// The same for as many of them as may be read at once, however much they inflate to.
    async fn take_some(&mut self, bytes: &[u8]) -> Result<usize, Failure> {
        let Some(evaluation) = &mut self.evaluation else { return Ok(bytes.len()) };
        let (taken, matches, rejects) = evaluation.push(bytes).inspect_err(|_| {
            // What the session still held is not to be trusted; its figures are gone with it.
            self.evaluation = None;
        })?;
        self.take_matches(matches);
        self.rejects.extend(rejects);
        if self.publishing.has::<Sink>() {
            self.publish(Send::Full).await;
        }
        let bytes = self.rejects.iter().map(|reject| reject.body.len()).sum::<usize>();
        if bytes > PARK || self.rejects.len() > PARK_COUNT {
            let rejects = self.take_rejects();
            let parked = self.courier.park(&rejects, self.attempt.budget).await;
            self.failures.extend(parked.err());
        }
        Ok(taken)
    }

    /// Publishes and parks what is left, and enters the account. `read` is how getting at the bytes went.
    pub async fn end(self, read: Result<(), Failure>) -> Result<(), Failed> {
        self.end_told(read).await.1
    }

    /// The same, with the account.
    pub async fn end_told(mut self, read: Result<(), Failure>) -> (Account, Result<(), Failed>) {
        let ending = if read.is_ok() { self.ending } else { Ending::BrokenOff };
        match self.evaluation.take().map(|evaluation| evaluation.finish(ending)).transpose() {
            Ok(None) => {}
            Ok(Some(evaluated)) => self.add(evaluated),
            Err(panicked) => self.failures.push(panicked.into()),
        }
        self.listen().await;
        let ahead = self.park_ahead().await;
        let (rejects, budget, courier) = (self.take_rejects(), self.attempt.budget, self.courier);
        let (parked, ()) = tokio::join!(courier.park(&rejects, budget), self.publish(Send::All));
        self.failures.extend(parked.err());
        let published = self.settle(ahead).await;
        self.failures.splice(0..0, read.err().into_iter().chain(published.err()));
        if self.failures.is_empty() {
            // Last: all that alerts is out, and what is not comes again with all of this.
            let shadow = self.shadow.settle(courier, &self.policy, &self.attempt, self.received_at);
            self.account.shadow = self.meter.over_polls(shadow).await;
        }
        if let Some(listening) = courier.listening.as_ref().filter(|_| self.tally.records > 0) {
            listening.hear(&courier.memory, &self.account.origin, courier.clock.now(), budget).await;
        }
        self.tally.keep_back(STRANGERS, self.strangers);
        self.account.tally = self.tally;
        self.account.cpu_ms = self.meter.millis();
        let result = if self.failures.is_empty() { Ok(()) } else { Err(Failed(self.failures)) };
        self.account.failure = result.as_ref().err().map(ToString::to_string);
        let cause = result.as_ref().err().and_then(|failed| failed.0.first());
        let cause = cause.map(|failure| failure.cause().as_str());
        self.account.cause = cause;
        let age = self.courier.clock.now().duration_since(self.attempt.given_at);
        self.account.age_ms = u64::try_from(age.as_millis()).unwrap_or(0);
        self.courier.ledger.enter(&self.account);
        (self.account, result)
    }

    /// Where a canary came, tells which sources have fallen silent, if it is time to look.
    async fn listen(&mut self) {
        let courier = self.courier;
        let Some(listening) = courier.listening.as_ref().filter(|_| self.is_sung) else { return };
        let now = courier.clock.now();
        let Some(silences) = listening.silences(&courier.memory, now, self.attempt.budget).await else {
            return;
        };
        self.account.quiet_sources = Some(silences.len() as u64);
        self.publishing.add(silences.iter().map(|silence| silence.told(&courier.canary.scope)).collect());
    }

    /// The rejects so far, with the version they were read from.
    fn take_rejects(&mut self) -> Vec<Reject> {
        let mut rejects = std::mem::take(&mut self.rejects);
        for reject in &mut rejects {
            reject.version.clone_from(&self.version);
        }
        rejects
    }

    async fn publish(&mut self, send: Send) {
        let callers = std::mem::take(&mut self.callers);
        let budget = self.attempt.budget;
        // On the heap: deliveries wait side by side, and this is tens of kilobytes wide.
        let running =
            Box::pin(self.publishing.run(self.courier, &self.policy, &self.attempt, &callers, send));
        let running = self.meter.over_polls(budget.finishing(running));
        let cut_off = tokio::select! {
            biased;
            done = running => done.err().map(|_| "the delivery ran out of time"),
            () = self.courier.stopped() => Some("the platform is stopping this process"),
        };
        if let Some(why) = cut_off {
            self.publishing.error(why);
        }
    }
}
