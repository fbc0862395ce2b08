//! Digest files of CloudTrail's, verified: their signature, the log files they name, the digest file before.
//!
//! What does not hold is an alert, told even where the rest could not be looked at; what holds is counted. Nothing that a
//! digest file says is followed before its signature was found to be CloudTrail's. A delivery that could not look at all
//! comes again, and goes on where this process stopped.

mod content;
mod signature;

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::integrity::{BrokenDigest, DigestFile, Named, Unlike};
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::RejectReason;

use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::ports::{Blobs, KeyAsked, ObjectBody, ObjectError, ObjectRef, Objects, PublicKeys, Publisher};
use crate::time::Budget;
use content::{Content, Summed};

/// Most bytes that a digest file is read to: some thirty thousand log files.
const LARGEST_DIGEST: usize = 16 << 20;
/// What is known to hold is forgotten beyond so many objects.
const MOST_KNOWN: usize = 20_000;
/// A notice waits fourteen days in a queue at most; what is gone later may have been deleted for its age.
const FRESH: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What lies between the end of the hour and the signature, at most.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Names of metadata that CloudTrail gives to digest files.
const SIGNATURE: &str = "signature";
const BACKFILLED: &str = "backfill-generation-timestamp";

/// Verifies digest files.
pub struct Digests {
    keys: Box<dyn PublicKeys>,
    /// Objects that were seen to hold what a digest file names, until all of it was looked at.
    known: Mutex<HashSet<(String, String)>>,
}

/// Where what a digest file names is read, and from which buckets; `None` for all.
pub(crate) struct Reading<'a, From> {
    pub(crate) objects: &'a From,
    pub(crate) allowed: Option<&'a BTreeSet<String>>,
}

/// What CloudTrail says of a digest file beside it.
struct Said {
    signature: Option<String>,
    made_up_for: Option<Timestamp>,
}

impl Said {
    fn of(body: &impl ObjectBody) -> Self {
        Self {
            signature: body.metadata(SIGNATURE).map(str::to_owned),
            made_up_for: body.metadata(BACKFILLED).and_then(|at| at.parse().ok()),
        }
    }
}

/// What looking at a digest file gave.
#[derive(Debug, Default)]
struct Looked {
    unlike: Vec<(Unlike, Vec<String>)>,
    /// Objects that are as they should be.
    verified: u64,
    /// Objects that cannot be compared, for a reason that stays.
    unverified: u64,
    /// Why it must be looked at again.
    failure: Option<Failure>,
}

impl Looked {
    fn add(&mut self, unlike: Unlike, uri: String) {
        match self.unlike.iter_mut().find(|(known, _)| *known == unlike) {
            Some((_, uris)) => uris.push(uri),
            None => self.unlike.push((unlike, vec![uri])),
        }
    }
}

/// How an object is beside what is named.
enum Beside {
    Same,
    Other,
    Gone,
    Unknown,
}

impl Digests {
    /// With keys from there.
    pub fn new(keys: Box<dyn PublicKeys>) -> Self {
        Self { keys, known: Mutex::default() }
    }

