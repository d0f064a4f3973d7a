//! For development and tests: the world of Throng with its clock, its disk and its people replaced.

pub mod building;
pub mod disk;
pub mod naive;
pub mod random;
pub mod recorded;
pub mod replay;
pub mod trial;
pub mod workload;
