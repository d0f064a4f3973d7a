//! Writes workload W5 as CSV to standard output, for the engines we are compared with: `workload_csv [events] [cameras]`.

use std::io::{BufWriter, Result, stdout};
use throng_sim::workload::{Workload, write_csv};

fn main() -> Result<()> {
    let mut arguments = std::env::args()
        .skip(1)
        .map_while(|text| text.parse::<u32>().ok());
    let (events, cameras) = (
        arguments.next().unwrap_or(10_000_000),
        arguments.next().unwrap_or(1_000),
    );
    let crossings = Workload::w5(events as usize, cameras).crossings();
    write_csv(&crossings, BufWriter::with_capacity(1 << 20, stdout().lock()))
}
