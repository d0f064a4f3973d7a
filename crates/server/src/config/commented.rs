//! The configuration in force as a file that explains itself: the comments of `default.toml`, each value, and its default.

use super::{Config, DEFAULTS};
use std::fmt::Write as _;
use throng_model::Fault;
use toml::{Table, Value};

/// What stands at the top, in place of the words that `default.toml` has for those who change it.
const HEAD: &str = "\
# The configuration of Throng that is in force. Given back with --config it means the same. Order, later wins: the defaults,
# the file given with --config, THRONG__SECTION__KEY variables. Unknown keys are refused.
";

/// The windows: whoever sets a file adds lines of his own, so they are written as a whole.
const WINDOWS: &str = "windows.table";

impl Config {
    /// The text of a configuration file.
    pub fn commented(&self) -> Result<String, Fault> {
        let broken =
            |error: &dyn std::fmt::Display| Fault::internal(format!("writing the configuration: {error}"));
        let force = Table::try_from(self).map_err(|error| broken(&error))?;
        let defaults: Table = DEFAULTS.parse().map_err(|error| broken(&error))?;
        let (mut text, mut section) = (HEAD.to_owned(), "");
        // The head of the file itself ends with its first empty line.
        for line in DEFAULTS.lines().skip_while(|line| !line.is_empty()) {
            let named = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            section = named.unwrap_or(section);
            let key = line.split_once(" = ").map(|(key, _)| key);
            let written = match key.filter(|_| !line.starts_with('#')) {
                Some(_) if section == WINDOWS => Ok(()),
                Some(key) => {
                    let value = |table| value(table, section, key);
                    let (value, default) = (value(&force)?, value(&defaults)?);
                    writeln!(text, "# Default: {default}.\n{key} = {value}")
                }
                None => writeln!(text, "{line}"),
            };
            written.map_err(|error| broken(&error))?;
            if named == Some(WINDOWS) {
                write_windows(&mut text, &force, &defaults)?;
            }
        }
        Ok(text)
    }
}

/// Each window with its default; one that is not among the defaults says so.
fn write_windows(text: &mut String, force: &Table, defaults: &Table) -> Result<(), Fault> {
    let windows = table(force, WINDOWS)?;
    for (name, window) in windows {
        let default = table(defaults, WINDOWS)?.get(name);
        let default = default.map_or("none, it was added".to_owned(), ToString::to_string);
        writeln!(text, "# Default: {default}.\n{name} = {window}")
            .map_err(|error| Fault::internal(format!("writing the windows: {error}")))?;
    }
    Ok(())
}

fn table<'t>(root: &'t Table, section: &str) -> Result<&'t Table, Fault> {
    let mut parts = section.split('.');
    let found = parts.try_fold(root, |table, part| table.get(part).and_then(Value::as_table));
    found.ok_or_else(|| Fault::internal(format!("the configuration has no section {section:?}")))
}

fn value<'t>(root: &'t Table, section: &str, key: &str) -> Result<&'t Value, Fault> {
    let found = table(root, section)?.get(key);
    found.ok_or_else(|| Fault::internal(format!("the configuration has no key {section}.{key}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::Write as _;

    fn load(text: &str) -> Config {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(text.as_bytes()).expect("written");
        Config::load(Some(file.path())).expect("valid")
    }

    fn whole(config: &Config) -> Table {
        Table::try_from(config).expect("a table")
    }

    /// Every key of a configuration with its section, windows by name.
    fn keys(prefix: &str, table: &Table) -> BTreeSet<String> {
        let keys = table.iter().flat_map(|(key, value)| {
            let key = format!("{prefix}{key}");
            match value.as_table().filter(|_| !prefix.starts_with("windows.table.")) {
                Some(table) => keys(&format!("{key}."), table),
                None => BTreeSet::from([key]),
            }
        });
        keys.collect()
    }

    #[test]
    fn what_is_printed_is_read_back_as_the_same_configuration() {
        for text in [
            "",
            "[server]\nlisten = \"[::1]:9\"\nbehind_proxy = true\n[data]\nfolder = \"a \\\"b\\\" \\\\ c\"\n",
            "[windows]\nwithout = [\"minute\", \"hour\"]\n[trace]\nfilter = \"warn\"\njson = true\n",
            "[windows.table]\nquarter = { kind = \"tumbling\", width_s = 900 }\n[stream]\ncommit_ms = 20\n",
        ] {
            let config = load(text);
            let printed = config.commented().expect("printed");
            assert_eq!(whole(&load(&printed)), whole(&config), "{printed}");
        }
    }

    #[test]
    fn each_key_stands_once_under_a_comment_with_its_meaning_and_its_default() {
        let config =
            load("[log]\nqueue_mib = 32\n[windows.table]\nquarter = { kind = \"session\", gap_s = 900 }\n");
        let printed = config.commented().expect("printed");
        let (mut section, mut comment, mut seen) = (String::new(), String::new(), BTreeSet::new());
        for line in printed.lines() {
            match line.strip_prefix('[') {
                _ if line.starts_with('#') => comment += line,
                Some(named) => section = named.trim_end_matches(']').to_owned(),
                None if line.is_empty() => {}
                None => {
                    let key = line.split(" = ").next().expect("a key");
                    assert!(comment.contains("# Default: "), "{section}.{key}: {comment}");
                    // What windows are is said once, above all of them.
                    let words = comment.split("# Default").next().expect("text").len();
                    assert!(words > 20 || section == WINDOWS, "{section}.{key}: {comment}");
                    assert!(seen.insert(format!("{section}.{key}")), "{section}.{key} twice");
                    comment.clear();
                }
            }
        }
        assert_eq!(seen, keys("", &whole(&config)));
        assert!(printed.contains("# Default: 64.\nqueue_mib = 32\n"), "{printed}");
        assert!(
            printed.contains("# Default: none, it was added.\nquarter = "),
            "{printed}"
        );
    }
}
