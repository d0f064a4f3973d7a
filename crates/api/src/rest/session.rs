//! Signing in and out.

use crate::asked::AskedByStranger;
use crate::caller::{COOKIE, Peer, SignedIn, over_tls, same_origin};
use crate::problem::{Problem, ProblemDocument};
use crate::{ApiSettings, Face, Shared};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use throng_app::Secret;
use throng_app::people::Session;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, current, sign_out))
        .routes(routes!(change_password))
        .routes(routes!(use_link))
        .routes(routes!(setup_needed, set_up))
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    name: String,
    password: String,
}

/// The own password, and the one that takes its place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    /// The password until now.
    old: String,
    /// At least 12 characters.
    new: String,
}

/// The secret of a one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UseLink {
    token: String,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    /// From the link that the first start prints.
    token: String,
    name: String,
    /// At least 12 characters.
    password: String,
}

/// Whether this is a first start.
#[derive(Serialize, ToSchema)]
struct SetupState {
    needed: bool,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct SignedInUser {
    name: String,
    /// user, analyst or admin.
    role: String,
    /// en or vi.
    language: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionAnswer {
    /// For programs: send it as `Authorization: Bearer`. Only in the answer to signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[schema(format = DateTime)]
    expires_at: String,
    user: SignedInUser,
}

fn answer(session: &Session, with_token: bool) -> SessionAnswer {
    SessionAnswer {
        token: with_token.then(|| session.token.reveal().to_owned()),
        expires_at: session.expires.to_string(),
        user: SignedInUser {
            name: session.actor.name().to_owned(),
            role: session.actor.role().as_str().to_owned(),
            language: session.actor.language().to_owned(),
        },
    }
}

/// A request of somebody who is not signed in yet and wants to be.
struct WayIn<T> {
    peer: IpAddr,
    headers: HeaderMap,
    asked: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<Face>> for WayIn<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Arc<Face>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(Peer(peer)) = Peer::from_request_parts(&mut parts, face).await;
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let AskedByStranger(asked) = AskedByStranger::from_request(request, face).await?;
        same_origin(&headers)?;
        Ok(Self { peer, headers, asked })
    }
}

/// The answer to signing in: the session, also as a cookie that no script can read.
fn opened(session: &Session, headers: &HeaderMap, settings: &ApiSettings) -> Response {
    let cookie = cookie(session.token.reveal(), 43_200, headers, settings);
    with_cookie(Json(answer(session, true)).into_response(), &cookie)
}

fn cookie(token: &str, seconds: u32, headers: &HeaderMap, settings: &ApiSettings) -> String {
    let secure = match settings.secure_cookie || over_tls(headers, settings.behind_proxy) {
        true => "; Secure",
        false => "",
    };
    format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}")
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Signs in with name and password.
///
/// Codes: `wrong_credentials`, whether there is an account of that name or not; `rate_limited` after five wrong ones for a name
/// or twenty from an address, with the seconds to wait.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = SessionAnswer), (status = 429, body = ProblemDocument)))]
async fn sign_in(face: Shared, from: WayIn<SignIn>) -> Result<Response, Problem> {
    let SignIn { name, password } = from.asked;
    let session = face.app.sign_in(&name, password, from.peer).await?;
    Ok(opened(&session, &from.headers, &face.settings))
}

/// Who is signed in.
///
/// Codes: `sign_in_required` where nobody is, `session_ended` where somebody was.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = SessionAnswer)))]
async fn current(signed_in: SignedIn) -> Json<SessionAnswer> {
    Json(answer(&signed_in.0, false))
}

/// Signs out: the session ends at once wherever its token is used, on open live sockets within a minute. Other sessions go on.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
async fn sign_out(face: Shared, signed_in: SignedIn, headers: HeaderMap) -> Result<Response, Problem> {
    face.app.sign_out(&signed_in.0).await?;
    Ok(with_cookie(
        StatusCode::NO_CONTENT.into_response(),
        &cookie("", 0, &headers, &face.settings),
    ))
}

/// Changes the own password. Every session of that person ends at once, on open live sockets within a minute; the answer is a new one
/// in place of the one it was asked with.
///
/// Codes: `invalid_request` with what is wrong with `old` or `new`, also where there is no password yet; `session_ended` where an
/// administrator set another one meanwhile; `rate_limited` after five wrong old ones, as at the sign-in, with
/// the seconds to wait.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "session", request_body = ChangePassword, responses(
    (status = 200, body = SessionAnswer), (status = 429, body = ProblemDocument)))]
async fn change_password(
    face: Shared,
    signed_in: SignedIn,
    from: WayIn<ChangePassword>,
) -> Result<Response, Problem> {
    let ChangePassword { old, new } = from.asked;
    let changed = face.app.change_own_password(&signed_in.0, old, new, from.peer);
    Ok(opened(&changed.await?, &from.headers, &face.settings))
}

/// Signs in with a one-time link.
///
/// Codes: `link_ended` where it is unknown, expired or was used before; `rate_limited` after twenty wrong ones from an address, with
/// the seconds to wait.
#[utoipa::path(post, path = "/api/v1/session/link", tag = "session", request_body = UseLink, responses(
    (status = 200, body = SessionAnswer), (status = 429, body = ProblemDocument)))]
async fn use_link(face: Shared, from: WayIn<UseLink>) -> Result<Response, Problem> {
    let link = Secret::new(from.asked.token);
    let session = face.app.use_link(&link, from.peer).await?;
    Ok(opened(&session, &from.headers, &face.settings))
}

/// Whether there is no administrator yet.
#[utoipa::path(get, path = "/api/v1/setup", tag = "session", responses((status = 200, body = SetupState)))]
async fn setup_needed(face: Shared) -> Result<Json<SetupState>, Problem> {
    Ok(Json(SetupState {
        needed: face.app.setup_needed().await?,
    }))
}

/// Makes the first administrator and signs him in.
///
/// Codes: `invalid_request` with what is wrong with name and password, also where somebody has the name; the link is kept then.
/// `link_replaced` where a later start
/// printed a newer link, `link_ended` where it is unknown, expired or was used before; `rate_limited` after twenty wrong ones from
/// an address, with the seconds to wait.
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = SetUp, responses(
    (status = 200, body = SessionAnswer), (status = 429, body = ProblemDocument)))]
async fn set_up(face: Shared, from: WayIn<SetUp>) -> Result<Response, Problem> {
    let SetUp {
        token,
        name,
        password,
    } = from.asked;
    let link = Secret::new(token);
    let session = face.app.set_up(&link, &name, password, from.peer).await?;
    Ok(opened(&session, &from.headers, &face.settings))
}
