//! Who may depend on whom: the table printed in ARCHITECTURE.md against every manifest.

/// Faults of one crate's manifest.
pub fn check(architecture: &str, name: &str, manifest: &str) -> Vec<String> {
    let Some(allowed) = allowed(architecture, name) else {
        return vec![format!(
            "crates/{name}: ARCHITECTURE.md has no row for it in the table of crates"
        )];
    };
    let mut section = "";
    let mut faults = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let dependency = line
            .strip_prefix("throng-")
            .and_then(|rest| rest.split(['.', ' ', '=']).next());
        let Some(dependency) = dependency.filter(|_| section == "[dependencies]") else {
            continue;
        };
        if !allowed
            .iter()
            .any(|allowed| allowed == "all" || allowed == "any" || allowed == dependency)
        {
            faults.push(format!(
                "crates/{name} depends on {dependency}, which its row in ARCHITECTURE.md does not allow"
            ));
        }
    }
    faults
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
}
