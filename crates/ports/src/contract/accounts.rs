//! The suite of [`Accounts`]. Use: `throng_ports::accounts_contract!(my_store);` in a crate with tokio.
//!
//! `my_store()` makes a new, empty store and returns a closure that opens the accounts in it.

use super::{Open, join_all};
use crate::accounts::{Accounts, AuditEntry, LinkPurpose, TakenLink};
use throng_model::user::{Role, User};
use throng_model::{PlaceId, Timestamp};

/// One test for each promise of the port.
#[macro_export]
macro_rules! accounts_contract {
    ($store:expr) => {
        $crate::accounts_contract!($store;
            a_new_store_knows_nobody
            users_come_back_as_they_were_saved
            saving_a_user_again_replaces_him
            only_those_who_can_sign_in_are_counted
            who_is_removed_is_gone_with_his_links
            a_link_opens_once
            of_many_who_take_a_link_one_gets_it
            an_expired_link_opens_nothing
            of_links_for_the_setup_the_last_one_opens
            links_survive_reopening
            an_ended_session_stays_ended_until_it_expires
            the_signing_secret_is_made_once
            the_audit_log_keeps_everything_in_order
            audit_entries_side_by_side_are_all_kept
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::accounts::$promise(&$store()).await;
            }
        )+
    };
}

/// Opens the accounts of one store.
pub trait OpenAccounts: Open<dyn Accounts> {}
impl<F: Open<dyn Accounts>> OpenAccounts for F {}

const NOON: Timestamp = Timestamp(1_800_000_000_000_000);

fn user(name: &str, role: Role) -> User {
    User {
        name: name.to_owned(),
        role,
        language: "vi".to_owned(),
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        places: ["west", "east"].map(|id| PlaceId::new(id).expect("id")).to_vec(),
        session_epoch: 3,
    }
}

fn sign_in(user: &str) -> LinkPurpose {
    LinkPurpose::SignIn {
        user: user.to_owned(),
    }
}

fn entry(n: i64) -> AuditEntry {
    AuditEntry {
        at: NOON.plus(n),
        actor: format!("user {n} Đặng"),
        action: "analytics.realtime.read".to_owned(),
        object: format!("camera c{n}"),
        allowed: n % 3 != 0,
    }
}

pub async fn a_new_store_knows_nobody(open: &impl OpenAccounts) {
    let accounts = open().await;
    assert_eq!(accounts.user_count().await.expect("counted"), 0);
    assert_eq!(
        accounts.user("admin".to_owned()).await.expect("asked"),
        None,
        "no default password"
    );
    assert_eq!(
        accounts.take_link([0; 32], NOON).await.expect("asked"),
        TakenLink::Nothing
    );
    assert_eq!(accounts.audit_log(10).await.expect("read"), []);
}

pub async fn users_come_back_as_they_were_saved(open: &impl OpenAccounts) {
    let accounts = open().await;
    let mut invited = user("Bình", Role::Analyst);
    invited.password_hash = None;
    invited.places.clear();
    accounts.save_user(invited.clone()).await.expect("saved");
    accounts
        .save_user(user("o'neil; --", Role::User))
        .await
        .expect("saved");
    drop(accounts);
    let accounts = open().await;
    assert_eq!(
        accounts.user("Bình".to_owned()).await.expect("asked"),
        Some(invited)
    );
    let odd = accounts.user("o'neil; --".to_owned()).await.expect("asked");
    assert_eq!(
        odd,
        Some(user("o'neil; --", Role::User)),
        "places in their order too"
    );
    assert_eq!(
        accounts.user("bình".to_owned()).await.expect("asked"),
        None,
        "names are exact"
    );
}

pub async fn saving_a_user_again_replaces_him(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts.save_user(user("an", Role::User)).await.expect("saved");
    let mut changed = user("an", Role::Admin);
    changed.places.remove(0);
    changed.session_epoch = u32::MAX;
    changed.password_hash = None;
    accounts.save_user(changed.clone()).await.expect("saved");
    assert_eq!(
        accounts.user("an".to_owned()).await.expect("asked"),
        Some(changed)
    );
    assert_eq!(accounts.user_count().await.expect("counted"), 1);
}

