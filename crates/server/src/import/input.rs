//! Opens a file, gzip or plain, and keeps hostile ones in bounds: lines and the whole text have a longest length.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use throng_model::{Fault, FaultCode};

/// The longest line. Ours have below 200 bytes.
const LINE_BYTES_MAX: usize = 64 << 10;
/// The longest text after unpacking: a gzip bomb ends here.
const TEXT_BYTES_MAX: u64 = 8 << 30;

/// Text with capped lines.
pub type Text = Box<dyn BufRead + Send>;

/// Opens a file; gzip is known by its first bytes, not by its name.
pub fn open(path: &Path) -> Result<Text, Fault> {
    let failed =
        |error: io::Error| Fault::new(FaultCode::InvalidFile, format!("{}: {error}", path.display()));
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let packed = file.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
    Ok(if packed {
        capped(flate2::bufread::MultiGzDecoder::new(file))
    } else {
        capped(file)
    })
}

/// Puts the caps around anything that can be read.
pub fn capped(from: impl Read + Send + 'static) -> Text {
    Box::new(BufReader::new(Capped {
        from,
        line: 0,
        total: 0,
    }))
}

struct Capped<R> {
    from: R,
    /// Bytes since the last end of a line.
    line: usize,
    total: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        for byte in buffer.iter().take(n) {
            self.line = if *byte == b'\n' { 0 } else { self.line + 1 };
            if self.line > LINE_BYTES_MAX {
                return Err(io::Error::other(format!(
                    "a line is longer than {LINE_BYTES_MAX} bytes"
                )));
            }
        }
        self.total += n as u64;
        if self.total > TEXT_BYTES_MAX {
            return Err(io::Error::other(format!(
                "the text is longer than {TEXT_BYTES_MAX} bytes"
            )));
        }
        Ok(n)
    }
}
