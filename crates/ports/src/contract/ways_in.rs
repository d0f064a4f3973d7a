//! The suite of [`WaysIn`]. Use: `throng_ports::ways_in_contract!(my_store);` in a crate with tokio.
//!
//! `my_store()` makes a new, empty store and returns a closure that opens it; its accounts are the same store's.

use super::accounts::user;
use super::{Open, join_all};
use crate::Accounts;
use crate::accounts::Removed;
use crate::ways_in::{LinkPurpose, SetUp, SetupLink, WaysIn};
use throng_model::Timestamp;
use throng_model::user::Role;

/// One test for each promise of the port.
#[macro_export]
macro_rules! ways_in_contract {
    ($store:expr) => {
        $crate::ways_in_contract!($store;
            a_link_opens_once
            of_many_who_take_a_link_one_gets_it
            an_expired_link_opens_nothing
            of_links_for_the_setup_the_last_one_opens
            a_link_for_the_setup_is_taken_only_with_effect
            of_many_who_set_up_one_does
            whose_account_goes_loses_his_links
            links_survive_reopening
            an_ended_session_stays_ended_until_it_expires
            the_signing_secret_is_made_once
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::ways_in::$promise(&$store()).await;
            }
        )+
    };
}

/// Ways in and the accounts behind them.
pub trait Doors: WaysIn + Accounts {}
impl<T: WaysIn + Accounts> Doors for T {}

/// Opens the ways into one store.
pub trait OpenWaysIn: Open<dyn Doors> {}
impl<F: Open<dyn Doors>> OpenWaysIn for F {}

const NOON: Timestamp = Timestamp(1_800_000_000_000_000);
const BEFORE: Timestamp = Timestamp(NOON.0 - 1);

async fn save_setup(doors: &dyn Doors, link: u8) {
    let saved = doors.save_link([link; 32], LinkPurpose::Setup, NOON).await;
    saved.expect("saved");
}

async fn save_sign_in(doors: &dyn Doors, link: u8, user: &str) {
    let user = user.to_owned();
    let saved = doors
        .save_link([link; 32], LinkPurpose::SignIn { user }, NOON)
        .await;
    saved.expect("saved");
}

async fn take(doors: &dyn Doors, link: u8, now: Timestamp) -> Option<String> {
    doors.take_link([link; 32], now).await.expect("asked")
}

async fn look(doors: &dyn Doors, link: u8, now: Timestamp) -> SetupLink {
    doors.setup_link([link; 32], now).await.expect("asked")
}

async fn set_up(doors: &dyn Doors, link: u8, name: &str, now: Timestamp) -> SetUp {
    let done = doors.set_up([link; 32], user(name, Role::Admin), now).await;
    done.expect("asked")
}

pub async fn a_link_opens_once(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    assert_eq!(take(doors, 0, BEFORE).await, None);
    save_sign_in(doors, 2, "an").await;
    assert_eq!(take(doors, 2, BEFORE).await.as_deref(), Some("an"));
    assert_eq!(take(doors, 2, BEFORE).await, None);
}

pub async fn of_many_who_take_a_link_one_gets_it(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    for round in 0..10 {
        save_sign_in(doors, round, "an").await;
        let takers = (0..16).map(|_| doors.take_link([round; 32], BEFORE)).collect();
        let taken = join_all(takers).await.into_iter();
        let taken: Vec<String> = taken.filter_map(|taken| taken.expect("asked")).collect();
        assert_eq!(taken, ["an"]);
    }
}

pub async fn an_expired_link_opens_nothing(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    save_sign_in(doors, 1, "an").await;
    save_setup(doors, 2).await;
    assert_eq!(
        look(doors, 2, NOON).await,
        SetupLink::Nothing,
        "up to, not including"
    );
    assert_eq!(take(doors, 1, NOON).await, None);
    assert_eq!(take(doors, 1, BEFORE).await, None, "gone for good");
    assert_eq!(
        set_up(doors, 2, "ann", NOON).await,
        SetUp::Refused(SetupLink::Nothing)
    );
}

pub async fn of_links_for_the_setup_the_last_one_opens(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    for link in 1..=3 {
        save_setup(doors, link).await;
    }
    save_sign_in(doors, 4, "an").await;
    for link in [1, 2, 1] {
        assert_eq!(look(doors, link, BEFORE).await, SetupLink::Replaced);
        assert_eq!(
            set_up(doors, link, "ann", BEFORE).await,
            SetUp::Refused(SetupLink::Replaced),
            "link {link}, as often as it is asked"
        );
    }
    assert_eq!(look(doors, 1, NOON).await, SetupLink::Nothing, "expired");
    assert_eq!(
        look(doors, 4, BEFORE).await,
        SetupLink::Nothing,
        "of another kind"
    );
    assert_eq!(look(doors, 3, BEFORE).await, SetupLink::Opens);
    assert!(matches!(set_up(doors, 3, "ann", BEFORE).await, SetUp::Done(_)));
    for any in 1..=3 {
        assert_eq!(look(doors, any, BEFORE).await, SetupLink::Nothing, "it was done");
    }
    assert_eq!(
        take(doors, 4, BEFORE).await.as_deref(),
        Some("an"),
        "of its own kind only"
    );
}

