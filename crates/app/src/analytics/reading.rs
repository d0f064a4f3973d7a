//! Rows are read on threads that may be blocked: the store reads files and unpacks rows, and an async worker that does it
//! answers nobody else meanwhile.
//!
//! As many pieces at once as there are cores, and two at least, so that one long read does not hold up everybody else's
//! short one. Who comes later waits in order: a question about a thousand cameras is many pieces, and others get in
//! between them.

use super::totals::Totals;
use crate::App;
use std::sync::Arc;
use throng_model::Fault;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_blocking};

/// Few enough that others get in between soon (five years of hours of one camera take some 20 ms), enough that a piece is
/// worth handing to another thread when what it asks for is known.
const ITEMS_A_PIECE: usize = 8;

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
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        piece: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        ended(self.begin(piece).await?).await
    }

    /// Reads for each item, a few items a piece, beside each other; what they gave, in the order of the items. When nobody
    /// waits for it any more, no further piece is begun.
    pub(super) async fn read_each<I: Clone + Send + 'static, T: Send + 'static>(
        &self,
        items: &[I],
        read: impl Fn(&App, I) -> Result<T, Fault> + Send + Sync + 'static,
    ) -> Result<Vec<T>, Fault> {
        let read = Arc::new(read);
        let mut begun = Vec::with_capacity(items.len().div_ceil(ITEMS_A_PIECE));
        for items in items.chunks(ITEMS_A_PIECE) {
            let (items, read) = (items.to_vec(), Arc::clone(&read));
            let piece = move |app: &App| -> Result<Vec<T>, Fault> {
                items.into_iter().map(|item| read(app, item)).collect()
            };
            begun.push(self.begin(piece).await?);
        }
        let mut given = Vec::with_capacity(items.len());
        for piece in begun {
            given.extend(ended(piece).await?);
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
