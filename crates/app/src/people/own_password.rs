//! A person changes the own password.

use super::{Session, new_password, password};
use crate::App;
use std::net::IpAddr;
use throng_model::{Fault, FaultCode, Reason};

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
        self.attempt(Some(&name), "session.change_password", peer).await?;
        let gone = || Fault::new(FaultCode::SessionEnded, "the session is unknown or has ended");
        let user = self.parts.accounts.user(name.clone()).await?.ok_or_else(gone)?;
        let right = password::verify(old, user.password_hash).await?;
        // Noted before it is done, as everything is that changes something.
        self.trace(&name, "session.change_password", right).await?;
        if !right {
            let detail = "the old password is wrong".to_owned();
            return Err(Fault::invalid(Reason::Other, detail).in_field("/old"));
        }
        self.lockouts.succeeded(Some(&name), peer);
        let hash = new_password(new).await?;
        if !self.parts.accounts.set_password(name.clone(), hash).await? {
            return Err(gone());
        }
        let user = self.parts.accounts.user(name).await?.ok_or_else(gone)?;
        self.open_session(user)
    }
}
