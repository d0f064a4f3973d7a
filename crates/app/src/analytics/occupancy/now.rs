//! AGG-7: how many are inside now, by what the same weekdays before have taught about the counters of the place.
//!
//! Told from the stored rows, as closed days are, and by the same steps: so it stands still where the live page counts every
//! event, and is a flush behind it. How far it has come is told with it.

use crate::{Action, Actor, App};
use throng_engine::occupancy::live::{PastDay, Today, WEEKS, so_far};
use throng_model::counting::Sides;
use throng_model::place::occupancy_day;
use throng_model::time::HOUR;
use throng_model::{Fault, PlaceId, Scope, TimeRange, Timestamp};

use super::ResultState;

/// A place's day that is not over, from reset to reset.
#[derive(Clone, Debug)]
pub struct OccupancyNow {
    /// Which day.
    pub day: TimeRange,
    /// Server time.
    pub at: Timestamp,
    /// The latest event of the place that is in these levels, whatever its day; none before the first.
    pub as_of: Option<Timestamp>,
    /// Its levels; none where nobody looked, which is not the same as nobody, and where nothing is measured inside.
    pub today: Option<Today>,
    /// Which direction takes the correction.
    pub sides: Sides,
    /// The share of the day, up to now, in which its cameras were heard from, 0 to 1.
    pub coverage: Option<f64>,
}

impl App {
    /// How many are inside of a place now: as counted, lifted by the floor rule, and corrected.
    pub async fn place_occupancy_now(&self, actor: &Actor, place: &PlaceId) -> Result<OccupancyNow, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        let place = place.clone();
        self.read(move |app| app.occupancy_now(&place)).await
    }

    fn occupancy_now(&self, place: &PlaceId) -> Result<OccupancyNow, Fault> {
        let site = self.parts.catalog.site();
        let known = site.place(place);
        let resets_at = known.map_or(0, |place| place.resets_at);
        let sides = known.map_or(Sides::default(), |place| place.counting.sides);
        let scope = Scope::Place(place.clone());
        // Before the rows: what comes in between is in them, and nothing is promised that is not.
        let as_of = self.parts.feed.stored(place);
        let present = self.present_of(&scope);
        let measures_inside = present.as_ref().is_none_or(|now| now.measures_inside);
        let (zone, at) = (self.zone_of(&scope), self.parts.clock.now());
        let reached = self.reached_since(present.and_then(|now| now.as_of));
        let day = occupancy_day(at, &zone, resets_at);
        let feeding = self.feeding(&scope);
        let mut past = Vec::new();
        for week in (1..=WEEKS).rev() {
            // From its middle: the clocks may have been set in between, and the day may have 23 hours.
            let middle = day.start.plus((12 - week * 7 * 24) * HOUR);
            let before = occupancy_day(middle, &zone, resets_at);
            if ResultState::of(before, reached) == ResultState::Live {
                continue;
            }
            past.extend(
                self.close_day(&scope, before, sides, &feeding)?
                    .closed
                    .map(|closed| PastDay {
                        day: before,
                        people_in: closed.people_in,
                        people_out: closed.people_out,
                    }),
            );
        }
        let known = self.known_of(&scope, day)?;
        let today = so_far(day, &known.steps, &known.settings, &past, sides);
        Ok(OccupancyNow {
            day,
            at,
            as_of,
            today: (measures_inside && known.observed > 0).then_some(today),
            sides,
            coverage: feeding.coverage(day, known.observed, at),
        })
    }
}
