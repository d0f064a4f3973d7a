//! API-1, API-2, API-3: how it is, how it was, side by side. Here is what these share; each has its own file.

mod aggregated;
mod historical;
mod realtime;

use crate::Face;
use crate::asked::Placed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_app::analytics::{Metric, Outage};
use throng_model::{Fault, TimeRange, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .merge(realtime::routes())
        .merge(historical::routes())
        .merge(aggregated::routes())
}

/// A metric by its word; null means no data.
type Metrics = BTreeMap<&'static str, Option<f64>>;

/// A range, half-open.
#[derive(Serialize, ToSchema)]
pub(super) struct RangeAnswer {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
}

/// A time in which no server ran, of which not everything came later.
#[derive(Serialize, ToSchema)]
struct OutageAnswer {
    /// The last sign of life of a server.
    #[schema(format = DateTime)]
    from: String,
    /// When the next one began.
    #[schema(format = DateTime)]
    to: String,
    /// How much of it the cameras told of later, 0 to below 1. At 0 there are no data.
    coverage: f64,
}

fn outages(outages: &[Outage]) -> Vec<OutageAnswer> {
    let answer = |outage: &Outage| OutageAnswer {
        from: outage.range.start.to_string(),
        to: outage.range.end.to_string(),
        coverage: outage.coverage,
    };
    outages.iter().map(answer).collect()
}

fn metrics(text: Option<&str>) -> Result<Vec<Metric>, Fault> {
    match text {
        None | Some("") => Ok(vec![
            Metric::Occupancy,
            Metric::Count,
            Metric::Accuracy,
            Metric::Latency,
        ]),
        Some(text) => text.split(',').map(|word| word.trim().parse()).collect(),
    }
}

pub(super) fn range(start: &str, end: &str) -> Result<TimeRange, Fault> {
    TimeRange::new(moment("start", start)?, moment("end", end)?).parameter("end")
}

fn moment(parameter: &str, text: &str) -> Result<Timestamp, Fault> {
    let moment = Timestamp::parse(text).map_err(|fault| fault.context(parameter));
    moment.parameter(parameter)
}

pub(super) fn range_answer(range: TimeRange) -> RangeAnswer {
    RangeAnswer {
        start: range.start.to_string(),
        end: range.end.to_string(),
    }
}
