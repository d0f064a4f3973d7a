//! The faulty disk as the port sees it.

use super::{DiskFault, FaultyDisk, state::State};
use std::{
    io,
    sync::{Arc, MutexGuard, PoisonError},
};
use throng_ports::disk::{Disk, DiskFile, DiskLock};

#[derive(Debug)]
struct Handle {
    disk: FaultyDisk,
    file: u64,
    life: u64,
}

#[derive(Debug)]
struct Lock {
    disk: FaultyDisk,
    name: String,
    life: u64,
}

fn error(fault: DiskFault) -> io::Error {
    match fault {
        DiskFault::Error => io::Error::other("input/output error"),
        DiskFault::Full => io::ErrorKind::StorageFull.into(),
        DiskFault::PowerCut => io::Error::other("the power went"),
    }
}

/// An operation that needs no room: on a full disk it fails like on a broken one.
fn plain(fault: Option<DiskFault>) -> io::Result<()> {
    match fault {
        None => Ok(()),
        Some(DiskFault::Full) => Err(error(DiskFault::Error)),
        Some(fault) => Err(error(fault)),
    }
}

fn size(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput.into())
}

impl FaultyDisk {
    /// Counts an operation, of a handle of the life given or of the disk, and lets it pass the gate; says whether it is to fail.
    fn begin(&self, life: Option<u64>) -> io::Result<(MutexGuard<'_, State>, Option<DiskFault>)> {
        let mut state = self.state();
        let life = life.unwrap_or(state.life);
        if state.hold {
            state.held += 1;
            self.shared.gate.notify_all();
            while state.hold {
                state = self
                    .shared
                    .gate
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            state.held = state.held.saturating_sub(1);
        }
        let fault = state.begin(life)?;
        Ok((state, fault))
    }

    fn operation<T>(&self, run: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let (mut state, fault) = self.begin(None)?;
        plain(fault)?;
        run(&mut state)
    }

    fn handle(&self, file: u64, life: u64) -> Arc<dyn DiskFile> {
        Arc::new(Handle {
            disk: self.clone(),
            file,
            life,
        })
    }
}

impl Disk for FaultyDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        self.operation(|state| Ok(state.names()))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let (mut state, fault) = self.begin(None)?;
        fault.map_or(Ok(()), |fault| Err(error(fault)))?;
        let file = state.create(name);
        Ok(self.handle(file, state.life))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let (file, life) = self.operation(|state| Ok((state.find(name)?, state.life)))?;
        Ok(self.handle(file, life))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.operation(|state| {
            state.find(name)?;
            state.remove(name);
            Ok(())
        })
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.operation(|state| {
            state.sync_names();
            Ok(())
        })
    }

    fn lock(&self, name: &str) -> io::Result<Box<dyn DiskLock>> {
        self.operation(|state| {
            if !state.locks.insert(name.to_owned()) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Ok(Box::new(Lock {
                disk: self.clone(),
                name: name.to_owned(),
                life: state.life,
            }) as Box<dyn DiskLock>)
        })
    }
}

impl DiskLock for Lock {}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.life == self.life {
            state.locks.remove(&self.name);
        }
    }
}

impl DiskFile for Handle {
    fn len(&self) -> io::Result<u64> {
        let (state, fault) = self.disk.begin(Some(self.life))?;
        plain(fault)?;
        Ok(state.bytes(self.file).len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let (state, fault) = self.disk.begin(Some(self.life))?;
        plain(fault)?;
        let bytes = state.bytes(self.file).get(size(offset)?..).unwrap_or_default();
        let len = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), bytes.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let (mut state, fault) = self.disk.begin(Some(self.life))?;
        let offset = size(offset)?;
        match fault {
            None if state.write(self.file, offset, bytes) => Ok(()),
            None => Err(error(DiskFault::Full)),
            Some(fault) => {
                // How much of it arrived is anybody's guess; two thirds ends inside a frame and inside a sector.
                let part = bytes.get(..bytes.len() * 2 / 3).unwrap_or_default();
                state.write(self.file, offset, part);
                Err(error(fault))
            }
        }
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let (mut state, fault) = self.disk.begin(Some(self.life))?;
        plain(fault)?;
        state.truncate(self.file, size(len)?);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let (mut state, fault) = self.disk.begin(Some(self.life))?;
        if fault != Some(DiskFault::PowerCut) {
            state.sync(self.file, fault.is_none());
        }
        plain(fault)
    }
}
