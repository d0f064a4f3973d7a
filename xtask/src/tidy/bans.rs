//! Words that must not stand in some places, each with its reason and what to write instead.

struct Ban {
    word: &'static str,
    instead: &'static str,
    /// Folders it does not hold in.
    free: &'static [&'static str],
    /// Folders it holds in; all where empty.
    only: &'static [&'static str],
}

const PURE: &[&str] = &["crates/engine/src", "crates/model/src", "crates/report/src"];
const EDGES: &[&str] = &["crates/server", "crates/sim", "xtask"];

const BANS: &[Ban] = &[
    Ban {
        word: "SystemTime",
        instead: "time is data: take it from the `Clock` port",
        free: EDGES,
        only: &[],
    },
    Ban {
        word: "std::time::Instant",
        instead: "time is data: take it from the `Clock` port",
        free: EDGES,
        only: &[],
    },
    Ban {
        word: "jiff::Timestamp::now",
        instead: "time is data: take it from the `Clock` port",
        free: EDGES,
        only: &[],
    },
    Ban {
        word: "std::env::",
        instead: "configuration is read in `server::config`",
        free: &["crates/server", "crates/sim", "xtask", "crates/api/build.rs"],
        only: &[],
    },
    Ban {
        word: "tokio",
        instead: "the mathematics is pure: do it in `pipeline`",
        free: &[],
        only: PURE,
    },
    Ban {
        word: "std::fs",
        instead: "the mathematics is pure: do it in `embedded`",
        free: &[],
        only: PURE,
    },
    Ban {
        word: "std::net",
        instead: "the mathematics is pure: do it in `api`",
        free: &[],
        only: PURE,
    },
    Ban {
        word: "GzDecoder",
        instead: "unpack behind a cap: `api::body` for requests",
        free: &["crates/api/src/body.rs", "crates/server/src/import"],
        only: &[],
    },
    Ban {
        word: "todo!",
        instead: "build it, or say \"not configured\" where a user meets it",
        free: &[],
        only: &[],
    },
    Ban {
        word: "unimplemented!",
        instead: "build it, or say \"not configured\" where a user meets it",
        free: &[],
        only: &[],
    },
    Ban {
        word: "dbg!",
        instead: "use `tracing`",
        free: &[],
        only: &[],
    },
];

/// Faults of one source file. Tests are free: an inline module of them, which ends the file, and files below `tests/`.
pub fn check(path: &str, text: &str) -> Vec<String> {
    let own = path == "xtask/src/tidy/bans.rs";
    let test = path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.contains("/benches/")
        || path.contains("/examples/");
    if own || test {
        return Vec::new();
    }
    let code = before_inline_tests(text);
    let mut faults = Vec::new();
    for ban in BANS {
        let holds = ban.only.is_empty() || ban.only.iter().any(|folder| path.starts_with(folder));
        if !holds || ban.free.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let lines = code
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, _) in lines.filter(|(_, line)| line.contains(ban.word)) {
            faults.push(format!(
                "{path}:{}: `{}` is banned here; {}",
                number + 1,
                ban.word,
                ban.instead
            ));
        }
    }
    faults
}

/// What stands before the first `#[cfg(test)] mod ... {`. A `#[cfg(test)] mod tests;` often stands near the top: what
/// follows it is as much part of the product as what stands before.
fn before_inline_tests(text: &str) -> &str {
    const TEST: &str = "#[cfg(test)]";
    let inline = |(at, _): &(usize, &str)| {
        let item = text.get(at + TEST.len()..).map_or("", after_attributes);
        let head = item.find(['{', ';']).and_then(|end| item.get(..=end));
        head.is_some_and(|head| head.ends_with('{') && head.split_whitespace().any(|word| word == "mod"))
    };
    let end = text.match_indices(TEST).find(inline);
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The item that follows these attributes.
fn after_attributes(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with("#[") {
        let mut depth = 0usize;
        let end = rest.find(|letter| {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => return false,
            }
            depth == 0
        });
        rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or("").trim_start();
    }
    rest
}

/// Paths of somebody's machine mean nothing to anybody else.
pub fn machine_paths(path: &str, text: &str) -> Vec<String> {
    if path.starts_with("xtask/src/tidy") {
        return Vec::new();
    }
    let named = |line: &&str| {
        ["/root/", "/home/", "/Users/"]
            .iter()
            .any(|folder| line.contains(folder))
            || line.contains("/work/")
    };
    let lines = text.lines().enumerate().filter(|(_, line)| named(line));
    lines
        .map(|(number, _)| format!("{path}:{}: names a path of one machine", number + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bans_hold_where_they_should() {
        assert_eq!(check("crates/engine/src/a.rs", "use tokio::sync;").len(), 1);
        assert!(check("crates/pipeline/src/a.rs", "use tokio::sync;").is_empty());
        assert_eq!(
            check("crates/app/src/a.rs", "let now = std::time::SystemTime::now();").len(),
            1
        );
        assert!(
            check(
                "crates/server/src/clock.rs",
                "let now = std::time::SystemTime::now();"
            )
            .is_empty()
        );
        assert!(
            check(
                "crates/app/src/a.rs",
                "// SystemTime is banned\n#[cfg(test)]\nmod tests {\n    SystemTime"
            )
            .is_empty()
        );
    }

    #[test]
    fn tests_in_a_file_of_their_own_free_nothing_here() {
        for head in [
            "#[cfg(test)]\nmod tests;\n",
            "#[cfg(test)]\n#[allow(clippy::panic, reason = \"tests [all]; of them\")]\nmod tests;\n",
            "#[cfg(test)]\nuse std::fmt;\nmod product {\n",
        ] {
            let found = check("crates/app/src/a.rs", &format!("{head}SystemTime"));
            assert_eq!(found.len(), 1, "{head}");
        }
        let inline = "#[cfg(test)]\n#[allow(\n    clippy::panic,\n    reason = \"tests\"\n)]\npub(crate) mod tests {\n";
        assert!(check("crates/app/src/a.rs", &format!("{inline}SystemTime")).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        assert_eq!(machine_paths("README.md", "see /home/ann/throng").len(), 1);
        assert!(machine_paths("README.md", "see docs/").is_empty());
    }
}
