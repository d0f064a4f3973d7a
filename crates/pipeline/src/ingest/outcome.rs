//! From what the door thinks of each event to what is kept of it and answered.

use super::judge::{Judged, Refusal};
use super::{Item, Standing};
use throng_model::Fault;
use throng_ports::quarantine::BODY_BYTES_MAX;
use throng_ports::{Outcome, QuarantinedEvent, RawEvent, Receipt};

/// What the door thinks of an event that was judged by itself.
pub(super) fn item(judged: Result<Judged, Refusal>) -> Item {
    match judged {
        Ok(judged) => Item {
            id: Some(judged.event.id),
            standing: Standing::New(judged),
            too_late: None,
        },
        Err(refusal) => Item {
            id: refusal.id,
            standing: Standing::Refused(refusal.fault, refusal.camera),
            too_late: None,
        },
    }
}

/// What goes into the quarantine, in the order it came.
pub(super) fn refused(
    items: &[Item],
    events: &[RawEvent<'_>],
    received: throng_model::Timestamp,
) -> Vec<QuarantinedEvent> {
    let refused = items
        .iter()
        .zip(events)
        .filter_map(|(item, raw)| match &item.standing {
            Standing::Refused(fault, camera) => Some((fault, camera, raw)),
            _ => None,
        });
    refused
        .map(|(fault, camera, raw)| QuarantinedEvent {
            entry: 0,
            received,
            camera: camera.clone(),
            code: fault.code,
            detail: fault.detail.clone(),
            body: raw.get(..BODY_BYTES_MAX).unwrap_or(raw).to_vec(),
            replayed: None,
            attempts: 0,
            refused_again: None,
        })
        .collect()
}

/// The answer to a batch; `entries` are those of what was refused, in order.
pub(super) fn receipt(items: Vec<Item>, entries: Vec<u64>) -> Result<Receipt, Fault> {
    let mut entries = entries.into_iter();
    let events = items.into_iter().map(|item| {
        let outcome = match item.standing {
            Standing::New(_) => match item.too_late {
                None => Outcome::Accepted,
                Some(detail) => Outcome::TooLate { detail },
            },
            Standing::Duplicate(_) => Outcome::Duplicate,
            Standing::Refused(fault, _) => {
                let entry = entries
                    .next()
                    .ok_or_else(|| Fault::internal("the quarantine gave fewer entries than events"))?;
                Outcome::Quarantined {
                    code: fault.code,
                    detail: fault.detail,
                    entry,
                }
            }
        };
        Ok((item.id, outcome))
    });
    Ok(Receipt {
        events: events.collect::<Result<_, Fault>>()?,
    })
}
