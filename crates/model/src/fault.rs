//! Every way things go wrong, in one closed list.
//!
//! A fault says who is at fault, whether trying again can help, a stable code, one HTTP status and one help page.
//! Callers branch on the code, people read the sentence, alarms are driven by [`Blame`].

use crate::flaw::{Flaw, FlawPlace, Reason};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The caller sent something that cannot be served; sending it again will fail again.
    User,
    /// Something Throng stands on (disk, network, another server) failed.
    Outside,
    /// Throng itself broke a promise: a defect to report.
    Us,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request fails the same way.
    Never,
    /// Correct the request first.
    Corrected,
    /// The same request may succeed later.
    Later,
}

macro_rules! fault_codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $code:literal, $blame:ident, $retry:ident, $status:literal, $title:literal; )+) => {
        /// The stable code of a fault. A code is never renamed and never given a second meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FaultCode {
            $( $(#[doc = $doc])+ #[serde(rename = $code)] $variant, )+
        }

        impl FaultCode {
            /// All codes, in the order of this file: the help pages and their test are made from it.
            pub const ALL: &[FaultCode] = &[$( FaultCode::$variant, )+];

            /// The code as it stands in answers, logs and help pages.
            pub fn as_str(self) -> &'static str { match self { $( FaultCode::$variant => $code, )+ } }

            /// Who has to act.
            pub fn blame(self) -> Blame { match self { $( FaultCode::$variant => Blame::$blame, )+ } }

            /// Whether trying again can help.
            pub fn retry(self) -> Retry { match self { $( FaultCode::$variant => Retry::$retry, )+ } }

            /// The one HTTP status this fault is answered with.
            pub fn status(self) -> u16 { match self { $( FaultCode::$variant => $status, )+ } }

            /// A short name for people.
            pub fn title(self) -> &'static str { match self { $( FaultCode::$variant => $title, )+ } }

            /// What it means and what to do, for the help page.
            pub fn help(self) -> &'static str { match self { $( FaultCode::$variant => concat!($( $doc, "\n" ),+), )+ } }
        }
    };
}

