//! What was measured, for people, with the commit and the machine: shown, and appended to bench/RESULTS.md.

use crate::shell::{Failure, command, root, say};

/// A table of one part of the bench.
pub struct Table {
    /// What was measured.
    pub title: &'static str,
    /// What a reader must know to read the figures right.
    pub note: String,
    /// What each column holds.
    pub head: Vec<&'static str>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(title: &'static str, note: impl Into<String>, head: &[&'static str]) -> Self {
        Self {
            title,
            note: note.into(),
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Shows it and appends it.
    pub fn record(&self) -> Result<(), Failure> {
        let text = format!(
            "\n## {}\n\nCommit {}. {}.\n\n{}\n\n{}",
            self.title,
            commit()?,
            machine(),
            self.note,
            self.markdown()
        );
        say(&text);
        let path = root().join("bench/RESULTS.md");
        let of_file = |error: std::io::Error| format!("bench/RESULTS.md: {error}");
        let mut results = std::fs::read_to_string(&path).map_err(of_file)?;
        results = results.replace("\nNo run has been recorded yet.\n", "");
        results.push_str(&text);
        std::fs::write(&path, results).map_err(of_file)
    }

    fn markdown(&self) -> String {
        let rule = vec!["---"; self.head.len()].join("|");
        let mut text = format!("| {} |\n|{rule}|\n", self.head.join(" | "));
        for row in &self.rows {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        text
    }
}

fn commit() -> Result<String, Failure> {
    let described = command("git", &["describe", "--always", "--dirty", "--exclude", "*"], "")
        .output()
        .map_err(|error| format!("git: {error}"))?;
    Ok(String::from_utf8_lossy(&described.stdout).trim().to_owned())
}

/// The processor, its cores and the memory, as far as the kernel tells.
fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor not known".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or("memory not known".to_owned(), |kib| {
            format!("{:.0} GiB", kib / f64::from(1 << 20))
        });
    format!("{model}, {cores} cores, {memory}")
}
