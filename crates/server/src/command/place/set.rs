//! `throng place set` and `throng place remove`: what a place is like, changed straight in the data folder.
//!
//! What depends on whether anything was counted needs the store, which a running server holds: that part is refused with
//! `folder_in_use` while one runs. All else a running server knows within a second.

use super::counted::Counted;
use super::{say, unknown};
use crate::command::trace;
use crate::config::Config;
use crate::wire::open_existing_catalog;
use throng_app::Action;
use throng_app::history::{days_are_counted, place_is_counted};
use throng_model::change::PlaceChange;
use throng_model::site::Site;
use throng_model::{Fault, FaultCode, PlaceId, Scope};
use throng_ports::Catalog as _;
use throng_ports::catalog::SiteChange;

/// What is to change.
#[derive(Debug, clap::Args)]
#[group(id = "said", required = true, multiple = true)]
pub struct Change {
    /// What people call it.
    #[arg(long)]
    name: Option<String>,
    /// How many people may be inside.
    #[arg(long)]
    capacity: Option<u32>,
    /// Forgets the capacity.
    #[arg(long, conflicts_with = "capacity")]
    no_capacity: bool,
    /// The IANA zone its days are cut in, and those of the places inside of it. No server may run.
    #[arg(long)]
    time_zone: Option<String>,
}

impl Change {
    fn wish(self) -> PlaceChange {
        let capacity = self.capacity.map(Some);
        PlaceChange {
            name: self.name.map(Some),
            capacity: if self.no_capacity { Some(None) } else { capacity },
            time_zone: self.time_zone,
        }
    }
}

/// Changes a place. With `recount` the rows go where they stand in other days, and the next start counts all events of the log
/// again, as the hierarchy is then.
pub async fn set(id: &str, change: Change, recount: bool, config: &Config) -> Result<(), Fault> {
    let (catalog, id, wish) = (
        open_existing_catalog(config).await?,
        PlaceId::new(id)?,
        change.wish(),
    );
    let object = id.to_string();
    let wanted = catalog.site().change_place(&id, &wish)?;
    let counted = match wanted.recut.is_empty() {
        true => None,
        false => Counted::open(config)?,
    };
    let found = match &counted {
        Some(counted) => counted.first_of(wanted.recut.clone())?,
        None => None,
    };
    if let Some(scope) = found.as_ref().filter(|_| !recount) {
        return Err(days_are_counted(scope));
    }
    trace::note(&catalog, Action::ChangePlace, &object).await?;
    // Before the change: should that not be reached, everything is counted in the old days again.
    let held = match counted.filter(|_| found.is_some()) {
        Some(counted) => Some(counted.forget()?),
        None => None,
    };
    let make = move |site: &Site| {
        let changed = site.change_place(&id, &wish)?;
        // Of scopes that came in between nobody has looked whether they were counted.
        if changed.recut != wanted.recut {
            let detail = format!("what lies in place {:?} changed meanwhile", id.as_str());
            return Err(Fault::new(FaultCode::ChangedMeanwhile, detail));
        }
        Ok(SiteChange {
            places: changed.places,
            ..SiteChange::default()
        })
    };
    catalog.change(Box::new(make)).await?;
    match held {
        Some(_) => say("saved; the next start counts everything in the log again, in the new days"),
        None => say("saved"),
    }
    Ok(())
}

