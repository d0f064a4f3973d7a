//! Asking for memory before it is needed.
//!
//! Every camera's numbers lie somewhere else, and a turn visits one after the other: where there are many, it would mostly wait for
//! main memory. What the next one begins with is asked for while this one is worked on.

/// Asks for what lies here: it is on its way, and nothing waits for it.
#[cfg(target_arch = "x86_64")]
pub(crate) fn prefetch<T>(what: &T) {
    safe_arch::prefetch_t0(what);
}

/// Asks for nothing: there is no instruction for it that could be used safely.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn prefetch<T>(_what: &T) {}

/// Asks for the last of these, behind which more will be put.
pub(crate) fn prefetch_end<T>(all: &[T]) {
    if let Some(last) = all.last() {
        prefetch(last);
    }
}
