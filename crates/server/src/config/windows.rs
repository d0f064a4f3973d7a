//! Which windows are cut.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use throng_model::time::SECOND;
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{Fault, FaultCode};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsConfig {
    pub threads: usize,
    /// Names in the table that are left out. A file is merged with the table that is compiled in, so it cannot take a name away
    /// by not naming it.
    pub without: Vec<String>,
    pub table: BTreeMap<String, WindowConfig>,
}

/// One window as it is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum WindowConfig {
    Tumbling { width_s: u32 },
    Sliding { width_s: u32, slide_s: u32 },
    Session { gap_s: u32 },
    Count { events: u32 },
    SlidingCount { events: u32, slide: u32 },
    Cumulate { step_s: u32 },
}

impl WindowsConfig {
    /// The table, checked: kind by kind, the shorter first, as answers have it.
    pub fn table(&self) -> Result<WindowTable, Fault> {
        if let Some(name) = self.without.iter().find(|name| !self.table.contains_key(*name)) {
            return Err(Fault::new(
                FaultCode::InvalidConfiguration,
                format!("windows.without names {name:?}, and windows.table has no such window"),
            ));
        }
        let mut windows: Vec<(&String, &WindowConfig)> = self
            .table
            .iter()
            .filter(|(name, _)| !self.without.contains(name))
            .collect();
        windows.sort_by_key(|(_, window)| **window);
        let windows = windows.into_iter().map(|(name, window)| Window {
            name: name.clone(),
            kind: window.kind(),
        });
        WindowTable::new(windows.collect())
    }
}

impl WindowConfig {
    fn kind(self) -> WindowKind {
        let micros = |seconds: u32| i64::from(seconds) * SECOND;
        match self {
            Self::Tumbling { width_s } => WindowKind::Tumbling {
                width: micros(width_s),
            },
            Self::Sliding { width_s, slide_s } => WindowKind::Sliding {
                width: micros(width_s),
                slide: micros(slide_s),
            },
            Self::Session { gap_s } => WindowKind::Session { gap: micros(gap_s) },
            Self::Count { events } => WindowKind::CountTumbling { events },
            Self::SlidingCount { events, slide } => WindowKind::CountSliding { events, slide },
            Self::Cumulate { step_s } => WindowKind::Cumulate { step: micros(step_s) },
        }
    }
}
