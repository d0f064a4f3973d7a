//! Ways in: the first start, a one-time link, a password.

use super::account::{NAME_LENGTH_MAX, check_name, new_user};
use super::{Session, password};
use crate::{App, Secret};
use std::net::IpAddr;
use throng_model::time::HOUR;
use throng_model::user::Role;
use throng_model::{Fault, FaultCode, Reason};
use throng_ports::accounts::AuditEntry;
use throng_ports::ways_in::{LinkPurpose, SetUp, SetupLink};

/// How long a one-time link can be used. It is printed at the start; who starts a server opens it soon.
const LINK_LASTS: i64 = 24 * HOUR;

/// In the audit log: whoever shows a link that opens nothing, or gives a name that nobody can have. Nobody has this one, see
/// [`check_name`].
const NOBODY: &str = "";

impl App {
    /// Whether there is no administrator yet. People without one could never get one but at the command line.
    pub async fn setup_needed(&self) -> Result<bool, Fault> {
        Ok(!self.parts.accounts.has_administrator().await?)
    }

    /// On the first start: the secret of a link with which the first administrator chooses name and password. Links of earlier
    /// starts stop working: one that was printed into a log long ago must not make somebody administrator.
    pub async fn first_start_link(&self) -> Result<Option<Secret>, Fault> {
        match self.setup_needed().await? {
            true => self.make_link(LinkPurpose::Setup).await.map(Some),
            false => Ok(None),
        }
    }

    /// The secret of a link that signs this user in once. The user is made where he does not exist: without a
    /// password, so that the link is his only way in.
    pub async fn sign_in_link(&self, name: &str, role: Role) -> Result<Secret, Fault> {
        // Nothing happens where he exists.
        self.parts.accounts.add_user(new_user(name, role, None)).await?;
        self.make_link(LinkPurpose::SignIn {
            user: name.to_owned(),
        })
        .await
    }

    async fn make_link(&self, purpose: LinkPurpose) -> Result<Secret, Fault> {
        let secret = Secret::random("")?;
        let expires = self.parts.clock.now().plus(LINK_LASTS);
        self.parts
            .ways_in
            .save_link(secret.digest(), purpose, expires)
            .await?;
        Ok(secret)
    }

    /// Signs in with a one-time link, from this address.
    pub async fn use_link(&self, secret: &Secret, peer: IpAddr) -> Result<Session, Fault> {
        self.attempt(None, "session.link", peer).await?;
        let taken = self
            .parts
            .ways_in
            .take_link(secret.digest(), self.parts.clock.now())
            .await?;
        let user = match taken {
            Some(user) => self.parts.accounts.user(user).await?,
            None => None,
        };
        let Some(user) = user else {
            self.trace(NOBODY, "session.link", false).await?;
            return Err(used_up());
        };
        self.trace(&user.name, "session.link", true).await?;
        self.lockouts.succeeded(None, peer);
        self.open_session(user)
    }

    /// The first administrator, chosen through the first-start link, from this address.
    pub async fn set_up(
        &self,
        secret: &Secret,
        name: &str,
        password: String,
        peer: IpAddr,
    ) -> Result<Session, Fault> {
        // Checked before the link is taken: a short password must not use it up.
        let wrong = [
            check_name(name).map_err(|fault| fault.in_field("/name")),
            password::check(&password).map_err(|fault| fault.in_field("/password")),
        ];
        if let Some(fault) = wrong.into_iter().filter_map(Result::err).reduce(Fault::and) {
            return Err(fault);
        }
        self.attempt(None, "setup", peer).await?;
        let (digest, now) = (secret.digest(), self.parts.clock.now());
        let link = self.parts.ways_in.setup_link(digest, now).await?;
        if let Some(fault) = refused(link) {
            self.trace(name, "setup", false).await?;
            return Err(fault);
        }
        let user = new_user(name, Role::Admin, Some(password::hash(password).await?));
        // Noted before it is done; whoever was slower than another one is noted as refused as well.
        self.trace(name, "setup", true).await?;
        let fault = match self.parts.ways_in.set_up(digest, user, now).await? {
            SetUp::Done(user) => {
                self.lockouts.succeeded(None, peer);
                return self.open_session(user);
            }
            SetUp::NameTaken => {
                let detail = format!("somebody is called {name:?} already; choose another name");
                Fault::invalid(Reason::Other, detail).in_field("/name")
            }
            SetUp::Refused(link) => refused(link).unwrap_or_else(used_up),
        };
        self.trace(name, "setup", false).await?;
        Err(fault)
    }

    /// Signs in with name and password, from this address. Wrong name and wrong password look the same.
    pub async fn sign_in(&self, name: &str, password: String, peer: IpAddr) -> Result<Session, Fault> {
        let name = name.chars().take(NAME_LENGTH_MAX).collect::<String>();
        self.attempt(Some(&name), "session.password", peer).await?;
        let user = self
            .parts
            .accounts
            .user(name.clone())
            .await?
            .filter(|user| user.role != Role::System);
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let right = password::verify(password, hash).await?;
        let noted = if right { &name } else { typed(&name) };
        self.trace(noted, "session.password", right).await?;
        match user.filter(|_| right) {
            Some(user) => {
                self.lockouts.succeeded(Some(&name), peer);
                self.open_session(user)
            }
            None => Err(Fault::new(
                FaultCode::WrongCredentials,
                "name or password is wrong",
            )),
        }
    }

    /// Begins a way in, or refuses it because too many failed before it.
    pub(super) async fn attempt(&self, name: Option<&str>, action: &str, peer: IpAddr) -> Result<(), Fault> {
        let Err(refused) = self.lockouts.attempt(name, peer, self.parts.clock.now()) else {
            return Ok(());
        };
        if refused.is_first {
            self.trace(name.map_or(NOBODY, typed), action, false).await?;
        }
        Err(refused.fault)
    }

    pub(super) async fn trace(&self, name: &str, action: &str, allowed: bool) -> Result<(), Fault> {
        let (actor, action) = (name.to_owned(), action.to_owned());
        self.audit
            .note(AuditEntry {
                at: self.parts.clock.now(),
                actor,
                action,
                object: "session".to_owned(),
                allowed,
            })
            .await
    }
}

/// A name as it was typed, for the audit log: one that nobody can have must not be taken for another actor.
fn typed(name: &str) -> &str {
    match check_name(name) {
        Ok(()) => name,
        Err(_) => NOBODY,
    }
}

/// Why a link does not open the setup; nothing where it does.
fn refused(link: SetupLink) -> Option<Fault> {
    match link {
        SetupLink::Opens => None,
        SetupLink::Replaced => Some(Fault::new(
            FaultCode::LinkReplaced,
            "a newer link took the place of this one: open the last link that the program printed",
        )),
        SetupLink::Nothing => Some(used_up()),
    }
}

fn used_up() -> Fault {
    Fault::new(
        FaultCode::LinkEnded,
        "the link is unknown, expired or was used before",
    )
}
