//! `throng demo`: the whole product with a simulated building, to look around in.

use super::say;
use super::serve::{Server, init_tracing, stop_signal};
use crate::config::Config;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;
use throng_model::codec::encode_json;
use throng_model::time::HOUR;
use throng_model::user::Role;
use throng_model::{CameraId, Fault, FaultCode, Timestamp};
use throng_ports::{Intake, Sender};
use throng_sim::building::{Building, Emission, Options};

/// Runs the server with a simulated building.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where to listen, in place of server.listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = crate::config::address::parse)]
    listen: Option<SocketAddr>,
    /// Follow the wall clock: at night the building is closed. Without it the simulated day is shifted so that the demo
    /// starts a little before lunch.
    #[arg(long)]
    real_hours: bool,
    /// Which people come: the same seed is the same crowd.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The time of day a shifted demo starts at.
const STARTS: i64 = 11 * HOUR + HOUR / 2;
/// Events in one batch to the intake.
const BATCH: usize = 2_000;
/// How often the cameras' events are handed in.
const EVERY: Duration = Duration::from_millis(100);

/// Runs the command, in the folder of the configuration.
pub async fn run(arguments: Arguments, mut config: Config) -> Result<(), Fault> {
    config.server.listen = arguments.listen.unwrap_or(config.server.listen);
    let defaults = Config::load(None)?;
    // The demo is for people at a terminal: no log lines between what it says, unless something is wrong.
    if config.trace.filter == defaults.trace.filter {
        config.trace.filter = "warn".to_owned();
    }
    init_tracing(&config)?;
    let prepared = async {
        let server = Server::start(&config).await?;
        let building = make_building(&arguments, server.app.now());
        let made = async {
            let key = prepare(&server, &building).await?;
            Ok::<_, Fault>((key, server.app.sign_in_link("demo", Role::Admin).await?))
        };
        let made = made.await;
        match made {
            Ok((key, link)) => Ok((server, building, key, link)),
            Err(fault) => Err(server.node.close_after(fault).await),
        }
    };
    // One for the whole demo: also before it is ready it ends in order, or its folder would stay, and no signal falls between
    // two listeners.
    let mut stop = pin!(stop_signal());
    let (server, building, key, link) = tokio::select! {
        prepared = prepared => prepared?,
        () = &mut stop => return Ok(()),
    };
    say("Throng demo: 100 cameras in a simulated shopping centre, nothing is real but the numbers.");
    if !arguments.real_hours {
        say(
            "The simulated day is shifted so that it is shortly before lunch now (--real-hours follows the clock).",
        );
    }
    say(format_args!("camera: {}", key.0));
    say(format_args!("key: {}", key.1));
    say(format_args!(
        "sign in: {}/sign-in?token={}",
        server.url,
        link.reveal()
    ));
    say("Open the sign-in link in a browser; it works once. Stop with Ctrl-C.");
    say(format_args!("ready {}", server.url));
    let (intake, clock) = (server.node.intake.clone(), server.node.ports.clock.clone());
    let walking = tokio::spawn(async move {
        if let Err(fault) = walk(&*intake, building, || clock.now()).await {
            super::say_fault(&fault);
        }
    });
    let ended = server.run_until(stop).await;
    walking.abort();
    // Ended in one way or the other: what it holds of the server is let go.
    let _ = walking.await;
    ended
}

fn make_building(arguments: &Arguments, now: Timestamp) -> Building {
    let zone = jiff::tz::TimeZone::system();
    let offset = i64::from(zone.to_offset(now.to_jiff()).seconds()) * throng_model::time::SECOND;
    let shift = if arguments.real_hours {
        offset
    } else {
        STARTS - now.0.rem_euclid(24 * HOUR)
    };
    let time_zone = zone
        .iana_name()
        .filter(|name| *name != "Etc/Unknown")
        .unwrap_or("UTC")
        .to_owned();
    let options = Options {
        time_zone,
        shift,
        ..Options::default()
    };
    let opened = Building::new(arguments.seed, now, options.clone()).opened(now);
    Building::new(arguments.seed, opened, options)
}

/// Registers the building; gives a camera and a key for it, so that a visitor can send an event of his own.
async fn prepare(server: &Server, building: &Building) -> Result<(CameraId, String), Fault> {
    let (places, cameras) = building.site();
    let camera = cameras
        .first()
        .map(|camera| camera.id.clone())
        .ok_or_else(|| Fault::internal("the building has no camera"))?;
    server.node.ports.catalog.save_all(places, cameras).await?;
    let (key, secret) = throng_app::cameras::new_key(vec![camera.clone()])?;
    server.node.ports.catalog.save_key(key).await?;
    Ok((camera, secret.reveal().to_owned()))
}

/// Hands in the day so far as fast as it is taken, then what happens as it happens.
async fn walk(intake: &dyn Intake, mut building: Building, now: impl Fn() -> Timestamp) -> Result<(), Fault> {
    let mut every = tokio::time::interval(EVERY);
    loop {
        every.tick().await;
        let to = now();
        // The first call simulates hours: off the threads that answer requests.
        let simulated = tokio::task::spawn_blocking(move || {
            let emissions = building.advance(to);
            (building, emissions)
        });
        let broke_off = |error| Fault::internal(format!("the simulation broke off: {error}"));
        let emissions: Vec<Emission>;
        (building, emissions) = simulated.await.map_err(broke_off)?;
        for batch in emissions.chunks(BATCH) {
            submit(intake, batch).await?;
        }
    }
}

async fn submit(intake: &dyn Intake, batch: &[Emission]) -> Result<(), Fault> {
    let texts: Vec<String> = batch
        .iter()
        .map(|emission| encode_json(&emission.event))
        .collect();
    intake
        .submit(&Sender::Operator, texts.iter().map(String::as_bytes).collect())
        .await?;
    Ok(())
}

/// Simulated people among real ones could never be told apart again.
pub fn keeps_nothing() -> Fault {
    let detail = "the demo has a folder of its own and removes it at the end; leave --data out";
    Fault::new(FaultCode::InvalidRequest, detail)
}

/// A folder that goes when the demo ends. Whoever drops it has closed every file in it; what cannot be removed then is left to
/// the system's own cleaning of temporary files.
pub struct TemporaryFolder(tempfile::TempDir);

impl TemporaryFolder {
    /// Makes one that was not there before, under a name that nobody can guess: in a folder that others may write to too, one
    /// that is found is a killed demo's or somebody's trap.
    pub fn make() -> Result<Self, Fault> {
        let folder = tempfile::Builder::new()
            .prefix("throng-demo-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir();
        let failed = |error| Fault::new(FaultCode::StoreIo, format!("folder of the demo: {error}"));
        folder.map(Self).map_err(failed)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_never_takes_a_folder_that_is_there_and_shows_its_own_to_nobody() {
        let first = TemporaryFolder::make().expect("made");
        let second = TemporaryFolder::make().expect("made");
        assert_ne!(first.path(), second.path());
        let mode = std::fs::metadata(first.path())
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists());
    }
}
