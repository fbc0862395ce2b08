//! Ten thousand histories: events delivered late, twice and at once, to processes that die at any step. What was
//! published must be what an oracle says that knows all events and no store.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use super::process::{Host, Process, host};
use super::world::{Death, Done, Happening, PIPELINE, Trouble, What, World};
use crate::describe::Finding;
use crate::digest;
use crate::matched::Match;
use crate::remember::group::WindowId;
use crate::remember::window::LATENESS;

/// As many as `TRAILHOUND_HISTORIES` says, or these.
fn histories() -> u64 {
    let said = std::env::var("TRAILHOUND_HISTORIES").ok();
    said.map_or(10_000, |said| said.parse().expect("TRAILHOUND_HISTORIES is a number"))
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Longer than the look-back of the world's rules.
const EPOCH: i64 = 12 * DAY;

/// Numbers that a seed replays.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() >> 2).unwrap() % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(i64::try_from(end).unwrap())).unwrap()
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }
}

#[test]
fn histories_come_out_as_if_nothing_had_happened_to_them() {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for seed in (thread as u64..histories()).step_by(threads) {
                    let played = std::panic::catch_unwind(|| History::of(seed).play());
                    assert!(played.is_ok(), "the history of seed {seed} came out wrong");
                }
            });
        }
    });
    let (in_time, too_late) = (IN_TIME.load(Ordering::Relaxed), TOO_LATE.load(Ordering::Relaxed));
    assert!(too_late * 50 <= in_time, "{too_late} of {in_time} windows prove nothing");
}

/// Windows whose members came within the bound, and those whose did not.
static IN_TIME: AtomicU64 = AtomicU64::new(0);
static TOO_LATE: AtomicU64 = AtomicU64::new(0);

struct History {
    rng: Rng,
    happenings: Vec<Happening>,
    deaths: u64,
    world: World,
}

impl History {
    fn of(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let mut happenings: Vec<Happening> = (0..rng.index(11) + 3)
            .map(|id| Happening {
                id,
                // No two at the same moment.
                at: rng.below(3) * EPOCH + rng.below(4 * HOUR / 16) * 16 + i64::try_from(id).unwrap(),
                actor: u8::try_from(rng.below(2)).unwrap(),
                target: u8::try_from(rng.below(4)).unwrap(),
                what: match rng.below(6) {
                    0 => What::Prepare,
                    1 | 2 => What::Denied,
                    _ => What::Session,
                },
            })
            .collect();
        // No event comes more than an hour after others of its time; in some histories none comes late at all.
        let most_late = if rng.one_in(4) { 1 } else { HOUR };
        happenings.sort_by_cached_key(|happening| happening.at + rng.below(most_late));
        let world = if rng.one_in(4) { World::new_to_this_version() } else { World::default() };
        let world = World { by_scope: rng.one_in(2), ..world };
        Self { rng, happenings, deaths: 0, world }
    }

    fn play(mut self) {
        // Somebody else was there long before, so that nothing here falls into learning.
        let before = Happening { id: 999, at: -60 * DAY, actor: 99, target: 99, what: What::Session };
        let opened = Process::start(&self.world, "opening".to_owned(), vec![before.matched()]).run();
        assert_eq!(opened.expect("nothing kills it").published.len(), 1);
        self.world.published.lock().unwrap().clear();
        self.world.arrivals.lock().unwrap().clear();
        self.deliver();
        self.check();
    }

    /// Delivers everything until it is acknowledged, some of it twice, two at a time.
    fn deliver(&mut self) {
        let mut names = 0..;
        let mut deaths_left = self.rng.below(4);
        // What was not acknowledged comes again before another epoch begins.
        for epoch in 0..3 {
            let of_epoch = self.happenings.iter().filter(|happening| happening.at / EPOCH == epoch);
            let all: Vec<Match> = of_epoch.map(Happening::matched).collect();
            self.deliver_all(&all, &mut names, &mut deaths_left);
        }
    }

