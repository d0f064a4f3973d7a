//! Sessions: signed tokens (JWT, HS256) that name a user and end by themselves.
//!
//! The algorithm is fixed here and never taken from a token; issuer, audience, expiry and not-before must be there.
//! A token also carries the user's session epoch, so that all sessions of a user can be ended at once, and the name of its own
//! session, so that signing out ends it wherever it is used: in other tabs, by programs, on open sockets.

use crate::secret::random_bytes;
use crate::{Actor, App};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use throng_model::time::{HOUR, SECOND};
use throng_model::user::User;
use throng_model::{Fault, FaultCode, Timestamp};

/// How long a session lasts.
const SESSION: i64 = 12 * HOUR;
const ISSUER: &str = "throng";
const AUDIENCE: &str = "throng-api";

/// A signed-in session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The token.
    pub token: crate::Secret,
    /// When it ends.
    pub expires: Timestamp,
    /// Who it is.
    pub actor: Actor,
    /// Its name; not secret.
    id: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    epoch: u64,
    jti: String,
}

/// Makes and checks tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    pub fn new(secret: &[u8; 32]) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    fn sign(&self, actor: &Actor, id: &str, now: Timestamp) -> Result<(String, Timestamp), Fault> {
        let expires = now.plus(SESSION);
        let seconds = |at: Timestamp| at.0.div_euclid(SECOND);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: actor.name().to_owned(),
            iat: seconds(now),
            nbf: seconds(now),
            exp: seconds(expires),
            epoch: actor.session_epoch(),
            jti: id.to_owned(),
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.encoding);
        token
            .map(|token| (token, expires))
            .map_err(|error| Fault::internal(format!("signing a session: {error}")))
    }

    /// The claims of a token that is ours and not tampered with. Time is judged by the caller, who has the clock.
    fn read(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        (validation.validate_exp, validation.validate_nbf) = (false, false);
        decode::<Claims>(token, &self.decoding, &validation)
            .ok()
            .map(|data| data.claims)
    }
}

impl App {
    /// A new session for a user.
    pub(crate) fn open_session(&self, user: User) -> Result<Session, Fault> {
        let actor = Actor::new(user);
        // Two sessions of one user that begin in the same second differ in nothing else.
        let bytes = random_bytes()?;
        let id: String = bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let (token, expires) = self.tokens.sign(&actor, &id, self.parts.clock.now())?;
        Ok(Session {
            token: crate::Secret::new(token),
            expires,
            actor,
            id,
        })
    }

    /// Ends this session for all who hold its token. Other sessions of the same user go on.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Fault> {
        self.trace(session.actor.name(), "session.end", true).await?;
        let (id, now) = (session.id.clone(), self.parts.clock.now());
        self.parts.ways_in.end_session(id, session.expires, now).await
    }

    /// Who a token speaks for, now: signed by us, in its time, not signed out of, of a user who still exists and whose sessions
    /// were not ended since.
    pub async fn session(&self, token: &str) -> Result<Session, Fault> {
        let refused = || Fault::new(FaultCode::SessionEnded, "the session is unknown or has ended");
        let claims = self.tokens.read(token).ok_or_else(refused)?;
        let now = self.parts.clock.now().0.div_euclid(SECOND);
        if now >= claims.exp || now + 60 < claims.nbf {
            return Err(refused());
        }
        if self.parts.ways_in.session_ended(claims.jti.clone()).await? {
            return Err(refused());
        }
        let user = self.parts.accounts.user(claims.sub).await?.ok_or_else(refused)?;
        if user.session_epoch != claims.epoch {
            return Err(refused());
        }
        Ok(Session {
            token: crate::Secret::new(token.to_owned()),
            expires: Timestamp(claims.exp * SECOND),
            actor: Actor::new(user),
            id: claims.jti,
        })
    }
}
