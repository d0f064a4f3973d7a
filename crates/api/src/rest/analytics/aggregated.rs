//! API-3: cameras or places side by side.

use super::{RangeAnswer, range, range_answer};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::analytics::Group;
use throng_model::{Fault, Reason};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(aggregated))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AggregatedQuery {
    /// camera, zone, area or building.
    group_by: String,
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive.
    end: String,
    /// Comma-separated: totalCount, avgOccupancy, peakHour, efficiency. Default all.
    metrics: Option<String>,
}

/// One group's numbers; null means no data, not asked for, or counted in pieces too long to tell it from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GroupMetrics {
    /// People counted inwards, and those who passed a counter without a direction. Null where a part of them came in counted windows
    /// across an hour of a day that is not whole in these hours.
    #[schema(required)]
    total_count: Option<i64>,
    /// Time-weighted mean; null where the occupancy is known for less than half of the observed time, and where nothing is measured
    /// inside.
    #[schema(required)]
    avg_occupancy: Option<f64>,
    /// The start of the 60 minutes with the largest count, by quarter of an hour; of the clock hour where the range is
    /// longer than eight days or the quarters are not known.
    #[schema(required, format = DateTime)]
    peak_hour: Option<String>,
    /// Mean occupancy in open hours over capacity, averaged by hour, then by day; null without a capacity, or where the
    /// occupancy is known for less than half of the observed open hours. May pass 1.
    #[schema(required)]
    efficiency: Option<f64>,
}

/// One group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GroupAnswer {
    group_id: String,
    group_name: String,
    metrics: GroupMetrics,
    /// The whole hours, in the group's own zone, that its metrics are told of: every hour that overlaps the range.
    whole_hours: RangeAnswer,
    /// Of the 10-second panes of those hours, up to now, in which its cameras were expected, all of them together and each since it is
    /// known: the share in which they were heard from, 0 to 1. Of a day of which these are only a part, panes that counted windows
    /// across an hour observed are left out, as many as may lie in these hours, for nobody knows in which they do: they are neither
    /// expected nor heard from.
    /// Null where no other pane was expected.
    #[schema(required)]
    coverage: Option<f64>,
    /// live, provisional, or final: an hour has passed since their end. What still comes makes a new revision.
    state: &'static str,
    /// How often late events changed these hours after their end.
    revision: u64,
}

/// Groups side by side.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AggregatedAnswer {
    group_by: String,
    time_range: RangeAnswer,
    data: Vec<GroupAnswer>,
}

/// Cameras or places side by side.
#[utoipa::path(get, path = "/api/v1/analytics/aggregated", tag = "analytics", params(AggregatedQuery), responses(
    (status = 200, body = AggregatedAnswer)))]
async fn aggregated(
    face: Shared,
    signed_in: SignedIn,
    Query(query): Query<AggregatedQuery>,
) -> Result<Json<AggregatedAnswer>, Problem> {
    let (group, range): (Group, _) = (
        query.group_by.parse().parameter("groupBy")?,
        range(&query.start, &query.end)?,
    );
    let asked = group_metrics(query.metrics.as_deref()).parameter("metrics")?;
    let wants = |word: &str| asked.is_empty() || asked.iter().any(|asked| asked == word);
    let groups = face
        .app
        .aggregated(signed_in.actor(), group, range)
        .await
        .parameter("end")?;
    let data = groups.into_iter().map(|group| GroupAnswer {
        group_id: group.id,
        group_name: group.name,
        whole_hours: range_answer(group.hours),
        coverage: group.coverage,
        state: group.state.as_str(),
        revision: group.revision,
        metrics: GroupMetrics {
            total_count: group.total_count.filter(|_| wants("totalCount")),
            avg_occupancy: group.average_occupancy.filter(|_| wants("avgOccupancy")),
            peak_hour: group
                .peak_hour
                .filter(|_| wants("peakHour"))
                .map(|peak| peak.to_string()),
            efficiency: group.efficiency.filter(|_| wants("efficiency")),
        },
    });
    Ok(Json(AggregatedAnswer {
        group_by: group.as_str().to_owned(),
        time_range: range_answer(range),
        data: data.collect(),
    }))
}

fn group_metrics(text: Option<&str>) -> Result<Vec<String>, Fault> {
    let words: Vec<String> = text
        .unwrap_or("")
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    match words
        .iter()
        .find(|word| !["totalCount", "avgOccupancy", "peakHour", "efficiency"].contains(&word.as_str()))
    {
        Some(word) => Err(Fault::invalid(
            Reason::NotListed,
            format!("metric {word:?} is not one of totalCount, avgOccupancy, peakHour, efficiency"),
        )),
        None => Ok(words),
    }
}
