//! A folder of a real disk.
//!
//! Linux and macOS: the log writes at offsets and syncs folders, which the standard library offers for Unix only.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use throng_ports::{Disk, DiskFile, DiskLock};

/// A folder and the files in it.
#[derive(Debug)]
pub struct RealDisk {
    folder: PathBuf,
}

#[derive(Debug)]
struct RealFile(File);

/// An advisory lock on an open file: the kernel lets go of it with the process.
#[derive(Debug)]
struct RealLock(#[expect(dead_code, reason = "held, not used")] File);

impl RealDisk {
    /// Uses a folder, making it and what is missing above it.
    pub fn new(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        let mut missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.exists()).collect();
        std::fs::create_dir_all(&folder)?;
        // A new folder is durable when the folder above it is synced.
        while let Some(made) = missing.pop() {
            let above = made.parent().filter(|path| !path.as_os_str().is_empty());
            File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(Self { folder })
    }

    fn open_with(&self, name: &str, options: &mut OpenOptions) -> io::Result<File> {
        options.read(true).write(true).open(self.folder.join(name))
    }
}

impl Disk for RealDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        let names = std::fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.file_name().into_string().ok()));
        Ok(names
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(RealFile(self.open_with(
            name,
            OpenOptions::new().create(true).truncate(true),
        )?)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(RealFile(self.open_with(name, &mut OpenOptions::new())?)))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.folder.join(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn lock(&self, name: &str) -> io::Result<Box<dyn DiskLock>> {
        let file = self.open_with(name, OpenOptions::new().create(true).truncate(false))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(RealLock(file))),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl DiskLock for RealLock {}

impl DiskFile for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.0.read_at(rest, offset + read as u64) {
                Ok(0) => break,
                Ok(bytes) => read += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}