pub async fn a_link_for_the_setup_is_taken_only_with_effect(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    let bob = doors.add_user(user("bob", Role::User)).await.expect("added");
    save_setup(doors, 1).await;
    assert_eq!(take(doors, 1, BEFORE).await, None, "it signs nobody in");
    assert_eq!(set_up(doors, 1, "bob", BEFORE).await, SetUp::NameTaken);
    assert_eq!(
        doors.user("bob".to_owned()).await.expect("asked"),
        bob,
        "as he was"
    );
    assert_eq!(look(doors, 1, BEFORE).await, SetupLink::Opens);
    let SetUp::Done(ann) = set_up(doors, 1, "ann", BEFORE).await else {
        panic!("it opens")
    };
    assert_ne!(bob.map(|bob| bob.session_epoch), Some(ann.session_epoch));
    assert_eq!(doors.user("ann".to_owned()).await.expect("asked"), Some(ann));
    save_setup(doors, 2).await;
    assert_eq!(
        set_up(doors, 2, "eve", BEFORE).await,
        SetUp::Refused(SetupLink::Nothing),
        "there is an administrator"
    );
}

pub async fn of_many_who_set_up_one_does(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    save_setup(doors, 1).await;
    let many = (0..8).map(|n| doors.set_up([1; 32], user(&format!("ann {n}"), Role::Admin), BEFORE));
    let done = join_all(many.collect()).await.into_iter();
    let done = done.filter(|done| matches!(done.as_ref().expect("asked"), SetUp::Done(_)));
    assert_eq!(done.count(), 1);
    assert_eq!(doors.users().await.expect("listed").len(), 1);
}

pub async fn whose_account_goes_loses_his_links(open: &impl OpenWaysIn) {
    let doors = &*open().await;
    for (link, name) in [(1, "ann"), (2, "bob")] {
        doors.add_user(user(name, Role::User)).await.expect("added");
        save_sign_in(doors, link, name).await;
    }
    let removed = doors.remove_user("bob".to_owned()).await.expect("removed");
    assert_eq!(removed, Removed::Gone);
    assert_eq!(
        take(doors, 2, BEFORE).await,
        None,
        "another bob is another person"
    );
    assert_eq!(take(doors, 1, BEFORE).await.as_deref(), Some("ann"));
}

pub async fn links_survive_reopening(open: &impl OpenWaysIn) {
    let doors = open().await;
    save_sign_in(&*doors, 1, "an").await;
    save_setup(&*doors, 2).await;
    drop(doors);
    let doors = open().await;
    assert_eq!(take(&*doors, 1, BEFORE).await.as_deref(), Some("an"));
    assert!(matches!(set_up(&*doors, 2, "ann", BEFORE).await, SetUp::Done(_)));
    drop(doors);
    let doors = open().await;
    assert_eq!(take(&*doors, 1, BEFORE).await, None);
    assert_eq!(look(&*doors, 2, BEFORE).await, SetupLink::Nothing);
}

pub async fn an_ended_session_stays_ended_until_it_expires(open: &impl OpenWaysIn) {
    let doors = open().await;
    let (before, later) = (BEFORE, NOON.plus(1_000));
    let end = async |doors: &dyn Doors, session: &str, expires, now| {
        doors
            .end_session(session.to_owned(), expires, now)
            .await
            .expect("ended");
    };
    let ended = async |doors: &dyn Doors, session: &str| {
        let ended = doors.session_ended(session.to_owned()).await;
        ended.expect("asked")
    };
    assert!(!ended(&*doors, "a").await);
    for _ in 0..2 {
        end(&*doors, "a", NOON, before).await;
    }
    end(&*doors, "b", later, before).await;
    drop(doors);
    let doors = open().await;
    assert!(ended(&*doors, "a").await && ended(&*doors, "b").await);
    assert!(!ended(&*doors, "A").await, "names are exact");
    end(&*doors, "c", later, NOON).await;
    assert!(
        !ended(&*doors, "a").await,
        "its token has expired: kept for ever, the table would only grow"
    );
    assert!(ended(&*doors, "b").await && ended(&*doors, "c").await);
}

pub async fn the_signing_secret_is_made_once(open: &impl OpenWaysIn) {
    let doors = open().await;
    let asked = (1..=8).map(|n| doors.signing_secret([n; 32])).collect();
    let given: Vec<[u8; 32]> = join_all(asked)
        .await
        .into_iter()
        .map(|secret| secret.expect("given"))
        .collect();
    assert!(given.iter().all(|secret| *secret == given[0]), "all got the same");
    assert!(
        (1..=8).any(|n| given[0] == [n; 32]),
        "and it is one that was offered"
    );
    drop(doors);
    assert_eq!(
        open().await.signing_secret([99; 32]).await.expect("given"),
        given[0]
    );
}
