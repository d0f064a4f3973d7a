//! A WebSocket client that says what it sees: over TCP, or over a pipe in memory where a test needs to own the time.

use super::House;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
pub use tokio_tungstenite::tungstenite::protocol::frame::coding::Data as OpData;
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, coding::OpCode};
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

    /// A frame as no well-behaved client sends it.
    pub async fn say_frame(&mut self, kind: OpData, bytes: Vec<u8>) {
        let frame = Frame::message(bytes, OpCode::Data(kind), true);
        self.socket.send(Message::Frame(frame)).await.unwrap();
    }

    /// Says that it is there, without being asked.
    pub async fn ping(&mut self) {
        self.socket.send(Message::Ping(Default::default())).await.unwrap();
    }

    /// Says goodbye first.
    pub async fn hang_up(&mut self) {
        let frame = CloseFrame {
            code: 1000.into(),
            reason: "done".into(),
        };
        self.socket.send(Message::Close(Some(frame))).await.unwrap();
    }

    /// The code and the sentence with which the other side closes, whatever it says before.
    pub async fn goodbye(&mut self) -> (u16, String) {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                ended => panic!("no close frame: {ended:?}"),
            }
        }
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

/// A pipe comes from no address.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// What fits into a pipe before its writer waits.
const PIPE_BYTES: usize = 16 << 10;

impl Pipe {
    pub fn into(house: &House) -> Self {
        let (sender, incoming) = mpsc::unbounded_channel();
        let (router, settings) = (house.router.clone(), house.settings);
        tokio::spawn(throng_api::serve_on(
            Pipes(incoming),
            router,
            settings,
            std::future::pending(),
        ));
        Self(sender)
    }

    /// A connection over which nothing was said yet.
    pub fn connect(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        self.0.send(theirs).unwrap();
        ours
    }

    pub async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Result<Client, u16> {
        Client::over(Box::new(self.connect()), path, headers).await
    }
}

struct Pipes(mpsc::UnboundedReceiver<DuplexStream>);

impl axum::serve::Listener for Pipes {
    type Io = DuplexStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
        match self.0.recv().await {
            Some(pipe) => (pipe, NOBODY),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(NOBODY)
    }
}