pub async fn only_those_who_can_sign_in_are_counted(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts
        .save_user(user("robot", Role::System))
        .await
        .expect("saved");
    assert_eq!(
        accounts.user_count().await.expect("counted"),
        0,
        "the system never signs in"
    );
    for (n, role) in [Role::User, Role::Analyst, Role::Admin].into_iter().enumerate() {
        accounts
            .save_user(user(role.as_str(), role))
            .await
            .expect("saved");
        assert_eq!(accounts.user_count().await.expect("counted"), n as u64 + 1);
    }
}

pub async fn who_is_removed_is_gone_with_his_links(open: &impl OpenAccounts) {
    let accounts = open().await;
    let (ann, bob) = (user("ann", Role::Admin), user("bob", Role::User));
    for user in [&bob, &ann] {
        accounts.save_user(user.clone()).await.expect("saved");
    }
    for (digest, name) in [([1; 32], "ann"), ([2; 32], "bob")] {
        let saved = accounts.save_link(digest, sign_in(name), NOON.plus(10)).await;
        saved.expect("saved");
    }
    assert_eq!(accounts.users().await.expect("listed"), [ann.clone(), bob]);
    assert!(accounts.remove_user("bob".to_owned()).await.expect("removed"));
    assert!(
        !accounts.remove_user("bob".to_owned()).await.expect("asked"),
        "he is gone"
    );
    assert_eq!(accounts.users().await.expect("listed"), [ann]);
    let taken = async |digest| accounts.take_link(digest, NOON).await.expect("asked");
    assert_eq!(
        taken([2; 32]).await,
        TakenLink::Nothing,
        "another bob is another person"
    );
    assert_eq!(taken([1; 32]).await, TakenLink::Opens(sign_in("ann")));
}

pub async fn a_link_opens_once(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts
        .save_link([1; 32], LinkPurpose::Setup, NOON)
        .await
        .expect("saved");
    accounts
        .save_link([2; 32], sign_in("an"), NOON)
        .await
        .expect("saved");
    let before = NOON.plus(-1);
    assert_eq!(
        accounts.take_link([2; 32], before).await.expect("taken"),
        TakenLink::Opens(sign_in("an"))
    );
    assert_eq!(
        accounts.take_link([2; 32], before).await.expect("asked"),
        TakenLink::Nothing
    );
    assert_eq!(
        accounts.take_link([1; 32], before).await.expect("taken"),
        TakenLink::Opens(LinkPurpose::Setup)
    );
    assert_eq!(
        accounts.take_link([1; 32], before).await.expect("asked"),
        TakenLink::Nothing
    );
}

pub async fn of_many_who_take_a_link_one_gets_it(open: &impl OpenAccounts) {
    let accounts = open().await;
    for round in 0..10 {
        accounts
            .save_link([round; 32], sign_in("an"), NOON)
            .await
            .expect("saved");
        let takers = (0..16)
            .map(|_| accounts.take_link([round; 32], NOON.plus(-1)))
            .collect();
        let taken = join_all(takers)
            .await
            .into_iter()
            .map(|taken| taken.expect("asked"));
        let taken = taken.filter(|taken| *taken != TakenLink::Nothing);
        assert_eq!(taken.collect::<Vec<_>>(), [TakenLink::Opens(sign_in("an"))]);
    }
}

pub async fn of_links_for_the_setup_the_last_one_opens(open: &impl OpenAccounts) {
    let accounts = open().await;
    let take = async |link: u8, now| accounts.take_link([link; 32], now).await.expect("asked");
    let before = NOON.plus(-1);
    for link in 1..=3 {
        let saved = accounts.save_link([link; 32], LinkPurpose::Setup, NOON).await;
        saved.expect("saved");
    }
    accounts
        .save_link([4; 32], sign_in("an"), NOON)
        .await
        .expect("saved");
    for link in [1, 2, 1] {
        assert_eq!(
            take(link, before).await,
            TakenLink::Replaced,
            "link {link}, as often as it is asked"
        );
    }
    assert_eq!(take(3, before).await, TakenLink::Opens(LinkPurpose::Setup));
    assert_eq!(take(3, before).await, TakenLink::Nothing);
    assert_eq!(
        take(4, before).await,
        TakenLink::Opens(sign_in("an")),
        "of its own kind only"
    );
    assert_eq!(take(1, NOON).await, TakenLink::Nothing, "expired");
}