    fn deliver_all(&mut self, all: &[Match], names: &mut impl Iterator<Item = u64>, deaths_left: &mut i64) {
        let Self { rng, deaths, world, .. } = self;
        let world: &World = world;
        let mut hosts: Vec<Host<'_>> = (0..3).map(|_| host(world)).collect();
        let mut refusals_left = rng.below(4);
        let mut queue: VecDeque<Vec<Match>> = VecDeque::new();
        let mut rest = all;
        while !rest.is_empty() {
            let (batch, others) = rest.split_at((rng.index(3) + 1).min(rest.len()));
            queue.push_back(batch.to_vec());
            rest = others;
        }
        while let Some(batch) = queue.pop_front() {
            let mut batches = vec![batch];
            if rng.one_in(3) {
                let next = if rng.one_in(2) { queue.pop_front() } else { None };
                batches.push(next.unwrap_or_else(|| batches[0].clone()));
            }
            let mut at_work: Vec<(Process<'_>, Vec<Match>, usize)> = Vec::new();
            let first = rng.index(hosts.len());
            for (n, batch) in batches.into_iter().enumerate() {
                let at = (first + n) % hosts.len();
                let dies = *deaths_left > 0 && rng.one_in(3);
                let death = dies.then(|| Death {
                    step: rng.next() % 6 + 1,
                    done: [Done::Nothing, Done::Half, Done::All][rng.index(3)],
                });
                *deaths_left -= i64::from(dies);
                let refuses = refusals_left > 0 && rng.one_in(3);
                refusals_left -= i64::from(refuses);
                let refused = if refuses { rng.next().to_le_bytes()[0] } else { 0 };
                let name = format!("process {}", names.next().unwrap_or_default());
                let trouble = Trouble { death, refused, fault: None };
                at_work.push((Process::on(hosts[at].clone(), name, batch.clone(), trouble), batch, at));
            }
            for _ in 0..400 {
                let turn = rng.index(2).min(at_work.len().saturating_sub(1));
                let Some(sent) = at_work.get_mut(turn).and_then(|(process, ..)| process.step()) else {
                    continue;
                };
                let (_, batch, _) = at_work.swap_remove(turn);
                assert_eq!(sent.state_unavailable, None);
                if !sent.held.is_empty() || !sent.unsent.is_empty() {
                    // Not acknowledged, so it comes again whole.
                    queue.push_back(batch);
                }
            }
            // Who is not done by now is dead, and what it had in hand comes again.
            *deaths += at_work.len() as u64;
            for (_, batch, at) in at_work {
                hosts[at] = host(world);
                let place = rng.index(3).min(queue.len());
                queue.insert(place, batch);
            }
            // Claims of the dead run out.
            world.clock.wait(6);
        }
    }

    fn check(&self) {
        let published = self.world.published.lock().unwrap();
        self.check_findings(&published);
        self.check_newness(&published, "actor-action", |happening| happening.actor.to_string());
        self.check_newness(&published, "target", |happening| {
            format!("{}/{}", happening.actor, happening.target)
        });
        self.check_episodes(&published);
    }

    /// Every event made its finding; more than once only where a process died, and then the same.
    fn check_findings(&self, published: &[Finding]) {
        let expected: BTreeSet<String> =
            self.happenings.iter().map(|h| h.matched().uid().to_owned()).collect();
        let mut times: BTreeMap<&str, u64> = BTreeMap::new();
        let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
        for finding in published {
            *times.entry(&finding.uid).or_default() += 1;
            assert_eq!(*ids.entry(&finding.uid).or_insert(&finding.id), finding.id);
        }
        let bases = published.iter().filter(|finding| finding.matched.episode.is_none());
        let got: BTreeSet<String> = bases.map(|finding| finding.uid.clone()).collect();
        assert_eq!(got, expected, "an event is lost, or made up");
        for (uid, times) in times {
            assert!(times <= 1 + self.deaths, "{uid} went out {times} times for {} deaths", self.deaths);
        }
    }

    /// In every epoch exactly one event is the first of its combination, however often it went out.
    fn check_newness(&self, published: &[Finding], word: &str, of: impl Fn(&Happening) -> String) {
        let by_uid: HashMap<String, &Happening> =
            self.happenings.iter().map(|h| (h.matched().uid().to_owned(), h)).collect();
        let mut firsts: BTreeMap<(i64, String), BTreeSet<usize>> = BTreeMap::new();
        let mut verdicts: HashMap<&str, bool> = HashMap::new();
        for finding in published {
            let happening = by_uid.get(&finding.uid).filter(|happening| happening.what == What::Session);
            let Some(happening) = happening else { continue };
            let first = finding.matched.verdict.newness.first.iter().any(|first| first == word);
            let before = *verdicts.entry(&finding.uid).or_insert(first);
            assert_eq!(before, first, "{word} of {} changed its mind", happening.id);
            let epoch = firsts.entry((happening.at / EPOCH, of(happening))).or_default();
            if first {
                epoch.insert(happening.id);
            }
        }
        for (epoch, events) in firsts {
            assert_eq!(events.len(), 1, "{word} {epoch:?}: first are {events:?}");
        }
    }

    /// The alerts of correlations are those that follow from the members alone, in the order in which they came.
    fn check_episodes(&self, published: &[Finding]) {
        let episodes_of = published.iter().filter_map(|finding| finding.matched.episode.as_ref());
        let mut got: BTreeSet<(WindowId, String)> = episodes_of
            .map(|episode| (WindowId::of(&episode.window.window), episode.anchor.clone()))
            .collect();
        let by_event: HashMap<String, &Happening> = self.happenings.iter().map(|h| (h.event(), h)).collect();
        let mut expected = BTreeSet::new();
        for (id, arrivals) in self.world.arrivals.lock().unwrap().iter() {
            let correlation = Correlation::of(*id);
            let members: Vec<&Happening> =
                arrivals.iter().map(|member| by_event[&member.event.to_string()]).collect();
            if latest_arrival(&members) > LATENESS / 1000 {
                // A second delivery after a death may come later than windows wait.
                TOO_LATE.fetch_add(1, Ordering::Relaxed);
                got.retain(|(window, _)| window != id);
                continue;
            }
            IN_TIME.fetch_add(1, Ordering::Relaxed);
            let alerts = correlation.alerts(&members);
            let episodes = correlation.episodes(&members);
            assert!(alerts.len() >= episodes, "an episode has no alert: {members:?}");
            if members.is_sorted_by_key(|happening| happening.at) {
                assert_eq!(alerts.len(), episodes, "nothing came late: {members:?}");
            }
            expected.extend(alerts.into_iter().map(|anchor| (*id, anchor)));
        }
        assert_eq!(got, expected);
    }
}

/// By how much an event came after others of its time, in seconds.
fn latest_arrival(members: &[&Happening]) -> i64 {
    let mut latest = i64::MIN;
    members
        .iter()
        .map(|happening| {
            latest = latest.max(happening.at);
            latest - happening.at
        })
        .max()
        .unwrap_or(0)
}

/// The world's correlations, written down once more and plainly.
#[derive(Clone, Copy, Debug)]
enum Correlation {
    Burst,
    Prepared,
    Tried,
}

impl Correlation {
    /// Whose window it is.
    fn of(window: WindowId) -> Self {
        let names =
            [("world-burst", Self::Burst), ("world-prepared", Self::Prepared), ("world-tried", Self::Tried)];
        let mut all = names.into_iter().flat_map(|named| (0..2).map(move |actor| (named, actor)));
        let found = all.find(|((name, _), actor)| {
            WindowId::of(&digest::of_parts(&["window", name, &format!("actor-{actor}")])) == window
        });
        found.expect("a window of this world").0.1
    }

