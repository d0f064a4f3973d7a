//! The walls between the crates and the bans, checked against what the documents say.

mod bans;
mod walls;

use crate::shell::{Failure, root, say};
use std::path::{Path, PathBuf};

/// Everything tidy looks at.
pub fn run() -> Result<(), Failure> {
    let root = root();
    let architecture = read(&root.join("ARCHITECTURE.md"))?;
    let mut faults = Vec::new();
    for (name, manifest) in crates(&root)? {
        faults.extend(walls::check(&architecture, &name, &manifest));
    }
    for file in files(&root, &["rs"]) {
        let path = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let text = read(&file)?;
        faults.extend(bans::check(&path, &text));
    }
    for file in files(
        &root,
        &[
            "rs", "md", "toml", "ts", "tsx", "json", "mjs", "css", "html", "sql", "yml",
        ],
    ) {
        let path = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        faults.extend(bans::machine_paths(&path, &read(&file)?));
    }
    faults.extend(dead_files(&root)?);
    if faults.is_empty() {
        return Ok(());
    }
    faults.iter().for_each(|fault| say(&format!("tidy: {fault}")));
    Err(format!("{} faults", faults.len()))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Every crate's folder name and manifest.
fn crates(root: &Path) -> Result<Vec<(String, String)>, Failure> {
    let folders = std::fs::read_dir(root.join("crates")).map_err(|error| format!("crates/: {error}"))?;
    let names = folders
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut crates: Vec<_> = names
        .map(|name| {
            Ok((
                name.clone(),
                read(&root.join("crates").join(&name).join("Cargo.toml"))?,
            ))
        })
        .collect::<Result<_, Failure>>()?;
    crates.sort();
    Ok(crates)
}

/// The files of the checkout with one of these endings, generated and foreign folders left out.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if ![
                "target",
                "node_modules",
                "dist",
                ".git",
                "test-results",
                "playwright-report",
            ]
            .contains(&name.as_str())
            {
                found.extend(files(&path, endings));
            }
        } else if path
            .extension()
            .is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A source file that no `mod` reaches is not compiled, and rots.
fn dead_files(root: &Path) -> Result<Vec<String>, Failure> {
    let mut faults = Vec::new();
    for file in files(&root.join("crates"), &["rs"]) {
        let (Some(stem), Some(folder)) = (file.file_stem().and_then(|stem| stem.to_str()), file.parent())
        else {
            continue;
        };
        let in_source = file.components().any(|part| part.as_os_str() == "src");
        if !in_source || ["lib", "main", "build"].contains(&stem) {
            continue;
        }
        let declaration = format!("mod {stem};");
        // `foo/bar.rs` is declared in `foo.rs`, or in the crate's root, or beside it in `foo/mod`-less trees.
        let parents = [
            folder.with_extension("rs"),
            folder.join("lib.rs"),
            folder.join("main.rs"),
        ];
        let declared = parents
            .iter()
            .filter(|parent| parent.exists())
            .map(|parent| read(parent))
            .collect::<Result<Vec<_>, _>>()?;
        if !declared.iter().any(|text| text.contains(&declaration)) {
            faults.push(format!(
                "{}: no `{declaration}` reaches this file",
                file.strip_prefix(root).unwrap_or(&file).display()
            ));
        }
    }
    Ok(faults)
}
