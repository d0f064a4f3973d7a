//! Tickets for live sockets: a browser cannot send headers with a socket, and a token in an address ends up in logs.
//! A ticket works once, for half a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use throng_app::Secret;
use throng_model::{Fault, FaultCode, Timestamp};

/// Unused tickets at most. They live for seconds; more is somebody collecting them.
const WAITING_MAX: usize = 10_000;

/// Tickets that were given out and not used yet.
#[derive(Default)]
pub(crate) struct Tickets {
    waiting: Mutex<HashMap<[u8; 32], (String, Timestamp)>>,
}

impl Tickets {
    /// Gives out a ticket for the session with this token.
    pub fn give(&self, token: &str, now: Timestamp, lasts: Duration) -> Result<Secret, Fault> {
        let ticket = Secret::random("")?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (_, expires)| *expires > now);
        if waiting.len() >= WAITING_MAX {
            // The one that expires first makes room.
            let first = waiting.values().map(|(_, expires)| expires.since(now)).min();
            let wait = Duration::from_micros(first.unwrap_or(0).unsigned_abs());
            return Err(Fault::new(FaultCode::RateLimited, "too many unused tickets").retry_after(wait));
        }
        waiting.insert(
            ticket.digest(),
            (token.to_owned(), now.plus(lasts.as_micros() as i64)),
        );
        Ok(ticket)
    }

    /// Takes a ticket: the token of its session, the first time, in time.
    pub fn take(&self, ticket: &str, now: Timestamp) -> Result<String, Fault> {
        let digest = Secret::new(ticket.to_owned()).digest();
        let taken = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&digest);
        match taken.filter(|(_, expires)| *expires > now) {
            Some((token, _)) => Ok(token),
            None => Err(Fault::new(
                FaultCode::TicketEnded,
                "the ticket is unknown, expired or was used before",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_when_all_tickets_are_out_is_told_when_the_first_one_expires() {
        let tickets = Tickets::default();
        let lasts = Duration::from_secs(30);
        for n in 0..WAITING_MAX {
            tickets
                .give("token", Timestamp(n as i64), lasts)
                .expect("there is room");
        }
        let told = tickets
            .give("token", Timestamp(12_500_000), lasts)
            .map(drop)
            .expect_err("full");
        assert_eq!(told.retry_after_s.map(u32::from), Some(18));
        assert!(
            tickets.give("token", Timestamp(30_000_000), lasts).is_ok(),
            "one has expired"
        );
    }

    #[test]
    fn a_ticket_works_once_and_in_time() {
        let tickets = Tickets::default();
        let lasts = Duration::from_secs(30);
        let ticket = tickets.give("token", Timestamp(0), lasts).expect("given");
        assert_eq!(
            tickets.take(ticket.reveal(), Timestamp(1)).expect("first"),
            "token"
        );
        assert!(tickets.take(ticket.reveal(), Timestamp(1)).is_err(), "twice");
        let late = tickets.give("token", Timestamp(0), lasts).expect("given");
        assert!(
            tickets.take(late.reveal(), Timestamp(30_000_000)).is_err(),
            "late"
        );
    }
}
