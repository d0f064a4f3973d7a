//! A WebSocket client that says what it sees: over TCP, or over a pipe in memory where a test needs to own the time.

use super::House;
use axum::extract::connect_info::MockConnectInfo;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::{self, Message};

pub trait Wire: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

pub struct Client {
    socket: WebSocketStream<Box<dyn Wire>>,
    /// Pings seen so far.
    pub pings: usize,
}

impl Client {
    /// Opens a socket over TCP; the status where it is refused.
    pub async fn open(house: &House, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let wire = TcpStream::connect(house.address).await.unwrap();
        Self::over(Box::new(wire), path, headers).await
    }

    pub async fn over(wire: Box<dyn Wire>, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://house{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match tokio_tungstenite::client_async(request, wire).await {
            Ok((socket, _)) => Ok(Self { socket, pings: 0 }),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn say(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.unwrap();
    }

    /// The next text, or the code of the close; 0 where the connection ended without one.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_))) => self.pings += 1,
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    pub async fn hear(&mut self) -> Value {
        self.next().await.expect("an answer")
    }

    pub async fn ask(&mut self, text: impl Into<String>) -> Value {
        self.say(text).await;
        self.hear().await
    }

    /// The code with which the other side closes, whatever it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}

/// A door of the house without a network. Nothing of it is outside of the runtime, so that paused time advances only
/// when there is nothing left to do.
#[derive(Clone)]
pub struct Pipe(mpsc::UnboundedSender<DuplexStream>);

/// What fits into a pipe before its writer waits.
const PIPE_BYTES: usize = 16 << 10;

impl Pipe {
    pub fn into(house: &House) -> Self {
        let (sender, incoming) = mpsc::unbounded_channel();
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let router = house.router.clone().layer(MockConnectInfo(address));
        tokio::spawn(axum::serve(Pipes(incoming), router).into_future());
        Self(sender)
    }

    pub async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Result<Client, u16> {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        self.0.send(theirs).unwrap();
        Client::over(Box::new(ours), path, headers).await
    }
}

struct Pipes(mpsc::UnboundedReceiver<DuplexStream>);

impl axum::serve::Listener for Pipes {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(pipe) => (pipe, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
