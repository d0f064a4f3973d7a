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
        let numbers = std::mem::take(&mut self.numbers);
        for number in &numbers {
            self.marked[*number] = false;
        }
        numbers
    }

    pub fn mark(&mut self, scope: usize) {
        if !std::mem::replace(&mut self.marked[scope], true) {
            self.numbers.push(scope);
        }
    }
}
