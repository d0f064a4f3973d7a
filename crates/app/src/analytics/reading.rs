//! Rows are read on threads that may be blocked: the store reads files and unpacks rows, and an async worker that does it
//! answers nobody else meanwhile.
//!
//! As many pieces at once as there are cores, and two at least, so that one long read does not hold up everybody else's
//! short one. Who comes later waits in order: a question about a thousand cameras is a thousand pieces, and others get in
//! between them.

use super::totals::Totals;
use crate::App;
use std::sync::Arc;
use throng_model::Fault;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_blocking};

/// What all reads share.
pub(crate) struct Reading {
    places: Arc<Semaphore>,
    pub(super) totals: Totals,
}

impl Default for Reading {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Arc::new(Semaphore::new(cores.max(2))),
            totals: Totals::default(),
        }
    }
}

impl App {
    /// Reads in one piece.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        piece: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        ended(self.begin(piece).await?).await
    }

    /// Reads a piece for each item, beside each other; what they gave, in the order of the items. When nobody waits for it
    /// any more, no further piece is begun.
    pub(super) async fn read_each<I: Send + 'static, T: Send + 'static>(
        &self,
        items: Vec<I>,
        piece: impl Fn(&App, I) -> Result<T, Fault> + Send + Sync + 'static,
    ) -> Result<Vec<T>, Fault> {
        let piece = Arc::new(piece);
        let mut begun = Vec::with_capacity(items.len());
        for item in items {
            let piece = Arc::clone(&piece);
            begun.push(self.begin(move |app| piece(app, item)).await?);
        }
        let mut given = Vec::with_capacity(begun.len());
        for piece in begun {
            given.push(ended(piece).await?);
        }
        Ok(given)
    }

    async fn begin<T: Send + 'static>(
        &self,
        piece: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static,
    ) -> Result<JoinHandle<Result<T, Fault>>, Fault> {
        let place = Arc::clone(&self.reading.places).acquire_owned().await;
        let place = place.map_err(|_| Fault::internal("reading has ended"))?;
        let app = self.clone();
        Ok(spawn_blocking(move || {
            let given = piece(&app);
            drop(place);
            given
        }))
    }
}

async fn ended<T>(piece: JoinHandle<Result<T, Fault>>) -> Result<T, Fault> {
    let given = piece.await;
    given.map_err(|error| Fault::internal(format!("reading rows: {error}")))?
}