pub async fn an_expired_link_opens_nothing(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts
        .save_link([1; 32], LinkPurpose::Setup, NOON)
        .await
        .expect("saved");
    assert_eq!(
        accounts.take_link([1; 32], NOON).await.expect("asked"),
        TakenLink::Nothing,
        "up to, not including"
    );
    assert_eq!(
        accounts.take_link([1; 32], NOON.plus(-1)).await.expect("asked"),
        TakenLink::Nothing,
        "gone for good"
    );
}

pub async fn links_survive_reopening(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts
        .save_link([1; 32], LinkPurpose::Setup, NOON)
        .await
        .expect("saved");
    drop(accounts);
    let accounts = open().await;
    assert_eq!(
        accounts.take_link([1; 32], NOON.plus(-1)).await.expect("taken"),
        TakenLink::Opens(LinkPurpose::Setup)
    );
    drop(accounts);
    assert_eq!(
        open()
            .await
            .take_link([1; 32], NOON.plus(-1))
            .await
            .expect("asked"),
        TakenLink::Nothing
    );
}

pub async fn an_ended_session_stays_ended_until_it_expires(open: &impl OpenAccounts) {
    let accounts = open().await;
    let (before, later) = (NOON.plus(-1), NOON.plus(1_000));
    let end = async |accounts: &dyn Accounts, session: &str, expires, now| {
        accounts
            .end_session(session.to_owned(), expires, now)
            .await
            .expect("ended");
    };
    let ended = async |accounts: &dyn Accounts, session: &str| {
        let ended = accounts.session_ended(session.to_owned()).await;
        ended.expect("asked")
    };
    assert!(!ended(&*accounts, "a").await);
    for _ in 0..2 {
        end(&*accounts, "a", NOON, before).await;
    }
    end(&*accounts, "b", later, before).await;
    drop(accounts);
    let accounts = open().await;
    assert!(ended(&*accounts, "a").await && ended(&*accounts, "b").await);
    assert!(!ended(&*accounts, "A").await, "names are exact");
    end(&*accounts, "c", later, NOON).await;
    assert!(
        !ended(&*accounts, "a").await,
        "its token has expired: kept for ever, the table would only grow"
    );
    assert!(ended(&*accounts, "b").await && ended(&*accounts, "c").await);
}

pub async fn the_signing_secret_is_made_once(open: &impl OpenAccounts) {
    let accounts = open().await;
    let asked = (1..=8).map(|n| accounts.signing_secret([n; 32])).collect();
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
    drop(accounts);
    assert_eq!(
        open().await.signing_secret([99; 32]).await.expect("given"),
        given[0]
    );
}

pub async fn the_audit_log_keeps_everything_in_order(open: &impl OpenAccounts) {
    let accounts = open().await;
    accounts.audit(Vec::new()).await.expect("nothing to write");
    accounts
        .audit((0..3).map(entry).collect())
        .await
        .expect("written");
    // The order is that of writing: clocks may jump.
    accounts.audit(vec![entry(-500)]).await.expect("written");
    drop(accounts);
    let accounts = open().await;
    accounts.audit(vec![entry(4)]).await.expect("written");
    let all = [entry(4), entry(-500), entry(2), entry(1), entry(0)];
    assert_eq!(accounts.audit_log(100).await.expect("read"), all, "newest first");
    assert_eq!(accounts.audit_log(2).await.expect("read"), all[..2]);
    assert_eq!(accounts.audit_log(0).await.expect("read"), []);
}

pub async fn audit_entries_side_by_side_are_all_kept(open: &impl OpenAccounts) {
    let accounts = open().await;
    let writes = (0..32_i64)
        .map(|n| accounts.audit(vec![entry(n), entry(n + 100)]))
        .collect();
    for written in join_all(writes).await {
        written.expect("written");
    }
    let mut kept = accounts.audit_log(1_000).await.expect("read");
    kept.sort_by_key(|entry| entry.at);
    let wanted: Vec<AuditEntry> = (0..32).chain(100..132).map(entry).collect();
    assert_eq!(kept, wanted);
}