    fn span(self) -> i64 {
        match self {
            Self::Burst => HOUR,
            Self::Prepared | Self::Tried => HOUR / 2,
        }
    }

    fn is_met(self, window: &[&Happening]) -> bool {
        let of = |what: What| window.iter().filter(move |happening| happening.what == what);
        match self {
            Self::Burst => of(What::Session).map(|h| h.target).collect::<BTreeSet<u8>>().len() >= 3,
            Self::Tried => of(What::Denied).count() >= 3,
            Self::Prepared => {
                let prepared = of(What::Prepare).map(|h| h.at).min();
                prepared.is_some_and(|at| of(What::Session).any(|h| h.at > at))
            }
        }
    }

    /// The moments whose window meets it.
    fn met(self, members: &[&Happening]) -> Vec<i64> {
        let mut ends: Vec<i64> = members.iter().map(|happening| happening.at).collect();
        ends.sort_unstable();
        ends.retain(|end| self.is_met(&window(members.iter().copied(), *end, self.span())));
        ends
    }

    /// How many episodes there are when everything is known at once.
    fn episodes(self, members: &[&Happening]) -> usize {
        let met = self.met(members);
        (0..met.len()).filter(|&n| n == 0 || met[n] - met[n - 1] > self.span()).count()
    }

    /// The first members of the windows that are alerted when members become known one after the other.
    fn alerts(self, members: &[&Happening]) -> Vec<String> {
        let mut alerted: Vec<(i64, i64)> = Vec::new();
        let mut anchors = Vec::new();
        for known in (1..=members.len()).map(|known| &members[..known]) {
            for end in self.met(known) {
                let near =
                    |(from, to): &&mut (i64, i64)| (*from - self.span()..=*to + self.span()).contains(&end);
                if let Some(episode) = alerted.iter_mut().find(near) {
                    *episode = (episode.0.min(end), episode.1.max(end));
                } else {
                    alerted.push((end, end));
                    let window = window(known.iter().copied(), end, self.span());
                    anchors.extend(window.into_iter().min_by_key(|h| h.at).map(Happening::event));
                }
            }
        }
        anchors
    }
}

fn window<'h>(members: impl Iterator<Item = &'h Happening>, end: i64, span: i64) -> Vec<&'h Happening> {
    members.filter(|happening| (end - span..=end).contains(&happening.at)).collect()
}

#[test]
fn the_world_has_rules_that_remember() {
    let correlations = PIPELINE.rules().correlations().iter();
    let names: Vec<&str> = correlations.map(|correlated| correlated.info.name.as_str()).collect();
    for name in ["world-burst", "world-prepared", "world-tried"] {
        assert!(names.contains(&name), "{names:?}");
    }
}