    /// The digest file that was read from here, or why it is not to be believed.
    async fn signed(
        &self,
        object: &ObjectRef,
        content: &[u8],
        said: &Said,
        now: Timestamp,
    ) -> Result<Result<DigestFile, &'static str>, Failure> {
        let Ok(digest) = DigestFile::read(content) else {
            return Ok(Err("but something else"));
        };
        if !digest.belongs_at(&object.bucket, &object.key) {
            return Ok(Err("as it was written for another place"));
        }
        let Some(signature) = &said.signature else {
            return Ok(Err("as it has no signature"));
        };
        let Some(region) = digest.region() else {
            return Ok(Err("as its folder is no region's"));
        };
        // One that was made up for later is signed by the key of that time.
        let signed_at = said.made_up_for.unwrap_or(digest.end());
        let (from, until) = (signed_at.saturating_sub(HOUR), signed_at.saturating_add(HOUR));
        let (Ok(from), Ok(until)) = (from, until) else {
            return Ok(Err("as no key is that old"));
        };
        if from > now {
            return Ok(Err("as its hour has not come yet"));
        }
        let asked = KeyAsked { region, fingerprint: &digest.fingerprint, from, until: until.min(now) };
        let Some(key) = self.keys.key(asked).await.map_err(Failure::Object)? else {
            return Ok(Err("as CloudTrail has no such key"));
        };
        let is_signed = signature::verifies(&key, digest.signed_text(content).as_bytes(), signature);
        Ok(if is_signed { Ok(digest) } else { Err("as its signature is wrong") })
    }

    /// Looks at all that a digest file names.
    async fn look<From: Objects>(
        &self,
        from: &Reading<'_, From>,
        digest: &DigestFile,
        budget: Budget,
        now: Timestamp,
    ) -> Looked {
        let mut looked = Looked { verified: 1, ..Looked::default() };
        let is_fresh = now.duration_since(digest.end()) <= FRESH;
        let before = digest.previous().map(|named| (named, true));
        let files = digest.log_files().map(|named| (named, false));
        for (named, is_digest) in before.into_iter().chain(files) {
            let object = ObjectRef {
                bucket: named.bucket.to_owned(),
                key: named.key.to_owned(),
                ..ObjectRef::default()
            };
            let uri = From::uri(&object);
            let signature = digest.previous_signature.as_deref().filter(|_| is_digest);
            let beside = self.beside(from, &object, named, signature, budget).await;
            match beside {
                Ok(Beside::Same) => looked.verified += 1,
                Ok(Beside::Other) if is_digest => looked.add(Unlike::OtherBefore, uri),
                Ok(Beside::Other) => looked.add(Unlike::Changed, uri),
                Ok(Beside::Gone) if is_fresh && is_digest => looked.add(Unlike::NoneBefore, uri),
                Ok(Beside::Gone) if is_fresh => looked.add(Unlike::Gone, uri),
                Ok(Beside::Gone | Beside::Unknown) => looked.unverified += 1,
                Err(Failure::OutOfTime) => {
                    looked.failure = Some(Failure::OutOfTime);
                    return looked;
                }
                // One that cannot be read hides nothing of the others.
                Err(failure) => looked.failure = looked.failure.or(Some(failure)),
            }
        }
        if looked.failure.is_none() {
            self.forget(digest);
        }
        looked
    }

    async fn beside<From: Objects>(
        &self,
        from: &Reading<'_, From>,
        object: &ObjectRef,
        named: Named<'_>,
        signature: Option<&str>,
        budget: Budget,
    ) -> Result<Beside, Failure> {
        if from.allowed.is_some_and(|allowed| !allowed.contains(&object.bucket)) {
            return Ok(Beside::Unknown);
        }
        let known = (From::uri(object), named.hash.to_owned());
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&known) {
            return Ok(Beside::Same);
        }
        let opened = budget.taking(from.objects.open(object)).await.map_err(|_| Failure::OutOfTime)?;
        let mut body = match opened {
            Ok(body) => body,
            Err(ObjectError::Missing { .. }) => return Ok(Beside::Gone),
            Err(error) if error.is_final() => return Ok(Beside::Unknown),
            Err(error) => return Err(error.into()),
        };
        let mut content = Content::summed();
        while let Some(chunk) = budget.taking(body.chunk()).await.map_err(|_| Failure::OutOfTime)?? {
            if !content.take(&chunk) {
                return Ok(Beside::Other);
            }
        }
        let is_same = matches!(content.end(), Some(Summed { sum, .. }) if sum.eq_ignore_ascii_case(named.hash))
            && signature.is_none_or(|due| body.metadata(SIGNATURE) == Some(due));
        if !is_same {
            return Ok(Beside::Other);
        }
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_KNOWN {
            all.clear();
        }
        all.insert(known);
        Ok(Beside::Same)
    }

    /// The next digest file looks at everything anew.
    fn forget(&self, digest: &DigestFile) {
        let of_it: HashSet<&str> =
            digest.previous().into_iter().chain(digest.log_files()).map(|n| n.hash).collect();
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(_, hash)| !of_it.contains(hash.as_str()));
    }
}

impl<Store: StateStore, Sink: Publisher, Place: Blobs> Delivery<'_, Store, Sink, Place> {
    /// Reads a digest file, as any object, and verifies it.
    pub(crate) async fn verify<From: Objects>(
        &mut self,
        from: &Reading<'_, From>,
        digests: &Digests,
        object: &ObjectRef,
        mut body: From::Body,
        notice: &[u8],
    ) -> Result<(), Failure> {
        let budget = self.budget();
        let mut content = Content::kept(LARGEST_DIGEST);
        let mut is_whole = true;
        while let Some(chunk) = budget.taking(body.chunk()).await.map_err(|_| Failure::OutOfTime)?? {
            is_whole = is_whole && content.take(&chunk);
            self.take(&chunk).await?;
        }
        let uri = From::uri(object);
        let read = content.end().filter(|_| is_whole);
        if read.as_ref().is_some_and(|read| read.is_cut) {
            let detail = format!("a digest file of more than {LARGEST_DIGEST} bytes is not verified");
            self.reject(RejectReason::TooLarge, &detail, notice);
            return Ok(());
        }
        let bytes = read.map(|read| read.kept).unwrap_or_default();
        let said = Said::of(&body);
        let signed = budget.taking(digests.signed(object, &bytes, &said, self.now())).await;
        let digest = match signed.map_err(|_| Failure::OutOfTime)?? {
            Ok(digest) => digest,
            Err(why) => {
                let (uris, unlike) = ([uri.clone()], Unlike::Unsigned(why));
                self.unlike(&BrokenDigest { digest: &uri, unlike, uris: &uris, end: None }, None);
                return Ok(());
            }
        };
        let looked = digests.look(from, &digest, budget, self.now()).await;
        for (unlike, uris) in &looked.unlike {
            let found = BrokenDigest { digest: &uri, unlike: *unlike, uris, end: Some(digest.end()) };
            self.unlike(&found, Some(&digest));
        }
        self.count_verified(looked.verified, looked.unverified);
        looked.failure.map_or(Ok(()), Err)
    }
}
