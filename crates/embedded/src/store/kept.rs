//! States that are kept beside the checkpoints: each in a file of its own, in place of the one before.
//!
//! The windows of ten thousand cameras are fifty megabytes, new every minute. In a table, such a value is copied whole by everything
//! that comes near it: the batch, the journal, and every compaction, with the older ones that it replaces.
//!
//! A file is version | crc32c of the state, 4 bytes big-endian | state. It is written under another name, synced, and renamed: a
//! crash leaves the old one or the new one.

use super::Store;
use super::fault::{damaged, failed};
use super::{keys, values};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use throng_model::Fault;

const VERSION: u8 = 1;

impl Store {
    /// Keeps a state of these parts, on the disk when it returns.
    pub(super) fn keep_file(&self, name: &str, state: &[&[u8]]) -> Result<(), Fault> {
        let doing = || format!("keeping the state of {name}");
        let file = self.file_of(name);
        replace(&self.path, &file, state).map_err(|error| failed(doing(), error.into()))?;
        // Where earlier builds kept it.
        let key = keys::kept(name);
        if self
            .meta
            .contains_key(&key)
            .map_err(|error| failed(doing(), error))?
        {
            self.meta.remove(key).map_err(|error| failed(doing(), error))?;
        }
        Ok(())
    }

    /// The state last kept under a name.
    pub(super) fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let doing = || format!("reading the state of {name}");
        let file = self.file_of(name);
        match fs::read(&file) {
            Ok(bytes) => state_in(bytes)
                .map(Some)
                .map_err(|why| damaged(format_args!("{}: {why}", file.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let value = self.meta.get(keys::kept(name));
                let value = value.map_err(|error| failed(doing(), error))?;
                value
                    .as_deref()
                    .map(|value| values::decode_kept(name, value))
                    .transpose()
            }
            Err(error) => Err(failed(doing(), error.into())),
        }
    }

    fn file_of(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.kept"))
    }
}

fn replace(folder: &Path, file: &Path, state: &[&[u8]]) -> io::Result<()> {
    let crc = state.iter().fold(0, |crc, part| crc32c::crc32c_append(crc, part));
    let unfinished = file.with_extension("kept-new");
    let mut new = File::create(&unfinished)?;
    new.write_all(&[VERSION])?;
    new.write_all(&crc.to_be_bytes())?;
    state.iter().try_for_each(|part| new.write_all(part))?;
    new.sync_all()?;
    fs::rename(&unfinished, file)?;
    File::open(folder)?.sync_all()
}

fn state_in(mut bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    let head = match bytes.split_first() {
        None => return Err("it is empty"),
        Some((&VERSION, rest)) => rest.split_first_chunk::<4>(),
        Some(_) => return Err("its version is unknown"),
    };
    let Some((crc, state)) = head else {
        return Err("it ends within its checksum");
    };
    if u32::from_be_bytes(*crc) != crc32c::crc32c(state) {
        return Err("it does not match its checksum");
    }
    bytes.drain(..5);
    Ok(bytes)
}
