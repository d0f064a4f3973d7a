//! The suite of [`Accounts`]. Use: `throng_ports::accounts_contract!(my_store);` in a crate with tokio.
//!
//! `my_store()` makes a new, empty store and returns a closure that opens the accounts in it.

use super::{Open, join_all};
use crate::accounts::{Accounts, AuditEntry, Removed};
use std::collections::BTreeSet;
use throng_model::user::{Role, User};
use throng_model::{PlaceId, Timestamp};

/// One test for each promise of the port.
#[macro_export]
macro_rules! accounts_contract {
    ($store:expr) => {
        $crate::accounts_contract!($store;
            a_new_store_knows_nobody
            users_come_back_as_they_were_added
            a_name_is_given_once
            no_session_epoch_comes_twice
            another_password_makes_nobody
            no_password_undoes_one_that_was_set_meanwhile
            an_administrator_is_one_of_that_role
            who_is_removed_is_gone
            one_administrator_stays_however_many_go_at_once
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

pub(super) fn user(name: &str, role: Role) -> User {
    User {
        name: name.to_owned(),
        role,
        language: "vi".to_owned(),
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        places: ["west", "east"].map(|id| PlaceId::new(id).expect("id")).to_vec(),
        session_epoch: 3,
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

/// Adds somebody whose name is free.
async fn add(accounts: &dyn Accounts, user: User) -> User {
    accounts
        .add_user(user)
        .await
        .expect("added")
        .expect("a free name")
}

async fn known(accounts: &dyn Accounts, name: &str) -> Option<User> {
    accounts.user(name.to_owned()).await.expect("asked")
}

async fn remove(accounts: &dyn Accounts, name: &str) -> Removed {
    accounts.remove_user(name.to_owned()).await.expect("asked")
}

pub async fn a_new_store_knows_nobody(open: &impl OpenAccounts) {
    let accounts = open().await;
    assert!(!accounts.has_administrator().await.expect("asked"));
    assert_eq!(known(&*accounts, "admin").await, None, "no default password");
    assert_eq!(accounts.users().await.expect("listed"), []);
    assert_eq!(accounts.audit_log(10).await.expect("read"), []);
}

pub async fn users_come_back_as_they_were_added(open: &impl OpenAccounts) {
    let accounts = open().await;
    let mut invited = user("Bình", Role::Analyst);
    invited.password_hash = None;
    invited.places.clear();
    let invited = add(&*accounts, invited).await;
    let odd = add(&*accounts, user("o'neil; --", Role::User)).await;
    assert_eq!(
        odd,
        User {
            session_epoch: odd.session_epoch,
            ..user("o'neil; --", Role::User)
        },
        "places in their order too"
    );
    drop(accounts);
    let accounts = open().await;
    assert_eq!(known(&*accounts, "Bình").await, Some(invited));
    assert_eq!(known(&*accounts, "o'neil; --").await, Some(odd));
    assert_eq!(known(&*accounts, "bình").await, None, "names are exact");
}

pub async fn a_name_is_given_once(open: &impl OpenAccounts) {
    let accounts = open().await;
    for round in 0..5 {
        let name = format!("ann {round}");
        let many = (0..8).map(|n| {
            let role = if n % 2 == 0 { Role::Admin } else { Role::User };
            let language = n.to_string();
            accounts.add_user(User {
                language,
                ..user(&name, role)
            })
        });
        let added = join_all(many.collect()).await.into_iter();
        let added: Vec<User> = added.filter_map(|added| added.expect("asked")).collect();
        assert_eq!(added.len(), 1, "{added:?}");
        assert_eq!(known(&*accounts, &name).await, added.into_iter().next());
    }
}

pub async fn no_session_epoch_comes_twice(open: &impl OpenAccounts) {
    let accounts = open().await;
    let mut seen = BTreeSet::new();
    let mut new = |user: User| assert!(seen.insert(user.session_epoch), "{user:?}");
    new(add(&*accounts, user("ann", Role::Admin)).await);
    new(add(&*accounts, user("bob", Role::User)).await);
    for round in 0..3 {
        let many = (0..4).map(|n| accounts.set_password("bob".to_owned(), format!("hash {round} {n}"), None));
        for changed in join_all(many.collect()).await {
            assert!(changed.expect("changed").is_some());
        }
        new(known(&*accounts, "bob").await.expect("bob"));
        assert_eq!(remove(&*accounts, "bob").await, Removed::Gone);
        new(add(&*accounts, user("bob", Role::User)).await);
    }
    drop(accounts);
    new(add(&*open().await, user("dan", Role::User)).await);
}

pub async fn another_password_makes_nobody(open: &impl OpenAccounts) {
    let accounts = open().await;
    let bob = add(&*accounts, user("bob", Role::User)).await;
    let set = async |name: &str| {
        let set = accounts
            .set_password(name.to_owned(), "another".to_owned(), None)
            .await;
        set.expect("asked")
    };
    let epoch = set("bob").await;
    let changed = known(&*accounts, "bob").await.expect("bob");
    assert_eq!(epoch, Some(changed.session_epoch));
    assert_eq!(changed.password_hash.as_deref(), Some("another"));
    assert_eq!(
        changed,
        User {
            password_hash: changed.password_hash.clone(),
            session_epoch: changed.session_epoch,
            ..bob
        },
        "nothing else"
    );
    assert_eq!(remove(&*accounts, "bob").await, Removed::Gone);
    assert_eq!(set("bob").await, None);
    assert_eq!(known(&*accounts, "bob").await, None, "he does not come back");
}

pub async fn no_password_undoes_one_that_was_set_meanwhile(open: &impl OpenAccounts) {
    let accounts = open().await;
    let bob = add(&*accounts, user("bob", Role::User)).await;
    let many = (0..4).map(|n| {
        let epoch = Some(bob.session_epoch);
        accounts.set_password("bob".to_owned(), format!("hash {n}"), epoch)
    });
    let set = join_all(many.collect()).await.into_iter();
    let set: Vec<u64> = set.filter_map(|set| set.expect("asked")).collect();
    let first = known(&*accounts, "bob").await.expect("bob");
    assert_eq!(set, [first.session_epoch], "the first one holds");
    let late = accounts.set_password("bob".to_owned(), "late".to_owned(), Some(bob.session_epoch));
    assert_eq!(late.await.expect("asked"), None);
    assert_eq!(known(&*accounts, "bob").await, Some(first), "nothing is changed");
}

pub async fn an_administrator_is_one_of_that_role(open: &impl OpenAccounts) {
    let accounts = open().await;
    for role in [Role::System, Role::User, Role::Analyst, Role::Admin] {
        add(&*accounts, user(role.as_str(), role)).await;
        assert_eq!(
            accounts.has_administrator().await.expect("asked"),
            role == Role::Admin,
            "{role:?}"
        );
    }
}

pub async fn who_is_removed_is_gone(open: &impl OpenAccounts) {
    let accounts = open().await;
    let ann = add(&*accounts, user("ann", Role::Admin)).await;
    let bob = add(&*accounts, user("bob", Role::User)).await;
    assert_eq!(accounts.users().await.expect("listed"), [ann.clone(), bob]);
    assert_eq!(remove(&*accounts, "bob").await, Removed::Gone);
    assert_eq!(remove(&*accounts, "bob").await, Removed::Nobody);
    assert_eq!(remove(&*accounts, "ann").await, Removed::LastAdministrator);
    assert_eq!(accounts.users().await.expect("listed"), [ann]);
}

pub async fn one_administrator_stays_however_many_go_at_once(open: &impl OpenAccounts) {
    let accounts = open().await;
    for round in 0..5 {
        let names = ["ann", "bob", "eve"].map(|name| format!("{name} {round}"));
        for name in &names {
            add(&*accounts, user(name, Role::Admin)).await;
        }
        let all = accounts.users().await.expect("listed").into_iter();
        let removals = all.map(|user| accounts.remove_user(user.name)).collect();
        let removed = join_all(removals).await.into_iter();
        let removed: Vec<Removed> = removed.map(|removed| removed.expect("asked")).collect();
        let stayed = removed.iter().filter(|removed| **removed != Removed::Gone);
        assert_eq!(stayed.collect::<Vec<_>>(), [&Removed::LastAdministrator]);
        assert_eq!(accounts.users().await.expect("listed").len(), 1);
    }
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
