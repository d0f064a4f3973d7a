//! What counters did, as it is told to whoever asks about a camera.

use super::{CounterMemory, Counters, Disputed, Evidence, Step, WindowMemory};
use throng_model::camera::Semantics;
use throng_model::counter::{CounterNow, CountersNow, HAPPENINGS_MAX, Happening, HappeningKind, People};
use throng_model::{LineId, TimeRange};

impl Counters {
    /// Everything that was not plain counting, as far as it is remembered.
    pub fn told(&self) -> CountersNow {
        let totals = self.totals().map(|(counter, memory)| total(counter, memory));
        let windows = self.windows().map(|(counter, memory)| windows(counter, memory));
        CountersNow {
            counters: totals.chain(windows).collect(),
            refused_counters: self.unknown(),
        }
    }
}

fn total(counter: &LineId, memory: &CounterMemory) -> CounterNow {
    let (happenings, left_out) = newest(memory.evidence().map(|evidence| stepped(&evidence)).collect());
    CounterNow {
        counter: counter.clone(),
        semantics: Semantics::Cumulative,
        said_again: memory.again(),
        refused: 0,
        happenings,
        left_out,
    }
}

fn windows(counter: &LineId, memory: &WindowMemory) -> CounterNow {
    let (mut said_again, mut refused) = (0, memory.beyond());
    for disputed in memory.disputed() {
        said_again += u64::from(disputed.reports) - 1;
        refused += if disputed.refused_for.is_some() {
            u64::from(disputed.reports)
        } else {
            0
        };
    }
    let (happenings, left_out) = newest(memory.disputed().map(|disputed| reported(&disputed)).collect());
    CounterNow {
        counter: counter.clone(),
        semantics: Semantics::Window,
        said_again,
        refused,
        happenings,
        left_out,
    }
}

fn newest(mut happenings: Vec<Happening>) -> (Vec<Happening>, u64) {
    let older = happenings.len().saturating_sub(HAPPENINGS_MAX);
    happenings.drain(..older);
    (happenings, older as u64)
}

fn stepped(evidence: &Evidence) -> Happening {
    let (kind, otherwise) = match evidence.step {
        Step::Went(_) | Step::Unexplained => (HappeningKind::Unexplained, evidence.leapt),
        Step::Wrapped(_) => (HappeningKind::Wrapped, None),
        Step::Reset(_) => (HappeningKind::Reset, None),
        Step::WrappedOrReset { at_least, .. } => (HappeningKind::WrappedOrReset, Some(at_least)),
        Step::ResetOrWrapped { at_most, .. } => (HappeningKind::ResetOrWrapped, Some(at_most)),
    };
    Happening {
        kind,
        over: TimeRange {
            start: evidence.after,
            end: evidence.at,
        },
        reason: evidence.reason,
        counted: evidence.step.people(),
        otherwise,
        instead: None,
    }
}

fn reported(disputed: &Disputed) -> Happening {
    let refused = disputed.refused_for.is_some();
    Happening {
        kind: if refused {
            HappeningKind::Overlap
        } else {
            HappeningKind::SaidAgain
        },
        over: disputed.over,
        reason: None,
        counted: if refused {
            People::default()
        } else {
            disputed.people
        },
        otherwise: refused.then_some(disputed.people),
        instead: disputed.refused_for,
    }
}