/// Removes a place that nothing lies in and nothing was counted for.
pub async fn remove(id: &str, config: &Config) -> Result<(), Fault> {
    let (catalog, place) = (open_existing_catalog(config).await?, PlaceId::new(id)?);
    if catalog.site().place(&place).is_none() {
        return Err(unknown(&place));
    }
    catalog.site().check_removal(&place)?;
    let counted = Counted::open(config)?;
    if let Some(counted) = &counted
        && let Some(scope) = counted.first_of(vec![Scope::Place(place.clone())])?
    {
        return Err(place_is_counted(&scope));
    }
    let make = move |site: &Site| {
        site.check_removal(&place)?;
        Ok(SiteChange {
            places_gone: vec![place.clone()],
            ..SiteChange::default()
        })
    };
    trace::change(&catalog, Action::RemovePlace, id, make).await?;
    say("removed");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::super::{Arguments, run};
    use crate::command::examples::{camera, config, mall};
    use clap::Parser;
    use std::path::Path;
    use throng_model::place::PlaceKind;
    use throng_model::site::Site;
    use throng_model::{Fault, FaultCode, PlaceId, Rung, Scope, TimeRange, Timestamp};
    use throng_ports::{Catalog, Intake, Sender};

    #[derive(Parser)]
    struct Said {
        #[command(flatten)]
        arguments: Arguments,
    }

    /// What `throng place` does with these words.
    async fn place(folder: &Path, words: &str) -> Result<Site, Fault> {
        let said = Said::try_parse_from(["place"].into_iter().chain(words.split(' ')))
            .map_err(|error| Fault::new(FaultCode::InvalidRequest, error.to_string()))?;
        run(said.arguments, config(folder)).await?;
        let catalog = crate::wire::open_catalog(&config(folder)).await?;
        Ok(catalog.site().as_ref().clone())
    }

    async fn house(folder: &Path) {
        let door = camera("door", "shop", PlaceKind::Building);
        let catalog = crate::wire::open_catalog(&config(folder)).await.unwrap();
        catalog
            .save_all(mall(["shop", "yard"]), vec![door])
            .await
            .unwrap();
    }

    fn days(node: &crate::wire::Node) -> Vec<String> {
        let ever = TimeRange {
            start: Timestamp::MIN,
            end: Timestamp::MAX,
        };
        let mall = Scope::Place(PlaceId::new("mall").unwrap());
        let rows = node.ports.rollups.rows(&mall, Rung::Day, ever, 10).unwrap();
        rows.iter().map(|(start, _)| start.to_string()).collect()
    }

    #[tokio::test]
    async fn a_place_is_changed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        house(folder.path()).await;
        let run = async |words: &str| place(folder.path(), words).await;
        let id = PlaceId::new("mall").unwrap();
        let site = run("set mall --name Mall --capacity 900 --time-zone Asia/Tokyo")
            .await
            .unwrap();
        let mall = site.place(&id).unwrap();
        assert_eq!(
            (mall.name.as_str(), mall.capacity, mall.time_zone.as_str()),
            ("Mall", Some(900), "Asia/Tokyo")
        );
        let site = run("set mall --no-capacity").await.unwrap();
        assert_eq!(site.place(&id).unwrap().capacity, None);
        let site = run("remove yard").await.unwrap();
        assert!(site.place(&PlaceId::new("yard").unwrap()).is_none());
        for (words, says) in [
            ("set mall", "required"),
            ("set mall --capacity 1 --no-capacity", "cannot be used with"),
            ("set mall --capacity 0", "capacity 0 is not from 1"),
            ("set mall --recount --capacity 1", "--time-zone"),
            ("set mall --time-zone Mars/Olympus", "\"Mars/Olympus\" is unknown"),
            ("set shop --time-zone UTC", "building \"mall\""),
            ("set nowhere --capacity 1", "\"nowhere\" does not exist"),
            ("remove nowhere", "\"nowhere\" does not exist"),
            ("remove shop", "camera \"door\""),
            ("remove floor", "zone \"shop\" lies in"),
        ] {
            let fault = run(words).await.expect_err(words);
            assert!(fault.detail.contains(says), "{words}: {}", fault.detail);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn counted_days_are_cut_anew_by_counting_again() {
        let folder = tempfile::tempdir().unwrap();
        house(folder.path()).await;
        let config = config(folder.path());
        let node = crate::wire::Node::open(&config).await.unwrap();
        let event = r#"{"v":1,"id":"019d371a-d328-7abc-8def-000000000001","type":"line","cam":"door","boot":"b","seq":1,"t":"2026-03-29T20:00:00.000Z","data":{"line":"main","dir":"in","n":1}}"#;
        let sent = node
            .intake
            .submit(&Sender::Operator, vec![event.as_bytes()])
            .await
            .unwrap();
        assert_eq!(sent.counts(), (1, 0, 0));
        let turned_away: [&[u8]; 2] = [event.as_bytes(), b"{}"];
        node.intake
            .submit(&Sender::Operator, turned_away.to_vec())
            .await
            .unwrap();
        let counters = node.intake.counters();
        assert_eq!((counters.duplicate, counters.quarantined), (1, 1));
        let running = place(folder.path(), "set mall --time-zone Asia/Tokyo").await;
        assert_eq!(running.unwrap_err().code, FaultCode::FolderInUse);
        place(folder.path(), "set mall --capacity 5").await.unwrap();
        node.close().await.unwrap();
        let refused = place(folder.path(), "set mall --time-zone Asia/Tokyo").await;
        assert_eq!(refused.unwrap_err().code, FaultCode::CountedAlready);
        let node = crate::wire::Node::open(&config).await.unwrap();
        assert_eq!(days(&node), ["2026-03-29T00:00:00.000Z"]);
        node.close().await.unwrap();
        place(folder.path(), "set mall --time-zone Asia/Tokyo --recount")
            .await
            .unwrap();
        crate::command::verify::run(config.clone()).await.unwrap();
        let node = crate::wire::Node::open(&config).await.unwrap();
        assert_eq!(days(&node), ["2026-03-29T15:00:00.000Z"], "the 30th in Tokyo");
        assert_eq!(node.intake.counters(), counters, "the doors remember");
        let again = node
            .intake
            .submit(&Sender::Operator, vec![event.as_bytes()])
            .await
            .unwrap();
        assert_eq!(again.counts(), (0, 1, 0), "what was known stays known");
        node.close().await.unwrap();
    }
}
