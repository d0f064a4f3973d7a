//! What was counted in a data folder on which no server runs: looked at, or left to be counted again.

use crate::config::Config;
use crate::wire::{end_process, log_options, store_options};
use std::fs::{File, remove_dir_all, rename};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use throng_app::history::has_rows;
use throng_embedded::log::{RealDisk, SegmentedLog};
use throng_embedded::store::{Store, StoreOptions};
use throng_model::{Fault, FaultCode, Scope};
use throng_pipeline::count_again;
use throng_ports::EventLog as _;

/// Log and store of a folder. While it is held no server can begin to count.
pub struct Counted {
    folder: PathBuf,
    options: StoreOptions,
    log: SegmentedLog,
    store: Store,
}

impl Counted {
    /// Opens them; none where no server ever ran. `folder_in_use` while one runs.
    pub fn open(config: &Config) -> Result<Option<Self>, Fault> {
        let (folder, options) = (config.data.folder.clone(), store_options(config));
        if !folder.join("store").exists() {
            return Ok(None);
        }
        let disk = RealDisk::new(folder.join("log"))
            .map_err(|error| Fault::new(FaultCode::LogIo, format!("folder of the event log: {error}")))?;
        let (log, _) = SegmentedLog::open(Arc::new(disk), log_options(config), Box::new(end_process))
            .map_err(|fault| fault.context("this needs what was counted, so no server may run"))?;
        let store = Store::open(&folder.join("store"), options)?;
        Ok(Some(Self {
            folder,
            options,
            log,
            store,
        }))
    }

    /// The first of these scopes that there are numbers of.
    pub fn first_of(&self, scopes: Vec<Scope>) -> Result<Option<Scope>, Fault> {
        for scope in scopes {
            if has_rows(&self.store, &scope)? {
                return Ok(Some(scope));
            }
        }
        Ok(None)
    }

    /// Puts a store in place from which the next start counts every event in the log again. Rows, engine, windows and known
    /// ids are all made from it. The log stays held until what is given back is dropped.
    pub fn forget(self) -> Result<impl Drop, Fault> {
        let [now, new, old] = ["store", "store.new", "store.old"].map(|name| self.folder.join(name));
        // What an earlier attempt left that was cut short.
        for left in [&new, &old] {
            remove(left)?;
        }
        let empty = Store::open(&new, self.options)?;
        count_again(&self.store, &empty, self.log.start())?;
        drop((self.store, empty));
        // Cut short between the two, the next start finds no store and counts everything again as well.
        let moved = |error| failed("replacing", &now, error);
        rename(&now, &old).map_err(moved)?;
        rename(&new, &now).map_err(moved)?;
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(moved)?;
        remove(&old)?;
        Ok(self.log)
    }
}

fn remove(folder: &Path) -> Result<(), Fault> {
    match remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("removing", folder, error)),
        _ => Ok(()),
    }
}

fn failed(doing: &str, path: &Path, error: std::io::Error) -> Fault {
    Fault::new(FaultCode::StoreIo, format!("{doing} {}: {error}", path.display()))
}
