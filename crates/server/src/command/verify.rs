//! `throng verify`: checks that everything in the data folder is as it was written, and changes nothing that a start would
//! not change.
//!
//! One line a check on standard output, `ok` or `FAILED` first, so that scripts can read it; the exit code is 1 when one of
//! them failed. While another process has the folder open nothing is checked, and that is said instead.

use super::say;
use crate::config::Config;
use crate::wire::{CATALOG, open_catalog, store_options};
use std::path::Path;
use throng_embedded::AuditProof;
use throng_embedded::log::{self, RealDisk, Verification};
use throng_embedded::store::Store;
use throng_model::{Fault, FaultCode};
use throng_ports::CheckpointStore as _;

/// What is said of a folder in which cameras were registered, and no more.
const NO_EVENTS: &str = "none yet, this folder holds no events";

/// What a check found, in a line.
type Found = Result<String, Fault>;

/// Runs the command.
pub async fn run(config: Config) -> Result<(), Fault> {
    let folder = config.data.folder.clone();
    if !folder.is_dir() {
        return Err(Fault::new(
            FaultCode::NoDataFolder,
            format!("there is no data folder {}", folder.display()),
        ));
    }
    let is_there = |name: &str| folder.join(name).exists();
    let (has_log, has_store) = (is_there("log"), is_there("store"));
    if !(has_log || has_store || is_there(CATALOG)) {
        return Err(Fault::new(
            FaultCode::NoDataFolder,
            format!("there is nothing of Throng in the folder {}", folder.display()),
        ));
    }
    let audit = verify_audit(&config).await;
    let unused = !has_log && !has_store && matches!(&audit, Ok((_, was_opened)) if !was_opened);
    let (log, store) = match unused {
        true => (Ok(NO_EVENTS.to_owned()), Ok(NO_EVENTS.to_owned())),
        false => verify_events(&config).await?,
    };
    let audit = audit.map(|(proof, _)| {
        let head: String = proof.head.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} entries, the last one {head}", proof.entries)
    });
    let checks = [("event log", log), ("store", store), ("audit log", audit)];
    for (name, found) in &checks {
        match found {
            Ok(line) => say(format_args!("ok      {name}: {line}")),
            Err(fault) => say(format_args!("FAILED  {name}: {fault}")),
        }
    }
    let failed: Vec<(&str, Fault)> = checks
        .into_iter()
        .filter_map(|(name, found)| Some((name, found.err()?)))
        .collect();
    let names: Vec<&str> = failed.iter().map(|(name, _)| *name).collect();
    match failed.first() {
        None => Ok(()),
        Some((_, first)) => Err(Fault::new(
            first.code,
            format!("not as it was written: {}", names.join(", ")),
        )),
    }
}

/// The event log, and the store beside it.
async fn verify_events(config: &Config) -> Result<(Found, Found), Fault> {
    let (folder, options) = (config.data.folder.clone(), store_options(config));
    // Reading the log and opening the store block for as long as the disk takes.
    let stored = tokio::task::spawn_blocking(move || {
        let log = there(&folder, "log").and_then(|log| verify_log(&log));
        if let Err(fault) = &log
            && fault.code == FaultCode::FolderInUse
        {
            let detail = format!(
                "a server or an import has {} open; it can be verified when that has ended",
                folder.display()
            );
            return Err(Fault::new(FaultCode::FolderInUse, detail));
        }
        let store = there(&folder, "store")
            .and_then(|store| Store::open(&store, options))
            .and_then(|store| verify_position(&store, log.as_ref().ok()));
        Ok((log.map(describe), store))
    });
    stored
        .await
        .map_err(|error| Fault::internal(format!("verifying: {error}")))?
}

/// A part of the data folder; looking for it must not make it.
fn there(folder: &Path, name: &str) -> Result<std::path::PathBuf, Fault> {
    let path = folder.join(name);
    match path.exists() {
        true => Ok(path),
        false => Err(Fault::new(
            FaultCode::StoreDamaged,
            format!("{} is missing", path.display()),
        )),
    }
}

fn verify_log(folder: &Path) -> Result<Verification, Fault> {
    let failed = |error| Fault::new(FaultCode::LogIo, format!("{}: {error}", folder.display()));
    let verified = log::verify(&RealDisk::new(folder).map_err(failed)?)?;
    if verified.damage.is_empty() {
        return Ok(verified);
    }
    let all: Vec<String> = verified.damage.iter().map(ToString::to_string).collect();
    Err(Fault::new(FaultCode::LogDamaged, all.join("; ")))
}

fn describe(log: Verification) -> String {
    let torn = match log.torn_bytes {
        0 => String::new(),
        bytes => format!(", {bytes} torn bytes after the last one that the next start cuts off"),
    };
    format!("{} records in {} segments{torn}", log.records, log.segments)
}

/// The checkpoint must stand on a record the log still has, or right behind the last one: what is folded next.
fn verify_position(store: &Store, log: Option<&Verification>) -> Found {
    let Some(checkpoint) = store.recover()? else {
        return Ok("no checkpoint yet".to_owned());
    };
    let position = checkpoint.position;
    let Some(Verification { start, end, .. }) = log else {
        return Ok(format!(
            "checkpoint at {position}; the log could not be read beside it"
        ));
    };
    if (start.0..=end.0).contains(&position) {
        return Ok(format!(
            "checkpoint at {position}, {} records to fold again",
            end.0 - position
        ));
    }
    Err(Fault::new(
        FaultCode::StoreDamaged,
        format!("its checkpoint at {position} lies outside of the log, which has {start} to {end}"),
    ))
}

/// The chain, and whether a server or an import ever had log and store open: only then are they missed.
async fn verify_audit(config: &Config) -> Result<(AuditProof, bool), Fault> {
    there(&config.data.folder, CATALOG)?;
    let catalog = open_catalog(config).await?;
    let verified = async { Ok::<_, Fault>((catalog.verify_audit().await?, catalog.was_opened().await?)) };
    let verified = verified.await;
    catalog.close().await;
    verified
}
