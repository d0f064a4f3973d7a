//! Writes checkpoints on a thread of its own: while one is on its way to the store, events go on being folded and shown.
//!
//! Promises:
//! - checkpoints reach the store one at a time, in the order they were handed in;
//! - the doors keep knowing the ids of a checkpoint until the store knows them;
//! - a fault is told to whoever asks next, and nothing is written after it;
//! - what was handed in has been tried when this is gone.

#[cfg(test)]
mod tests;

use crate::ingest::Ingest;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use throng_model::{EventId, Fault};
use throng_ports::{Checkpoint, CheckpointStore};

enum Job {
    Commit(Checkpoint),
    Sync,
}

/// The way to the store. One job is on its way at most.
pub(crate) struct Committer {
    /// Closed by dropping it, which ends the thread.
    jobs: Option<Sender<Job>>,
    done: Receiver<Result<(), Fault>>,
    is_busy: bool,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub fn new(checkpoints: Arc<dyn CheckpointStore>, ingest: Arc<Ingest>) -> Result<Self, Fault> {
        let (jobs, waiting) = channel();
        let (tell, done) = channel();
        let work = move || {
            for job in waiting {
                let tried = try_job(&*checkpoints, &ingest, job);
                let failed = tried.is_err();
                if tell.send(tried).is_err() || failed {
                    break;
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(work)
            .map_err(|error| Fault::internal(format!("starting the thread of the checkpoints: {error}")))?;
        Ok(Self {
            jobs: Some(jobs),
            done,
            is_busy: false,
            thread: Some(thread),
        })
    }

    /// Whether a job can be handed in without waiting.
    pub fn is_free(&mut self) -> Result<bool, Fault> {
        if self.is_busy {
            match self.done.try_recv() {
                Ok(tried) => {
                    self.is_busy = false;
                    tried?;
                }
                Err(TryRecvError::Empty) => return Ok(false),
                Err(TryRecvError::Disconnected) => return Err(broken_off()),
            }
        }
        Ok(true)
    }

    /// Waits for what was handed in.
    pub fn settle(&mut self) -> Result<(), Fault> {
        if std::mem::take(&mut self.is_busy) {
            self.done.recv().map_err(|_| broken_off())??;
        }
        Ok(())
    }

    /// Hands in a checkpoint, behind what was handed in before.
    pub fn commit(&mut self, checkpoint: Checkpoint) -> Result<(), Fault> {
        self.hand_in(Job::Commit(checkpoint))
    }

    /// Makes every checkpoint so far survive a power cut, in a while.
    pub fn sync(&mut self) -> Result<(), Fault> {
        self.hand_in(Job::Sync)
    }

    fn hand_in(&mut self, job: Job) -> Result<(), Fault> {
        self.settle()?;
        let handed_in = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        self.is_busy = handed_in;
        if handed_in { Ok(()) } else { Err(broken_off()) }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told as a job that broke off.
            let _ = thread.join();
        }
    }
}

fn try_job(checkpoints: &dyn CheckpointStore, ingest: &Ingest, job: Job) -> Result<(), Fault> {
    match job {
        Job::Sync => checkpoints.sync(),
        Job::Commit(checkpoint) => {
            let taken: Vec<EventId> = checkpoint.ids.iter().map(|id| id.0).collect();
            checkpoints.commit(checkpoint)?;
            ingest.committed(taken);
            Ok(())
        }
    }
}

fn broken_off() -> Fault {
    Fault::internal("the thread of the checkpoints broke off")
}
