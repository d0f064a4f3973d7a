//! Who may depend on whom: the table printed in ARCHITECTURE.md against every manifest.

/// What every crate's tests may use beside its row: what is for development, and something that stands behind the ports.
const TESTS_MAY_USE: [&str; 2] = ["sim", "embedded"];

/// Faults of one crate's manifest.
pub fn check(architecture: &str, name: &str, manifest: &str) -> Vec<String> {
    let Some(allowed) = allowed(architecture, name) else {
        return vec![format!(
            "crates/{name}: ARCHITECTURE.md has no row for it in the table of crates"
        )];
    };
    let may_use = |dependency: &Dependency<'_>| {
        let by_row = allowed
            .iter()
            .any(|allowed| allowed == "all" || allowed == "any" || allowed == dependency.name);
        by_row || dependency.of_tests && TESTS_MAY_USE.contains(&dependency.name)
    };
    let used = dependencies(manifest).into_iter();
    used.filter(|dependency| !may_use(dependency))
        .map(|Dependency { name: used, .. }| {
            format!("crates/{name} depends on {used}, which its row in ARCHITECTURE.md does not allow")
        })
        .collect()
}

/// One of our crates that a manifest names.
struct Dependency<'a> {
    name: &'a str,
    /// For tests, examples and benches only.
    of_tests: bool,
}

/// Those of every kind: of the crate, its build and its tests, also where they are for some targets only.
fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let (mut found, mut section) = (Vec::new(), "");
    for line in manifest.lines().map(str::trim) {
        let named = if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            // `[dependencies.throng-app]`
            section.rsplit_once("dependencies.").map(|(_, name)| name)
        } else if section.ends_with("dependencies") {
            Some(line)
        } else {
            None
        };
        // Also under another name: `face = { package = "throng-api" }`.
        let renamed = line.split_once("package").map(|(_, rest)| rest);
        let renamed = renamed
            .filter(|_| section.contains("dependencies"))
            .map(|rest| rest.trim_start_matches([' ', '=', '"']));
        let ours = [named, renamed].into_iter().flatten();
        let ours = ours.filter_map(|text| text.trim_start_matches('"').strip_prefix("throng-"));
        found.extend(ours.filter_map(|rest| {
            Some(Dependency {
                name: rest.split(['.', ' ', '=', '"']).next()?,
                of_tests: section.contains("dev-dependencies"),
            })
        }));
    }
    found
}

/// What the row of a crate allows.
fn allowed(architecture: &str, name: &str) -> Option<Vec<String>> {
    let row = architecture
        .lines()
        .find(|line| line.starts_with(&format!("| `{name}` |")))?;
    let last = row.trim_end_matches('|').rsplit('|').next()?.trim();
    Some(
        last.split(',')
            .map(|word| word.trim().trim_matches('`').to_owned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| crate | what | may depend on |\n|---|---|---|\n| `model` | words | - |\n| `api` | face | app, model |\n| `server` | binary | all |\n";

    #[test]
    fn a_wall_holds_in_both_directions() {
        let manifest = "[dependencies]\nthrong-app.workspace = true\nserde = \"1\"\n[dev-dependencies]\nthrong-sim.workspace = true\n";
        assert!(check(TABLE, "api", manifest).is_empty());
        assert_eq!(check(TABLE, "model", manifest).len(), 1);
        assert!(check(TABLE, "server", manifest).is_empty());
        assert_eq!(check(TABLE, "lake", manifest).len(), 1, "a crate without a row");
    }

    #[test]
    fn no_kind_of_dependency_goes_around_the_wall() {
        for way_around in [
            "[build-dependencies]\nthrong-engine.workspace = true\n",
            "[build-dependencies]\nthrong-sim.workspace = true\n",
            "[dev-dependencies]\nthrong-server = { path = \"../server\" }\n",
            "[target.'cfg(unix)'.dependencies]\nthrong-sim = \"1\"\n",
            "[target.x86_64-unknown-linux-gnu.dev-dependencies]\nthrong-pipeline.workspace = true\n",
            "[dependencies.throng-embedded]\nworkspace = true\n",
            "[dependencies]\nnumbers = { package = \"throng-engine\", path = \"../engine\" }\n",
            "[dependencies.numbers]\npackage = \"throng-engine\"\n",
        ] {
            assert_eq!(check(TABLE, "api", way_around).len(), 1, "{way_around}");
        }
        for way in [
            "[dev-dependencies]\nthrong-embedded.workspace = true\nthrong-sim.workspace = true\n",
            "[target.'cfg(unix)'.dependencies]\nthrong-app.workspace = true\nlibc = \"1\"\n",
            "[package]\nname = \"throng-api\"\n[features]\nthrong-engine = []\n",
        ] {
            assert!(check(TABLE, "api", way).is_empty(), "{way}");
        }
    }
}
