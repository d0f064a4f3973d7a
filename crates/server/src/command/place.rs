//! `throng place`: lists and changes places, sets when they are open and what their counts stand for, straight in the data
//! folder.

mod counted;
mod set;

use super::say;
use super::trace;
use crate::config::Config;
use std::path::{Path, PathBuf};
use throng_app::Action;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::calendar::Calendar;
use throng_model::codec::plain::in_text;
use throng_model::counting::{Counting, Sides, Traffic};
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::{Fault, FaultCode, PlaceId};
use throng_ports::Catalog as _;
use throng_ports::catalog::SiteChange;

/// Lists and changes places, sets when they are open and what their counts stand for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: PlaceCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PlaceCommand {
    /// Lists the places: id, kind, name, time zone and capacity.
    List,
    /// Sets the name, the capacity or the time zone of a place.
    Set {
        /// The place.
        id: String,
        #[command(flatten)]
        change: set::Change,
        /// Where numbers stand in the days of another time zone: forgets them, and the next start counts every event in the
        /// log again, with places and cameras as they are then.
        #[arg(long, requires = "time_zone")]
        recount: bool,
    },
    /// Removes a place that nothing lies in and nothing was counted for, while no server runs on the data folder.
    Remove {
        /// The place.
        id: String,
    },
    /// Sets when a place is open; places inside it that say nothing themselves follow it.
    Hours {
        /// The place.
        id: String,
        /// A JSON file: {"week": {"monday": ["09:00-18:00"], ...}, "exceptions": [{"name": "Labour Day",
        /// "from": "2026-05-01", "to": "2026-05-01", "hours": []}]}. A day that is not named is closed.
        #[arg(required_unless_present = "clear", conflicts_with = "clear")]
        file: Option<PathBuf>,
        /// Forgets the hours: the place is open as the one around it, or always.
        #[arg(long)]
        clear: bool,
    },
    /// Sets what the counts of a place stand for; places inside it are not touched.
    Counting {
        /// The place.
        id: String,
        /// Which direction takes the correction of a day's miscount: two (both, half each), or one (out only, where entries
        /// are trusted).
        #[arg(long)]
        sides: Option<Sides>,
        /// Which count stands for its visitors: both (half of in and out together), in or out.
        #[arg(long)]
        traffic: Option<Traffic>,
    },
}

/// Runs the command.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Fault> {
    match arguments.command {
        PlaceCommand::List => {
            let catalog = crate::wire::open_existing_catalog(&config).await?;
            for place in catalog.site().places() {
                let (id, kind, zone) = (&place.id, place.kind, &place.time_zone);
                let capacity = place.capacity.map_or("-".to_owned(), |people| people.to_string());
                say(format_args!("{id}\t{kind}\t{}\t{zone}\t{capacity}", place.name));
            }
            Ok(())
        }
        PlaceCommand::Set { id, change, recount } => set::set(&id, change, recount, &config).await,
        PlaceCommand::Remove { id } => set::remove(&id, &config).await,
        PlaceCommand::Hours { id, file, .. } => {
            let catalog = crate::wire::open_existing_catalog(&config).await?;
            let calendar = file.as_deref().map(read).transpose()?;
            change(&catalog, &PlaceId::new(&id)?, move |place| {
                place.calendar.clone_from(&calendar);
            })
            .await
        }
        PlaceCommand::Counting { id, sides, traffic } => {
            let catalog = crate::wire::open_existing_catalog(&config).await?;
            change(&catalog, &PlaceId::new(&id)?, move |place| {
                let known = place.counting;
                place.counting = Counting {
                    sides: sides.unwrap_or(known.sides),
                    traffic: traffic.unwrap_or(known.traffic),
                };
            })
            .await
        }
    }
}

fn read(file: &Path) -> Result<Calendar, Fault> {
    let wrong = |why: String| Fault::new(FaultCode::InvalidFile, format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(in_text(text.as_bytes(), &error)))
}

fn unknown(id: &PlaceId) -> Fault {
    let detail = format!("place {:?} does not exist", id.as_str());
    Fault::new(FaultCode::NotFound, detail)
}

async fn change(
    catalog: &SqliteCatalog,
    id: &PlaceId,
    change: impl Fn(&mut Place) + Send + 'static,
) -> Result<(), Fault> {
    let (id, object) = (id.clone(), id.to_string());
    let make = move |site: &Site| {
        let mut place = site.place(&id).cloned().ok_or_else(|| unknown(&id))?;
        change(&mut place);
        Ok(SiteChange {
            places: vec![place],
            ..SiteChange::default()
        })
    };
    trace::change(catalog, Action::ChangePlace, &object, make).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::examples::{config, place};
    use throng_model::place::PlaceKind;

    #[tokio::test]
    async fn no_folder_is_made_to_look_into() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(&folder.path().join("trhong-data"));
        let list = Arguments {
            command: PlaceCommand::List,
        };
        let fault = run(list, config.clone()).await.expect_err("refused");
        assert!(fault.detail.contains("no data folder"), "{}", fault.detail);
        assert!(!config.data.folder.exists());
    }

    #[tokio::test]
    async fn hours_and_what_counts_stand_for_are_kept() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("hours.json");
        let json = r#"{"week": {"monday": ["09:00-18:00"]}, "exceptions": [{"name": "Works", "from": "2026-05-04", "to": "2026-05-08"}]}"#;
        std::fs::write(&file, json).expect("writes");
        let calendar = read(&file).expect("reads");
        let config = config(&folder.path().join("data"));
        let id = PlaceId::new("org").expect("id");
        let organisation = place("org", PlaceKind::Organisation, None);
        let catalog = crate::wire::open_catalog(&config).await.expect("opens");
        catalog.save_place(organisation).await.expect("saves");
        let hours = Some(calendar.clone());
        change(&catalog, &id, move |place| place.calendar.clone_from(&hours))
            .await
            .expect("sets");
        drop(catalog);
        let catalog = crate::wire::open_catalog(&config).await.expect("opens again");
        assert_eq!(catalog.site().calendar(&id), Some(&calendar));
        change(&catalog, &id, |place| place.calendar = None)
            .await
            .expect("clears");
        assert_eq!(catalog.site().calendar(&id), None);
        let counting = Counting {
            traffic: Traffic::Out,
            ..Counting::default()
        };
        change(&catalog, &id, move |place| place.counting = counting)
            .await
            .expect("sets");
        assert_eq!(
            catalog.site().place(&id).map(|place| place.counting),
            Some(counting)
        );
        let nowhere = PlaceId::new("nowhere").expect("id");
        assert!(change(&catalog, &nowhere, |_| ()).await.is_err());
        for (wrong, says) in [
            (r#"{"week": {"monday": ["9-18"]}}"#, "line 1, column 28: "),
            (
                "{\n \"weeks\": {}}",
                "line 2, column 8: field \"weeks\" is not known here",
            ),
            (
                "{\"week\": {},}",
                "not JSON at column 13: nothing follows on the comma",
            ),
        ] {
            std::fs::write(&file, wrong).expect("writes");
            let fault = read(&file).expect_err(wrong);
            assert_eq!(fault.code, FaultCode::InvalidFile);
            assert!(fault.detail.contains(says), "{wrong}: {fault}");
        }
    }
}
