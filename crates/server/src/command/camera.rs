//! `throng camera`: registers, changes and retires cameras and makes their keys, straight in the data folder. A running server knows
//! them within a second.

mod change;
mod keys;
mod placement;
#[cfg(test)]
mod tests;

use super::say;
use super::trace;
use crate::clock::SystemClock;
use crate::config::Config;
use placement::{Placement, Wanted};
use throng_app::Action;
use throng_model::camera::{Camera, Line, Membership};
use throng_model::change::CameraChange;
use throng_model::place::PlaceKind;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, FaultCode, LineId};
use throng_ports::catalog::SiteChange;
use throng_ports::{Catalog as _, Clock as _};

/// Registers, changes and retires cameras and makes their keys.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: CameraCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CameraCommand {
    /// Registers a camera (and the places around it, where they are missing) and prints a key for it, once.
    Add {
        /// The camera id: the `cam` of its events.
        id: String,
        /// What people call it; the id where nothing is given.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        wanted: Wanted,
        /// The outermost kind of place whose edge the camera's lines are: `zone` for an inner door, `organisation` for
        /// a street door.
        #[arg(long, default_value = "organisation")]
        boundary: PlaceKind,
        /// How often the camera promises to say something, seconds.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
        heartbeat: u32,
        /// A counting line, as often as there are lines: `main`, `main:cumulative`, or `main:cumulative:65536` for a counter
        /// that starts again at 0 after 65,535. Says how the line counts: event, cumulative, window or state. Without
        /// lines any line is taken, but cumulative counters are not.
        #[arg(long = "line", value_parser = parse_line)]
        lines: Vec<Line>,
    },
    /// Sets the name, the heartbeat, the boundary or the zone of a camera. It counts for another zone or boundary a few minutes
    /// later, from when on no event can have been counted yet.
    Set {
        /// The camera.
        id: String,
        #[command(flatten)]
        change: change::Change,
    },
    /// Takes a camera out of use: its keys end, it is not missed any more, and what it counted stays.
    Retire {
        /// The camera.
        id: String,
    },
    /// Puts a retired camera back; `throng camera key` makes it a new key.
    Restore {
        /// The camera.
        id: String,
    },
    /// Makes another key for a camera and prints it, once.
    Key {
        /// The camera.
        id: String,
    },
    /// Makes a key that speaks for every camera and prints it, once: for a gateway that sends for many.
    GatewayKey,
    /// Lists the keys there are by their ids, and which cameras each speaks for. Secrets are not kept.
    Keys,
    /// Ends a key: whoever has it is turned away within a minute.
    EndKey {
        /// The id of the key: `throng camera keys` lists it.
        id: String,
    },
    /// Lists the cameras.
    List,
}

/// Runs the command.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Fault> {
    // The first camera makes the folder; a key for all may be made before there is any.
    let catalog = match arguments.command {
        CameraCommand::Add { .. } | CameraCommand::GatewayKey => crate::wire::open_catalog(&config).await?,
        _ => crate::wire::open_existing_catalog(&config).await?,
    };
    match arguments.command {
        CameraCommand::Add {
            id,
            name,
            wanted,
            boundary,
            heartbeat,
            lines,
        } => {
            let camera_id = CameraId::new(&id)?;
            let camera = Camera {
                id: camera_id.clone(),
                name: name.unwrap_or(id),
                lines,
                memberships: Vec::new(),
                heartbeat_s: heartbeat,
                registered: Some(SystemClock.now()),
            };
            let make = move |site: &Site| add(site, camera.clone(), boundary, &wanted);
            let site = trace::change(&catalog, Action::RegisterCamera, camera_id.as_str(), make).await?;
            let zone = site.camera(&camera_id).and_then(Camera::last_membership);
            let path = zone.into_iter().flat_map(|last| site.chain(&last.zone));
            for place in path {
                say(format_args!("{}: {} ({})", place.kind, place.id, place.time_zone));
            }
            keys::make(&catalog, vec![camera_id]).await
        }
        CameraCommand::Set { id, change } => {
            change::save(&catalog, &CameraId::new(&id)?, change.wish()?, &config).await
        }
        CameraCommand::Retire { id } => {
            change::save(&catalog, &CameraId::new(&id)?, CameraChange::retire(), &config).await
        }
        CameraCommand::Restore { id } => {
            let camera = CameraId::new(&id)?;
            if catalog
                .site()
                .camera(&camera)
                .is_some_and(|camera| camera.retired().is_none())
            {
                say("in use already");
                return Ok(());
            }
            change::save(&catalog, &camera, CameraChange::restore(), &config).await
        }
        CameraCommand::Key { id } => {
            let camera = CameraId::new(&id)?;
            if catalog.site().camera(&camera).is_none() {
                let detail = format!("camera {id:?} is unknown");
                return Err(Fault::new(FaultCode::UnknownCamera, detail));
            }
            keys::make(&catalog, vec![camera]).await
        }
        CameraCommand::GatewayKey => keys::make(&catalog, Vec::new()).await,
        CameraCommand::Keys => keys::list(&catalog).await,
        CameraCommand::EndKey { id } => keys::end(&catalog, id).await,
        CameraCommand::List => {
            for camera in catalog.site().cameras() {
                let zones: Vec<&str> = camera
                    .last_memberships()
                    .map(|membership| membership.zone.as_str())
                    .collect();
                let retired = camera
                    .retired()
                    .map_or(String::new(), |at| format!("\tretired {at}"));
                say(format_args!(
                    "{}\t{}\t{}{retired}",
                    camera.id,
                    camera.name,
                    zones.join(",")
                ));
            }
            Ok(())
        }
    }
}

/// The camera, and the places around it that are not there yet.
fn add(site: &Site, mut camera: Camera, boundary: PlaceKind, wanted: &Wanted) -> Result<SiteChange, Fault> {
    if site.camera(&camera.id).is_some() {
        let id = camera.id.as_str();
        return Err(Fault::new(
            FaultCode::AlreadyExists,
            format!("camera {id:?} exists already; `throng camera key {id}` makes another key"),
        ));
    }
    site.check_new_camera(&camera)?;
    let Placement { path, missing } = Placement::find(site, wanted)?;
    let zone = path
        .last()
        .ok_or_else(|| Fault::internal("a camera without a zone"))?;
    camera.memberships.push(Membership {
        zone: zone.id.clone(),
        boundary,
        since: None,
        until: None,
    });
    Ok(SiteChange {
        places: missing,
        cameras: vec![camera],
        ..SiteChange::default()
    })
}

/// `ID[:SEMANTICS[:WRAPS_AT]]`.
fn parse_line(text: &str) -> Result<Line, Fault> {
    let mut parts = text.splitn(3, ':');
    let id = parts.next().unwrap_or_default();
    let semantics = parts.next().map(str::parse).transpose()?;
    let wraps_at = parts.next().map(|text| {
        text.parse().map_err(|_| {
            let detail = format!("{text:?} is not the number of values of a register");
            Fault::new(FaultCode::InvalidRequest, detail)
        })
    });
    Ok(Line {
        semantics,
        wraps_at: wraps_at.transpose()?,
        ..Line::new(LineId::new(id)?, id)
    })
}
