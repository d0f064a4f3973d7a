//! A connection whose end is heard: when it is let go while the other side may still be sending, it is half closed and read on
//! for a moment, so that the last words are not lost to a reset (RFC 9112, 9.6).
//!
//! And one that ends when nobody reads it: hyper waits for ever for room to write an answer in.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Sleep, sleep};

/// How long the other side may take to see that it is over.
const LINGER_TIME_MAX: Duration = Duration::from_secs(2);

/// How many connections may linger at once, a file and a small buffer each; beyond it they just end.
const LINGERING_MAX: usize = 1_024;

/// What the connections of a listener share.
#[derive(Clone)]
pub(super) struct Ends {
    lingering: Arc<Semaphore>,
    /// Held by every connection until it is really over; nothing is sent.
    open: mpsc::Sender<()>,
}

impl Ends {
    /// For a listener, and what ends when the last connection has.
    pub fn new() -> (Self, mpsc::Receiver<()>) {
        let (open, all_over) = mpsc::channel(1);
        let lingering = Arc::new(Semaphore::new(LINGERING_MAX));
        (Self { lingering, open }, all_over)
    }
}

pub(super) struct Lingering<I: AsyncRead + AsyncWrite + Unpin + Send + 'static> {
    /// None only while it is dropped.
    connection: Option<(I, Ends)>,
    /// The other side has said that nothing more will come, or does not listen, or the line is broken.
    over: bool,
    /// How long the other side may take none of what is written.
    write_time_max: Duration,
    /// Until when it may, since it takes nothing.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<I: AsyncRead + AsyncWrite + Unpin + Send + 'static> Lingering<I> {
    pub fn new(stream: I, ends: Ends, write_time_max: Duration) -> Self {
        Self {
            connection: Some((stream, ends)),
            over: false,
            write_time_max,
            stuck: None,
        }
    }

    /// What came of writing, or that it has come to nothing for too long. Any progress starts the time anew: a slow line is
    /// not a dead one.
    fn in_time<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let limit = self.write_time_max;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(stuck.as_mut().poll(context));
        self.over = true;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn stream(&mut self) -> io::Result<Pin<&mut I>> {
        let connection = self.connection.as_mut();
        connection
            .map(|(stream, _)| Pin::new(stream))
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin + Send + 'static> Drop for Lingering<I> {
    fn drop(&mut self) {
        let (Some((mut stream, ends)), false) = (self.connection.take(), self.over) else {
            return;
        };
        // Where the runtime has ended there is no time left to wait in.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let Ok(lingers) = ends.lingering.try_acquire_owned() else {
            return;
        };
        runtime.spawn(async move {
            let linger = async {
                stream.shutdown().await?;
                let mut thrown_away = [0; 4_096];
                while stream.read(&mut thrown_away).await? > 0 {}
                Ok::<_, io::Error>(())
            };
            // Whatever comes of it, the connection is over.
            let _ = tokio::time::timeout(LINGER_TIME_MAX, linger).await;
            drop((lingers, ends.open));
        });
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin + Send + 'static> AsyncRead for Lingering<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (before, room) = (buffer.filled().len(), buffer.remaining());
        let read = ready!(self.stream()?.poll_read(context, buffer));
        self.over |= read.is_err() || (room > 0 && buffer.filled().len() == before);
        Poll::Ready(read)
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin + Send + 'static> AsyncWrite for Lingering<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write(context, bytes);
        self.in_time(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write_vectored(context, bytes);
        self.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|(stream, _)| stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream()?.poll_flush(context);
        self.in_time(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
