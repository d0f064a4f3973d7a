//! Tries a law on its seeds, on all cores, and says how to see a failure again.

use super::trial::Trial;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Enough for whoever changes something to be told at once; the test command tries 2,000.
const SEEDS: u64 = 40;

/// Holds a law to every seed that was asked for: `THRONG_SEED` alone, or the first `THRONG_SEEDS`. `THRONG_EVENTS` shortens
/// their streams.
pub fn holds<L: Fn(Trial) + Sync>(law: L) {
    let seeds = match asked("THRONG_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=asked("THRONG_SEEDS").unwrap_or(SEEDS),
    };
    let events = asked("THRONG_EVENTS").map_or(usize::MAX, |events| events as usize);
    if let Some(seed) = first_broken(&law, &seeds, events) {
        panic!("{}", told(&law, seed, events));
    }
}

/// The lowest seed that breaks the law.
fn first_broken<L: Fn(Trial) + Sync>(law: &L, seeds: &RangeInclusive<u64>, events: usize) -> Option<u64> {
    let (next, broken) = (AtomicU64::new(*seeds.start()), Mutex::new(None));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                // Seeds are handed out in order, and who has one tries it: none below the broken one is left out.
                while broken.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        break;
                    }
                    if complaint(law, seed, events).is_some() {
                        let mut broken = broken.lock().unwrap();
                        *broken = Some(broken.map_or(seed, |known: u64| known.min(seed)));
                    }
                }
            });
        }
    });
    broken.into_inner().unwrap()
}

/// What the law says against a seed, if anything.
fn complaint<L: Fn(Trial)>(law: &L, seed: u64, events: usize) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| law(Trial::new(seed, events))));
    let payload = outcome.err()?;
    let text = payload.downcast_ref::<String>().cloned();
    Some(text.unwrap_or_else(|| {
        let text = payload.downcast_ref::<&str>().copied();
        text.unwrap_or("it panicked").to_owned()
    }))
}

/// Why a seed breaks the law, and the command that shows it again, with as few of the first events as break it, too.
fn told<L: Fn(Trial)>(law: &L, seed: u64, events: usize) -> String {
    let mut shortest = Trial::new(seed, events).log.len();
    let mut less = shortest / 2;
    while less > 0 {
        match complaint(law, seed, shortest - less) {
            Some(_) => shortest -= less,
            None => less /= 2,
        }
        less = less.min(shortest / 2);
    }
    let why = complaint(law, seed, shortest).unwrap_or_else(|| "not when it is tried again".to_owned());
    let name = name_of(law);
    format!("{why}\nthe same again: cargo xtask sim --law {name} --seed {seed} --events {shortest}")
}

/// The path of the test that states the law, as the test harness calls it.
fn name_of<L>(_: &L) -> String {
    let path = std::any::type_name::<L>().trim_end_matches("::{{closure}}");
    path.split_once("::").map_or(path, |(_, name)| name).to_owned()
}

fn asked(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")),
    )
}

#[test]
fn who_breaks_a_law_is_told_the_lowest_seed_and_the_fewest_events() {
    fn fewer_than_five(trial: Trial) {
        assert!(trial.log.len() < 5, "five are too many");
    }
    let long = |seed: &u64| Trial::new(*seed, usize::MAX).log.len() >= 5;
    let lowest = (1..=100).find(long);
    assert_eq!(first_broken(&fewer_than_five, &(1..=100), usize::MAX), lowest);
    let told = told(&fewer_than_five, 2, usize::MAX);
    assert!(told.starts_with("five are too many"), "{told}");
    assert!(told.ends_with("fewer_than_five --seed 2 --events 5"), "{told}");
}
