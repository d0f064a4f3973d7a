//! What the disk shows, what it really keeps, and what becomes of the difference when the power goes.

use super::SECTOR;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// What happens to one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// It fails with an I/O error; a write may be done in part, a sync loses what it was to keep.
    Error,
    /// It fails because the disk is full, if it needs room; other operations fail as with [`DiskFault::Error`].
    Full,
    /// The power goes in the middle of it; everything fails until [`super::FaultyDisk::crash`].
    PowerCut,
}

/// What becomes of unsynced changes in a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survival {
    /// All of them are lost.
    Nothing,
    /// All of them survive: the cache happened to be written out.
    Everything,
    /// Each survives, is lost, or tears, as the seed has it.
    Torn(u64),
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Truncate(len) => to.resize(*len, 0),
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                if let Some(place) = to.get_mut(*offset..end) {
                    place.copy_from_slice(bytes);
                }
            }
        }
    }

    /// The pieces that reach the disk separately.
    fn pieces(&self) -> Vec<Self> {
        let Self::Write { offset, bytes } = self else {
            return vec![self.clone()];
        };
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let end = (at + SECTOR - (offset + at) % SECTOR).min(bytes.len());
            let bytes = bytes.get(at..end).unwrap_or_default().to_vec();
            pieces.push(Self::Write {
                offset: offset + at,
                bytes,
            });
            at = end;
        }
        pieces
    }

    fn torn(self, dice: &mut Dice) -> Self {
        match self {
            Self::Write { offset, mut bytes } => {
                bytes.truncate(dice.below(bytes.len()));
                Self::Write { offset, bytes }
            }
            truncate @ Self::Truncate(_) => truncate,
        }
    }
}

