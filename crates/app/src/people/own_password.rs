//! A person changes the own password.

use super::{Session, new_password, password};
use crate::App;
use std::net::IpAddr;
use throng_model::user::User;
use throng_model::{Fault, FaultCode, Reason};

/// In the audit log.
const CHANGE: &str = "session.change_password";

impl App {
    /// Gives the person of a session another password; `old` is the one until now. Every session of that person ends, also this one:
    /// a new one is given for it. Guessing the old password waits like guessing it at the sign-in does: a session that somebody left
    /// open is no way around that.
    pub async fn change_own_password(
        &self,
        session: &Session,
        old: String,
        new: String,
        peer: IpAddr,
    ) -> Result<Session, Fault> {
        let name = session.actor.name().to_owned();
        // Checked before the old one: whoever typed too short a password has guessed nothing.
        password::check(&new).map_err(|fault| fault.in_field("/new"))?;
        let gone = || Fault::new(FaultCode::SessionEnded, "the session is unknown or has ended");
        let user = self.parts.accounts.user(name.clone()).await?;
        let user = user
            .filter(|user| user.session_epoch == session.actor.session_epoch())
            .ok_or_else(gone)?;
        if user.password_hash.is_none() {
            // No guess: there is nothing to guess.
            self.trace(&name, CHANGE, false).await?;
            let detail = format!("user {name:?} has no password; `throng user password` sets the first one");
            return Err(Fault::invalid(Reason::Other, detail).in_field("/old"));
        }
        self.attempt(Some(&name), CHANGE, peer).await?;
        let right = password::verify(old, user.password_hash.clone()).await?;
        // Noted before it is done, as everything is that changes something; as refused as well where it was not done after all.
        self.trace(&name, CHANGE, right).await?;
        if !right {
            let detail = "the old password is wrong".to_owned();
            return Err(Fault::invalid(Reason::Other, detail).in_field("/old"));
        }
        self.lockouts.succeeded(Some(&name), peer);
        // Hashing takes its time. A password that an administrator set meanwhile ended this session, and holds.
        let set = match new_password(new).await {
            Ok(hash) => {
                let epoch = Some(user.session_epoch);
                self.parts.accounts.set_password(name.clone(), hash, epoch).await
            }
            Err(fault) => Err(fault),
        };
        match set.and_then(|epoch| epoch.ok_or_else(gone)) {
            Ok(session_epoch) => self.open_session(User {
                session_epoch,
                ..user
            }),
            Err(fault) => {
                self.trace(&name, CHANGE, false).await?;
                Err(fault)
            }
        }
    }
}
