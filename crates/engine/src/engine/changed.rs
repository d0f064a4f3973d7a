//! What changed since somebody last asked, each named once.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers come from the directory, which these marks mirror"
)]

/// Scopes, or cameras, by number.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    marked: Vec<bool>,
    numbers: Vec<usize>,
}

impl Changed {
    pub fn none(scopes: usize) -> Self {
        Self {
            marked: vec![false; scopes],
            numbers: Vec::new(),
        }
    }

    pub fn take(&mut self) -> Vec<usize> {
        self.take_where(|_| true)
    }

    /// Takes those that may be told; the others stay for another time.
    pub fn take_where(&mut self, may_be_told: impl Fn(usize) -> bool) -> Vec<usize> {
        let numbers = std::mem::take(&mut self.numbers);
        let (told, kept) = numbers.into_iter().partition(|number| may_be_told(*number));
        self.numbers = kept;
        for number in &told {
            self.marked[*number] = false;
        }
        told
    }

    pub fn mark(&mut self, scope: usize) {
        if !std::mem::replace(&mut self.marked[scope], true) {
            self.numbers.push(scope);
        }
    }
}