fault_codes! {
    /// The body is not JSON (or not NDJSON, not UTF-8). Check the encoding and the content type of the request.
    MalformedJson = "malformed_json", User, Corrected, 400, "The body is not valid JSON";
    /// An event does not have the fields or types of the canonical event. The sentence names the field.
    InvalidEvent = "invalid_event", User, Corrected, 422, "The event is not valid";
    /// The event is of a type that this version does not count yet. It is kept in quarantine and can be replayed after
    /// an upgrade.
    UnsupportedType = "unsupported_type", User, Later, 422, "The event type is not counted yet";
    /// The event is more than `engine.lateness_days` behind newer ones of its camera. It is kept in the event log and counts in no
    /// number: what is told of days gone by must come to rest. Older recordings need a camera of their own.
    TooLate = "too_late", User, Never, 422, "The event came too late to be counted";
    /// The camera is not registered. Register it, or correct the camera id in the event.
    UnknownCamera = "unknown_camera", User, Corrected, 422, "The camera is unknown";
    /// The camera was retired before the time of the event. Put it back if it counts again, or stop what sends.
    RetiredCamera = "retired_camera", User, Corrected, 422, "The camera is retired";
    /// The camera is registered, but the line named in the event is not one of its own, or it does not count for the zone or
    /// place. Correct the name, or register the line or move the camera and replay the event.
    UnknownLine = "unknown_line", User, Corrected, 422, "The line is unknown";
    /// The camera's line is configured to count in another way than the event does: single crossings, totals since a reset
    /// and counts of windows must not be mixed, or everybody is counted twice. Correct the line or what the camera sends.
    CounterSemantics = "counter_semantics", User, Corrected, 422, "The counter counts in another way";
    /// The key used speaks for other cameras only. Use the key of this camera.
    ForeignCamera = "foreign_camera", User, Corrected, 403, "The key does not speak for this camera";
    /// The event time, or the time at which it says it was sent, is further ahead of the server than it believes: 300 seconds,
    /// where `ingest.future_s` says nothing else. Set the camera's clock (NTP).
    FutureEvent = "future_event", User, Corrected, 422, "The event is from the future";
    /// The sequence number went back although time went on and the boot id did not change. The producer restarted
    /// without a new boot id, or two producers share one camera id.
    SequenceRegressed = "sequence_regressed", User, Corrected, 422, "The sequence went back";
    /// An event with the same id but another body was accepted before. The first one counts; a correction is a new
    /// event that names the old one in `data.replaces`.
    ConflictingBody = "conflicting_body", User, Corrected, 409, "The same id came with another body";
    /// The body is larger than the limit, before or after decompression. Send smaller batches.
    BodyTooLarge = "body_too_large", User, Corrected, 413, "The body is too large";
    /// More events in one request than the limit. Send smaller batches.
    TooManyEvents = "too_many_events", User, Corrected, 413, "Too many events in one request";
    /// The request has a missing, misspelt or impossible field or parameter. The sentence names it, and for programs `errors`
    /// tells where (`pointer` into the body, or `parameter`) and in what way (`reason`).
    InvalidRequest = "invalid_request", User, Corrected, 400, "The request is not valid";
    /// The content type or encoding is not one this address takes.
    UnsupportedMedia = "unsupported_media", User, Corrected, 415, "The content type is not supported";
    /// Nobody is signed in, and no key was shown. Sign in, or send the camera key as `Authorization: Bearer thr_…`.
    SignInRequired = "sign_in_required", User, Corrected, 401, "Sign in first";
    /// The session has ended: after twelve hours, because it was ended everywhere, or because the server has another signing
    /// secret than when it began. Sign in again.
    SessionEnded = "session_ended", User, Corrected, 401, "The session has ended";
    /// The name or the password is wrong; which of both is not told, nor whether there is an account of that name. Check
    /// both, the capitals, too.
    WrongCredentials = "wrong_credentials", User, Corrected, 401, "Name or password is wrong";
    /// The link is not known: it was used before (each works once), it is older than a day, or it was not copied whole.
    /// Sign in with name and password, or ask for a new link.
    LinkEnded = "link_ended", User, Corrected, 401, "The link does not work any more";
    /// A newer first-start link took the place of this one: each start of a server without accounts prints a new link, and
    /// only the last one works. Open that one.
    LinkReplaced = "link_replaced", User, Corrected, 401, "There is a newer link";
    /// The ticket for the live socket is not known: it was used before, or it is older than half a minute. Ask for another
    /// one with `POST /api/v1/live/ticket`.
    TicketEnded = "ticket_ended", User, Corrected, 401, "The ticket does not work any more";
    /// The camera key is not known, or it was ended. Make a new one for the camera.
    UnknownKey = "unknown_key", User, Corrected, 401, "The key is unknown";
    /// Signed in, but without the right to do this. Ask an administrator.
    Forbidden = "forbidden", User, Never, 403, "Not allowed";
    /// The thing does not exist, or you may not know that it does.
    NotFound = "not_found", User, Never, 404, "Not found";
    /// A thing with this name or id exists already.
    AlreadyExists = "already_exists", User, Corrected, 409, "It exists already";
    /// Numbers have been counted that the change would make wrong: their days would be cut otherwise, or nobody could tell what
    /// they were of. The sentence says what to do instead.
    CountedAlready = "counted_already", User, Corrected, 409, "Numbers have been counted already";
    /// A key was asked for, but the camera is retired and nothing it says is taken. Put it back first: `PATCH` it with
    /// `{"retired": null}`, or `throng camera restore`.
    CameraOutOfUse = "camera_out_of_use", User, Corrected, 409, "The camera is out of use";
    /// Places were changed by somebody else at the same moment, and what was asked for would do more than before. Ask again.
    ChangedMeanwhile = "changed_meanwhile", User, Later, 409, "It was changed meanwhile";
    /// Too many requests; wait as many seconds as the `Retry-After` header and `retryAfterSeconds` say.
    RateLimited = "rate_limited", User, Later, 429, "Too many requests";
    /// The answer would hold more points than the limit. Choose a coarser interval or a narrower range.
    TooManyPoints = "too_many_points", User, Corrected, 422, "Too many data points";
    /// The client did not send or read in time and was let go.
    ClientTooSlow = "client_too_slow", User, Later, 408, "The client is too slow";
    /// The configuration has an unknown key or an impossible value. The sentence names it.
    InvalidConfiguration = "invalid_configuration", User, Corrected, 500, "The configuration is not valid";
    /// The server cannot listen on its address: another program does, or the address is not one of this machine. Stop that
    /// program, or give another address with `--listen` or `server.listen`.
    ListenFailed = "listen_failed", User, Corrected, 500, "The address cannot be listened on";
    /// Another process has the data folder open: a running server, as a rule. Stop it, or name another folder.
    FolderInUse = "folder_in_use", User, Later, 409, "The data folder is in use";
    /// The data folder does not exist, or holds nothing of Throng: commands that look at or change one do not make it. Give the
    /// folder the server runs on with `--data` or `data.folder`; `throng serve`, `throng import` and `throng camera add` make a new one.
    NoDataFolder = "no_data_folder", User, Corrected, 404, "There is no such data folder";
    /// An import file cannot be understood, or nothing in it could be accepted. The sentence names the line or the reasons.
    InvalidFile = "invalid_file", User, Corrected, 422, "The file cannot be read";
    /// The disk is full. Nothing was acknowledged that is not kept. Free space, then send again.
    LogFull = "log_full", Outside, Later, 507, "The disk of the event log is full";
    /// The disk refused to keep data it had been given. The process ends so that a restart can recover what is
    /// really on disk. Check the disk.
    LogPoisoned = "log_poisoned", Outside, Later, 503, "The event log can no longer be trusted";
    /// A part of the event log that was durable once no longer matches its checksum. The sentence gives file and
    /// offset; `throng verify` names all damage there is. Restore the data folder from a backup.
    LogDamaged = "log_damaged", Outside, Never, 500, "The event log is damaged";
    /// Reading or writing the event log failed.
    LogIo = "log_io", Outside, Later, 503, "The event log cannot be read or written";
    /// The state and rollup store failed.
    StoreIo = "store_io", Outside, Later, 503, "The store cannot be read or written";
    /// A stored record cannot be decoded: damage, or a version this build does not know.
    StoreDamaged = "store_damaged", Outside, Never, 500, "The store is damaged";
    /// The catalogue database failed.
    CatalogIo = "catalog_io", Outside, Later, 503, "The catalogue cannot be read or written";
    /// The server is starting or stopping. Try again in a moment.
    Unavailable = "unavailable", Outside, Later, 503, "Not ready";
    /// Throng has a defect. Please report the request number.
    Internal = "internal", Us, Later, 500, "Something broke inside Throng";
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault: the code, and a sentence that names the thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Fault {
    /// What kind of fault it is.
    pub code: FaultCode,
    /// Lower case, no full stop, names the thing: `camera "gate-3" is unknown`.
    pub detail: String,
    /// Whole seconds after which trying again can help; none where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<NonZeroU32>,
    /// What exactly is wrong with the request, of an [`InvalidRequest`](FaultCode::InvalidRequest).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flaws: Vec<Flaw>,
}

impl Fault {
    /// A fault with its sentence.
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after_s: None,
            flaws: Vec::new(),
        }
    }

    /// A request that cannot be served for this reason. Who decodes it says where: [`Self::in_field`], [`Self::in_parameter`].
    pub fn invalid(reason: Reason, detail: impl Into<String>) -> Self {
        let mut fault = Self::new(FaultCode::InvalidRequest, detail);
        fault.flaws.push(Flaw {
            place: None,
            reason,
            detail: fault.detail.clone(),
        });
        fault
    }

    /// The flaw is in the field of the body under this JSON pointer. Says nothing where the place is known already, or where
    /// the fault is another one than a wrong request.
    #[must_use]
    pub fn in_field(self, pointer: &str) -> Self {
        self.placed(|| FlawPlace::Field(pointer.to_owned()))
    }

    /// The same of a parameter of the path or the query.
    #[must_use]
    pub fn in_parameter(self, name: &str) -> Self {
        self.placed(|| FlawPlace::Parameter(name.to_owned()))
    }

    fn placed(mut self, place: impl Fn() -> FlawPlace) -> Self {
        if self.code != FaultCode::InvalidRequest {
            return self;
        }
        if self.flaws.is_empty() {
            self.flaws.push(Flaw {
                place: None,
                reason: Reason::Other,
                detail: self.detail.clone(),
            });
        }
        for flaw in &mut self.flaws {
            flaw.place.get_or_insert_with(&place);
        }
        self
    }

    /// Both at once, so that a form with two wrong fields needs one correction and not two.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.detail = format!("{}; {}", self.detail, other.detail);
        self.flaws.extend(other.flaws);
        self
    }

    /// Says after which time trying again can help, in whole seconds, rounded up and never 0: who comes back too early only
    /// comes once more.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        let begun = u64::from(wait.subsec_nanos() > 0);
        let seconds = u32::try_from(wait.as_secs().saturating_add(begun)).unwrap_or(u32::MAX);
        self.retry_after_s = Some(NonZeroU32::new(seconds).unwrap_or(NonZeroU32::MIN));
        self
    }

    /// A defect of ours: something that cannot happen did.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(FaultCode::Internal, detail)
    }

    /// Adds what was being done, in front: `opening segment 3: no such file`.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.detail = format!("{doing}: {}", self.detail);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_speak_snake_case() {
        let mut seen = std::collections::BTreeSet::new();
        for code in FaultCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} is listed twice");
            assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            assert!((400..=599).contains(&code.status()));
            assert!(!code.help().trim().is_empty());
        }
    }

    #[test]
    fn a_flaw_is_placed_once_by_whoever_knows_best() {
        let fault = Fault::invalid(Reason::TooLong, "too long").in_field("/lines/0/id");
        let fault = fault
            .in_field("/lines")
            .and(Fault::new(FaultCode::InvalidRequest, "odd").in_parameter("x"));
        assert_eq!(fault.detail, "too long; odd");
        let told: Vec<_> = fault
            .flaws
            .into_iter()
            .map(|flaw| (flaw.place, flaw.reason, flaw.detail))
            .collect();
        let place = FlawPlace::Field("/lines/0/id".to_owned());
        let other = FlawPlace::Parameter("x".to_owned());
        assert_eq!(
            told,
            [
                (Some(place), Reason::TooLong, "too long".to_owned()),
                (Some(other), Reason::Other, "odd".to_owned())
            ]
        );
        let elsewhere = Fault::new(FaultCode::NotFound, "no such camera").in_parameter("cameraId");
        assert!(elsewhere.flaws.is_empty(), "the request is well-formed");
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_rounded_up() {
        let told = |wait| {
            Fault::internal("x")
                .retry_after(wait)
                .retry_after_s
                .map(NonZeroU32::get)
        };
        assert_eq!(told(Duration::ZERO), Some(1));
        assert_eq!(told(Duration::from_millis(1)), Some(1));
        assert_eq!(told(Duration::from_secs(15)), Some(15));
        assert_eq!(told(Duration::from_micros(15_000_001)), Some(16));
        assert_eq!(told(Duration::MAX), Some(u32::MAX));
        assert_eq!(Fault::internal("x").retry_after_s, None);
    }

    #[test]
    fn blame_and_status_agree() {
        for code in FaultCode::ALL {
            let answered_as_users = code.status() < 500;
            let users = code.blame() == Blame::User;
            assert!(
                !answered_as_users || users,
                "{code} is answered as the user's fault but is not"
            );
        }
    }
}
