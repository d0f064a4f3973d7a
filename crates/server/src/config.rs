//! Configuration: defaults compiled in, then a file, then the environment. Unknown keys are refused, and rules between
//! fields say why they exist.

pub mod address;
mod commented;
mod misspelt;
mod windows;

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use throng_engine::Rules;
use throng_model::time::{HOUR, SECOND};
use throng_model::{Fault, FaultCode};
use throng_pipeline::{IngestRules, Pace, WindowRules};
use windows::WindowsConfig;

const DEFAULTS: &str = include_str!("../default.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub data: DataConfig,
    pub log: LogConfig,
    pub store: StoreConfig,
    pub ingest: IngestConfig,
    pub engine: EngineConfig,
    pub windows: WindowsConfig,
    pub stream: StreamConfig,
    pub quarantine: QuarantineConfig,
    pub trace: TraceConfig,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    #[serde(deserialize_with = "address::read")]
    pub listen: SocketAddr,
    pub behind_proxy: bool,
    pub secure_cookie: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub segment_mib: u64,
    pub queue_mib: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    pub cache_mib: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestConfig {
    pub future_s: u32,
    pub clock_off_s: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineConfig {
    pub out_of_order_s: u32,
    pub lateness_days: u32,
    pub heartbeats_missed: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamConfig {
    pub commit_ms: u64,
    pub sync_s: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineConfig {
    pub entries_max: u64,
    pub mib_max: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceConfig {
    pub filter: String,
    pub json: bool,
}

impl Config {
    /// Defaults, then the file, then `THRONG__SECTION__KEY`.
    pub fn load(file: Option<&Path>) -> Result<Self, Fault> {
        let mut layers =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(file) = file {
            layers = layers.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("THRONG")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let invalid =
            |error: config::ConfigError| Fault::new(FaultCode::InvalidConfiguration, error.to_string());
        let variables: Vec<String> = std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        let defaults: toml::Table = toml::from_str(DEFAULTS)
            .map_err(|error| Fault::internal(format!("reading the defaults: {error}")))?;
        let sections: Vec<&str> = defaults.keys().map(String::as_str).collect();
        misspelt::refuse(variables.iter().map(String::as_str), &sections)?;
        let config: Self = layers
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(invalid)?;
        config.check()?;
        Ok(config)
    }

    /// Rules between fields, each with its reason.
    fn check(&self) -> Result<(), Fault> {
        let rule = |holds: bool, reason: &str| {
            if holds {
                Ok(())
            } else {
                Err(Fault::new(FaultCode::InvalidConfiguration, reason))
            }
        };
        rule(
            (1..=256).contains(&self.log.segment_mib),
            "log.segment_mib must be 1 to 256: a segment is the unit of loss and of reading after damage",
        )?;
        rule(
            (32..=4096).contains(&self.log.queue_mib),
            "log.queue_mib must be 32 to 4096: it must hold at least one largest request",
        )?;
        rule(
            self.quarantine.mib_max > 0,
            "quarantine.mib_max must be at least 1",
        )?;
        rule(
            (8..=1 << 20).contains(&self.store.cache_mib),
            "store.cache_mib must be at least 8",
        )?;
        rule(
            (10..=60_000).contains(&self.stream.commit_ms),
            "stream.commit_ms must be 10 to 60000: rows older than a minute are not a live view",
        )?;
        rule(self.stream.sync_s > 0, "stream.sync_s must be at least 1")?;
        rule(
            (1..=31).contains(&self.engine.lateness_days),
            "engine.lateness_days must be 1 to 31: sessions that ended are remembered for 31 days",
        )?;
        rule(
            (1..=64).contains(&self.windows.threads),
            "windows.threads must be 1 to 64",
        )?;
        self.windows.table()?;
        rule(
            self.ingest.clock_off_s > 0,
            "ingest.clock_off_s must be at least 1: the way to the server alone looks like a clock that is behind",
        )?;
        rule(
            (1..=100).contains(&self.engine.heartbeats_missed),
            "engine.heartbeats_missed must be 1 to 100",
        )?;
        rule(
            i64::from(self.engine.out_of_order_s) < 24 * 3600,
            "engine.out_of_order_s must be less than a day: until it has passed no minute is closed",
        )
    }

    /// The engine's rules.
    pub fn rules(&self) -> Rules {
        Rules {
            out_of_order: i64::from(self.engine.out_of_order_s) * SECOND,
            lateness: i64::from(self.engine.lateness_days) * 24 * HOUR,
            heartbeats_missed: i64::from(self.engine.heartbeats_missed),
            ..Rules::default()
        }
    }

    /// How windows are cut.
    pub fn window_rules(&self) -> Result<WindowRules, Fault> {
        Ok(WindowRules {
            rules: self.rules(),
            table: self.windows.table()?,
            threads: self.windows.threads,
        })
    }

    /// The door's rules.
    pub fn ingest_rules(&self) -> IngestRules {
        IngestRules {
            future: i64::from(self.ingest.future_s) * SECOND,
            clock_off: i64::from(self.ingest.clock_off_s) * SECOND,
        }
    }

    /// How often checkpoints are made.
    pub fn pace(&self) -> Pace {
        Pace {
            commit: Duration::from_millis(self.stream.commit_ms),
            sync: Duration::from_secs(self.stream.sync_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn from(text: &str) -> Result<Config, Fault> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(text.as_bytes()).expect("written");
        Config::load(Some(file.path()))
    }

    #[test]
    fn the_defaults_are_whole_and_loopback_only() {
        let config = Config::load(None).expect("defaults");
        assert!(config.server.listen.ip().is_loopback());
        assert_eq!(config.rules(), Rules::default());
        assert_eq!(config.ingest_rules().future, IngestRules::default().future);
    }

    #[test]
    fn the_windows_are_the_default_table_and_a_file_changes_lines_of_it() {
        let table = |text: &str| {
            from(text)
                .and_then(|config| config.window_rules())
                .map(|rules| rules.table)
        };
        assert_eq!(
            table("").expect("defaults"),
            throng_model::window::WindowTable::default(),
            "in this order"
        );
        let lines = |table: &throng_model::window::WindowTable| {
            let windows = table
                .iter()
                .map(|window| (window.name.clone(), format!("{:?}", window.kind)));
            windows.collect::<std::collections::BTreeMap<_, _>>()
        };
        let default = lines(&throng_model::window::WindowTable::default());
        assert_eq!(lines(&table("").expect("defaults")), default);
        let longer =
            table("[windows.table]\nquarter = { kind = \"tumbling\", width_s = 900 }\n").expect("valid");
        assert_eq!(lines(&longer).len(), default.len() + 1);
        let shorter = table("[windows]\nwithout = [\"minute\", \"hour\"]\n").expect("valid");
        assert_eq!(lines(&shorter).len(), default.len() - 2);
        let fault = table("[windows]\nwithout = [\"minuet\"]\n").expect_err("no such window");
        assert!(fault.detail.contains("minuet"), "{}", fault.detail);
        for (line, says) in [
            ("lunch = { kind = \"session\", gap = 60 }", "gap"),
            ("lunch = { kind = \"dinner\", width_s = 60 }", "dinner"),
            ("seven = { kind = \"tumbling\", width_s = 7 }", "10-second panes"),
            ("odd = { kind = \"tumbling\", width_s = 70 }", "cannot be merged"),
        ] {
            let fault = table(&format!("[windows.table]\n{line}\n")).expect_err(line);
            assert!(fault.detail.contains(says), "{line}: {}", fault.detail);
        }
        let fault = from("[engine]\nlateness_days = 32\n").expect_err("longer than sessions are remembered");
        assert!(fault.detail.contains("31 days"), "{}", fault.detail);
    }

    #[test]
    fn an_address_that_cannot_be_listened_on_says_how_one_is_written() {
        let listen = |text: &str| from(&format!("[server]\nlisten = {text:?}\n"));
        let listening = listen("localhost:9").expect("a name").server.listen;
        assert_eq!(listening.to_string(), "127.0.0.1:9");
        let fault = listen("door.example:9").expect_err("not looked up");
        assert!(fault.detail.contains("127.0.0.1:8080"), "{}", fault.detail);
    }

    #[test]
    fn a_misspelt_key_is_refused_by_name() {
        let fault = from("[server]\nlisten_on = \"0.0.0.0:80\"\n").expect_err("unknown key");
        assert!(fault.detail.contains("listen_on"), "{}", fault.detail);
        assert!(from("[sevrer]\n").is_err());
        assert!(
            from("[log]\nsegment_mib = 0\n")
                .expect_err("rule")
                .detail
                .contains("unit of loss")
        );
        assert_eq!(
            from("[server]\nlisten = \"127.0.0.1:9\"\n")
                .expect("valid")
                .server
                .listen
                .port(),
            9
        );
    }
}
