//! Variables that look like settings and are none: one underscore where two belong would be ignored in silence.

use throng_model::{Fault, FaultCode};

/// Refuses a name like `THRONG_SERVER_LISTEN`, which begins with a section of the configuration, and says how it is written.
pub(super) fn refuse<'n>(names: impl Iterator<Item = &'n str>, sections: &[&str]) -> Result<(), Fault> {
    for name in names {
        let Some(rest) = name.strip_prefix("THRONG_").filter(|rest| !rest.starts_with('_')) else {
            continue;
        };
        for section in sections.iter().map(|section| section.to_ascii_uppercase()) {
            let Some(key) = rest.strip_prefix(&section) else {
                continue;
            };
            let key = match key.trim_start_matches('_') {
                "" if key.is_empty() => "KEY",
                known if key.starts_with('_') && !known.is_empty() => known,
                _ => continue,
            };
            return Err(Fault::new(
                FaultCode::InvalidConfiguration,
                format!(
                    "the variable {name} is no setting; settings are written THRONG__{section}__{key}, with two underscores"
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_underscore_is_refused_with_the_right_spelling() {
        let refused = |name| {
            let names = ["PATH", "THRONG_TEST_DATA", name].into_iter();
            refuse(names, &["server", "data", "log"])
        };
        for (name, right) in [
            ("THRONG_SERVER_LISTEN", "THRONG__SERVER__LISTEN"),
            ("THRONG_SERVER__LISTEN", "THRONG__SERVER__LISTEN"),
            ("THRONG_LOG_SEGMENT_MIB", "THRONG__LOG__SEGMENT_MIB"),
            ("THRONG_DATA", "THRONG__DATA__KEY"),
        ] {
            let fault = refused(name).expect_err(name);
            assert_eq!(fault.code, FaultCode::InvalidConfiguration);
            assert!(fault.detail.contains(right), "{}", fault.detail);
        }
        for other in ["THRONG__SERVER__LISTEN", "THRONG_LOGO", "THRONG_URL", "THRONG_"] {
            refused(other).expect(other);
        }
    }
}