#[derive(Debug, Default)]
struct File {
    shown: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

impl File {
    fn crash(&mut self, survival: Survival, dice: &mut Dice) {
        let changes = std::mem::take(&mut self.unsynced);
        match survival {
            Survival::Nothing => {}
            Survival::Everything => changes.iter().for_each(|change| change.apply(&mut self.durable)),
            Survival::Torn(_) => {
                let mut pieces: Vec<Change> = changes.iter().flat_map(Change::pieces).collect();
                let torn = dice.below(pieces.len() * 2);
                if let Some(piece) = pieces.get_mut(torn) {
                    *piece = piece.clone().torn(dice);
                }
                pieces.retain(|_| dice.below(2) == 0);
                pieces.iter().for_each(|piece| piece.apply(&mut self.durable));
                if self.durable.len() < self.shown.len() && dice.below(2) == 0 {
                    self.durable.resize(self.shown.len(), 0);
                }
            }
        }
        self.shown.clone_from(&self.durable);
    }
}

#[derive(Clone, Debug)]
enum NameChange {
    Add(String, u64),
    Remove(String),
}

impl NameChange {
    fn apply(&self, to: &mut BTreeMap<String, u64>) {
        match self {
            Self::Add(name, file) => to.insert(name.clone(), *file),
            Self::Remove(name) => to.remove(name),
        };
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    files: BTreeMap<u64, File>,
    next_file: u64,
    shown: BTreeMap<String, u64>,
    durable: BTreeMap<String, u64>,
    unsynced: Vec<NameChange>,
    pub(super) locks: BTreeSet<String>,
    /// Counts crashes: a handle of an earlier life is void.
    pub(super) life: u64,
    pub(super) operations: u64,
    pub(super) syncs: u64,
    pub(super) planned: Option<(u64, DiskFault)>,
    pub(super) off: bool,
    pub(super) capacity: Option<u64>,
    pub(super) hold: bool,
    pub(super) held: u64,
}

impl State {
    /// Counts an operation; `Some` when it is to fail.
    pub(super) fn begin(&mut self, life: u64) -> io::Result<Option<DiskFault>> {
        if self.off || life != self.life {
            return Err(io::Error::other("the power is off"));
        }
        self.operations += 1;
        match self.planned {
            Some((at, fault)) if at < self.operations => {
                self.planned = None;
                self.off = fault == DiskFault::PowerCut;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.shown.keys().cloned().collect()
    }

    pub(super) fn find(&self, name: &str) -> io::Result<u64> {
        self.shown
            .get(name)
            .copied()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn create(&mut self, name: &str) -> u64 {
        if let Ok(file) = self.find(name) {
            self.truncate(file, 0);
            return file;
        }
        let file = self.new_file(File::default());
        self.change_names(NameChange::Add(name.to_owned(), file));
        file
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.change_names(NameChange::Remove(name.to_owned()));
    }

    fn new_file(&mut self, file: File) -> u64 {
        self.next_file += 1;
        self.files.insert(self.next_file, file);
        self.next_file
    }

    fn change_names(&mut self, change: NameChange) {
        change.apply(&mut self.shown);
        self.unsynced.push(change);
    }

    pub(super) fn sync_names(&mut self) {
        for change in std::mem::take(&mut self.unsynced) {
            change.apply(&mut self.durable);
        }
    }

    pub(super) fn bytes(&self, file: u64) -> &[u8] {
        self.files.get(&file).map_or(&[], |file| &file.shown)
    }

    pub(super) fn truncate(&mut self, file: u64, len: usize) {
        self.change(file, Change::Truncate(len));
    }

    /// Writes as much as there is room for, and says whether that was all.
    pub(super) fn write(&mut self, file: u64, offset: usize, bytes: &[u8]) -> bool {
        let sectors = |len: usize| len.div_ceil(SECTOR) * SECTOR;
        let len = self.bytes(file).len();
        let room = self.capacity.map_or(usize::MAX, |capacity| {
            let free = usize::try_from(capacity.saturating_sub(self.used())).unwrap_or(usize::MAX);
            (sectors(len).saturating_add(free) / SECTOR * SECTOR).max(len)
        });
        let fits = bytes.len().min(room.saturating_sub(offset));
        let bytes_fitting = bytes.get(..fits).unwrap_or_default().to_vec();
        self.change(
            file,
            Change::Write {
                offset,
                bytes: bytes_fitting,
            },
        );
        fits == bytes.len()
    }

    fn change(&mut self, file: u64, change: Change) {
        if let Some(file) = self.files.get_mut(&file) {
            change.apply(&mut file.shown);
            file.unsynced.push(change);
        }
    }

    /// A sync that is not kept forgets the changes: they show, but they will never be durable.
    pub(super) fn sync(&mut self, file: u64, kept: bool) {
        if let Some(file) = self.files.get_mut(&file) {
            for change in std::mem::take(&mut file.unsynced) {
                if kept {
                    change.apply(&mut file.durable);
                }
            }
        }
        self.syncs += u64::from(kept);
    }

    pub(super) fn used(&self) -> u64 {
        let named: BTreeSet<_> = self.shown.values().collect();
        let sectors = named.iter().map(|file| self.bytes(**file).len().div_ceil(SECTOR));
        (sectors.sum::<usize>() * SECTOR) as u64
    }

    pub(super) fn crash(&mut self, survival: Survival) {
        let mut dice = Dice(if let Survival::Torn(seed) = survival {
            seed
        } else {
            0
        });
        for change in std::mem::take(&mut self.unsynced) {
            let kept = match survival {
                Survival::Nothing => false,
                Survival::Everything => true,
                Survival::Torn(_) => dice.below(2) == 0,
            };
            if kept {
                change.apply(&mut self.durable);
            }
        }
        self.shown.clone_from(&self.durable);
        let named: BTreeSet<u64> = self.shown.values().copied().collect();
        self.files.retain(|file, _| named.contains(file));
        self.files
            .values_mut()
            .for_each(|file| file.crash(survival, &mut dice));
        self.kill();
    }

    /// The process ends: its handles and locks are void, the cache stays.
    pub(super) fn kill(&mut self) {
        self.locks.clear();
        self.life += 1;
        self.planned = None;
        self.off = false;
        self.hold = false;
        self.held = 0;
    }

    pub(super) fn damage(&mut self, name: &str, how: impl Fn(&mut Vec<u8>)) {
        if let Some(file) = self.shown.get(name).and_then(|file| self.files.get_mut(file)) {
            how(&mut file.shown);
            how(&mut file.durable);
        }
    }

    pub(super) fn lose(&mut self, name: &str) {
        self.shown.remove(name);
        self.durable.remove(name);
    }

    pub(super) fn put(&mut self, name: String, bytes: Vec<u8>) {
        let file = self.new_file(File {
            shown: bytes.clone(),
            durable: bytes,
            unsynced: Vec::new(),
        });
        self.shown.insert(name.clone(), file);
        self.durable.insert(name, file);
    }

    pub(super) fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.shown
            .iter()
            .map(|(name, file)| (name.clone(), self.bytes(*file).to_vec()))
            .collect()
    }
}

/// SplitMix64: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z % limit.max(1) as u64) as usize
    }
}
