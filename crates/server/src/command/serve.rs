//! `throng serve`: runs until it is told to stop.

use super::say;
use crate::config::{Config, ServerConfig};
use crate::life::Life;
use crate::wire::Node;
use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use throng_api::ApiSettings;
use throng_app::App;
use throng_model::{Fault, FaultCode};
use tokio::net::TcpListener;

/// Runs the server.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where to listen, in place of server.listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = crate::config::address::parse)]
    pub listen: Option<SocketAddr>,
}

/// Runs the command.
pub async fn run(arguments: Arguments, mut config: Config) -> Result<(), Fault> {
    config.server.listen = arguments.listen.unwrap_or(config.server.listen);
    init_tracing(&config)?;
    let server = Server::start(&config).await?;
    let link = match server.app.first_start_link().await {
        Ok(link) => link,
        Err(fault) => return Err(server.node.close_after(fault).await),
    };
    if let Some(secret) = link {
        let (url, secret) = (&server.url, secret.reveal());
        say(format_args!(
            "sign in: {url}/welcome?token={secret}  (first start: choose the administrator's name and password)"
        ));
    }
    say(format_args!("ready {}", server.url));
    server.run_until(stop_signal()).await
}

/// A running server.
pub struct Server {
    /// Where it answers.
    pub url: String,
    /// Its control plane.
    pub app: Arc<App>,
    /// Its data plane.
    pub node: Node,
    life: Life,
    listener: TcpListener,
    settings: ApiSettings,
}

impl Server {
    /// Binds first, so that an address in use is known before anything is opened; then recovers.
    pub async fn start(config: &Config) -> Result<Self, Fault> {
        let listen = config.server.listen;
        let refused = |error: std::io::Error| {
            Fault::new(FaultCode::ListenFailed, format!("listening on {listen}: {error}"))
        };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        if let Some(warning) = exposure(&config.server, address) {
            tracing::warn!("{warning}");
        }
        let node = Node::open(config).await?;
        let (node, app, life) = with_app(node).await?;
        Ok(Self {
            url: url(address),
            app,
            node,
            life,
            listener,
            settings: ApiSettings {
                behind_proxy: config.server.behind_proxy,
                secure_cookie: config.server.secure_cookie,
                ..ApiSettings::default()
            },
        })
    }

    /// Answers until it is told to stop or the data plane has a fault; then folds what is left and closes.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), Fault> {
        let Self {
            app,
            node,
            listener,
            settings,
            mut life,
            ..
        } = self;
        let router = throng_api::router(app.clone(), settings);
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(throng_api::serve(listener, router, settings, async {
            // Sent or dropped: both mean stop.
            let _ = ended.await;
        }));
        tokio::select! {
            () = stop => tracing::info!("stopping"),
            () = node.failed() => tracing::error!("the stream has ended"),
            () = life.go_on() => {}
        }
        drop(end);
        // A slow client must not hold up the end.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), serving).await;
        life.beat().await;
        let settled = app.settle().await;
        node.close().await?;
        settled
    }
}

/// The control plane of a node, and its life; where there can be none, the node is closed.
async fn with_app(node: Node) -> Result<(Node, Arc<App>, Life), Fault> {
    // Last of all: a start that fails before is no life, and the outage goes on.
    let begun = async {
        let life = Life::begin(Arc::clone(&node.catalog), Arc::clone(&node.ports.clock)).await?;
        Ok((App::new(node.parts(life.outages())).await?, life))
    };
    match begun.await {
        Ok((app, life)) => Ok((node, Arc::new(app), life)),
        Err(fault) => Err(node.close_after(fault).await),
    }
}

/// What a server gives away that others can reach without TLS; nothing where a proxy with TLS was configured.
fn exposure(config: &ServerConfig, address: SocketAddr) -> Option<String> {
    let private = address.ip().to_canonical().is_loopback();
    let proxied = config.behind_proxy || config.secure_cookie;
    (!private && !proxied).then(|| {
        format!(
            "{address} can be reached from other machines and speaks plain HTTP: whoever is on the way reads passwords, sessions, \
             camera keys and numbers, and can use them. Put a reverse proxy with TLS in front, let nobody else reach this \
             address, and set server.behind_proxy = true"
        )
    })
}

/// The address for a browser on this machine: "every address" is none that can be opened.
fn url(mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{address}")
}

/// SIGINT or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// Colours are for people who look on; in a file or a journal they would be letters between the words.
fn colours() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !unwanted && std::io::stderr().is_terminal()
}

/// Log lines go to standard error, so that standard output stays for scripts.
pub fn init_tracing(config: &Config) -> Result<(), Fault> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.trace.filter)
        .map_err(|error| Fault::new(FaultCode::InvalidConfiguration, format!("trace.filter: {error}")))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours())
        .with_writer(std::io::stderr);
    let set = if config.trace.json {
        subscriber.json().try_init()
    } else {
        subscriber.try_init()
    };
    set.map_err(|error| Fault::internal(format!("starting the log: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_start_that_fails_lets_go_of_all_it_began() {
        let folder = tempfile::tempdir().expect("folder");
        let mut config = Config::load(None).expect("defaults");
        config.data.folder = folder.path().to_path_buf();
        drop(
            crate::wire::open_catalog(&config)
                .await
                .expect("makes the tables"),
        );
        let file = format!("sqlite://{}", folder.path().join(crate::wire::CATALOG).display());
        let catalogue = sqlx::SqlitePool::connect(&file).await.expect("opens");
        sqlx::query("INSERT INTO secret (name, value) VALUES ('session', x'00')")
            .execute(&catalogue)
            .await
            .expect("too short a secret");
        catalogue.close().await;
        let node = Node::open(&config).await.expect("opens");
        let log = Arc::clone(&node.ports.log);
        let fault = with_app(node).await.err().expect("cannot sign sessions");
        assert!(fault.detail.contains("signing secret"), "{}", fault.detail);
        assert_eq!(Arc::strong_count(&log), 1, "no thread reads it any more");
    }

    #[test]
    fn who_listens_to_others_without_tls_is_warned_and_nobody_else() {
        let plain = ServerConfig {
            listen: SocketAddr::from(([0, 0, 0, 0], 0)),
            behind_proxy: false,
            secure_cookie: false,
        };
        let proxied = ServerConfig {
            behind_proxy: true,
            ..plain.clone()
        };
        for (address, warned) in [
            ("127.0.0.1:80", false),
            ("127.8.0.1:80", false),
            ("[::1]:80", false),
            ("[::ffff:127.0.0.1]:80", false),
            ("0.0.0.0:80", true),
            ("[::]:80", true),
            ("192.168.1.2:80", true),
        ] {
            let address: SocketAddr = address.parse().expect("an address");
            let warning = exposure(&plain, address);
            assert_eq!(warning.is_some(), warned, "{address}");
            assert!(warning.is_none_or(|warning| warning.contains(&address.to_string())));
            assert_eq!(exposure(&proxied, address), None, "{address}");
        }
    }

    #[test]
    fn the_address_that_is_printed_can_be_opened() {
        for (address, printed) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:8080", "http://[::1]:8080"),
            ("192.168.1.2:80", "http://192.168.1.2:80"),
        ] {
            assert_eq!(url(address.parse().expect("an address")), printed);
        }
    }
}
