use super::*;

fn peer(n: u32) -> IpAddr {
    IpAddr::V4(n.into())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp(SECOND * seconds)
}

#[test]
fn guessing_one_name_gets_slower_and_stays_possible_for_its_owner() {
    let lockouts = Lockouts::default();
    let attempt = |from, second| lockouts.attempt(Some("ann"), peer(from), at(second));
    for second in 0..5 {
        attempt(1, second).expect("people mistype");
    }
    assert_eq!(
        attempt(1, 4).expect_err("wait").fault.code,
        FaultCode::RateLimited
    );
    assert!(
        attempt(2, 4).is_err(),
        "the name waits, whoever asks: addresses are cheap"
    );
    assert!(lockouts.attempt(Some("bob"), peer(1), at(4)).is_ok());
    let refused = lockouts.attempt(Some("ann"), peer(1), Timestamp(4 * SECOND + 1));
    let told = refused.expect_err("wait").fault;
    assert_eq!(told.retry_after_s.map(u32::from), Some(1), "{told}");
    attempt(1, 5).expect("one second later");
    for second in (20..400).step_by(20) {
        attempt(3, second).expect("never longer than a quarter of a minute");
    }
    let told = attempt(3, 382).expect_err("the last try was at 380 s").fault;
    assert_eq!(told.retry_after_s.map(u32::from), Some(13), "{told}");
    assert!(told.detail.ends_with("wait 13 s"), "{told}");
    lockouts.succeeded(Some("ann"), peer(2));
    assert!(attempt(2, 382).is_ok(), "the owner was let in");
}

#[test]
fn one_address_cannot_try_many_names() {
    let lockouts = Lockouts::default();
    for n in 0..20 {
        lockouts
            .attempt(Some(&format!("name {n}")), peer(1), at(0))
            .expect("free");
    }
    assert!(lockouts.attempt(Some("another"), peer(1), at(0)).is_err());
    assert!(lockouts.attempt(Some("another"), peer(2), at(0)).is_ok());
    lockouts.succeeded(Some("another"), peer(2));
    lockouts.succeeded(Some("name 3"), peer(1));
    assert!(
        lockouts.attempt(Some("name 3"), peer(1), at(0)).is_ok(),
        "his own try is given back"
    );
    assert!(
        lockouts.attempt(Some("name 4"), peer(1), at(0)).is_err(),
        "no more than that"
    );
    assert!(
        lockouts.attempt(Some("name 4"), peer(1), at(15 * 60)).is_ok(),
        "forgotten"
    );
}

#[test]
fn of_those_refused_in_one_wait_only_the_first_is_kept_on_record() {
    let lockouts = Lockouts::default();
    let attempt = |from, second| lockouts.attempt(Some("ann"), peer(from), at(second));
    for second in 0..5 {
        attempt(1, second).expect("people mistype");
    }
    let first = |from| attempt(from, 4).expect_err("wait").is_first;
    assert!(first(1));
    for from in 0..10 {
        assert!(!first(from), "asking on, or from elsewhere, adds nothing");
    }
    attempt(1, 5).expect("one second later");
    assert!(attempt(1, 5).expect_err("wait").is_first, "the next wait");
}

#[test]
fn links_are_not_guessed_from_one_address_either() {
    let lockouts = Lockouts::default();
    for _ in 0..20 {
        lockouts.attempt(None, peer(1), at(0)).expect("free");
    }
    assert!(lockouts.attempt(None, peer(1), at(0)).expect_err("wait").is_first);
    assert!(!lockouts.attempt(None, peer(1), at(0)).expect_err("wait").is_first);
    lockouts.attempt(None, peer(2), at(0)).expect("another address");
    lockouts.succeeded(None, peer(1));
    lockouts
        .attempt(None, peer(1), at(0))
        .expect("a good link is given back");
}

#[test]
fn tries_that_begin_at_the_same_time_count_at_once() {
    let lockouts = Lockouts::default();
    let begun = (0..1_000).filter(|_| lockouts.attempt(Some("ann"), peer(1), at(0)).is_ok());
    assert_eq!(begun.count(), 5);
}

#[test]
fn made_up_names_neither_fill_the_memory_nor_open_the_door() {
    let lockouts = Lockouts::with_entries(50);
    for n in 0..200 {
        lockouts
            .attempt(Some(&format!("made up {n}")), peer(n), at(n.into()))
            .expect("free");
    }
    let tallies = lockouts.tallies();
    assert_eq!(tallies.names.failures.len(), 50);
    assert_eq!(tallies.peers.failures.len(), 50);
    drop(tallies);
    let begun = (0..10).filter(|n| lockouts.attempt(Some("ann"), peer(*n), at(200)).is_ok());
    assert_eq!(begun.count(), 5, "a full table still counts");
}
