//! Where to listen, as people write it.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::net::{Ipv4Addr, SocketAddr};

/// Reads an address and a port. The one name that means the same everywhere is `localhost`; others are not looked up, as what
/// they stand for may change and can be more than one address.
pub fn parse(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text
        .strip_prefix("localhost:")
        .and_then(|port| port.parse::<u16>().ok())
    {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse().map_err(|_| {
        format!(
            "{text:?} is not an address with a port, like 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080 (every address) or localhost:8080"
        )
    })
}

pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    parse(&String::deserialize(from)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_with_numbers_or_as_localhost() {
        for (text, address) in [
            ("localhost:8095", "127.0.0.1:8095"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(parse(text).expect(text).to_string(), address);
        }
        for wrong in ["localhost", "localhost:x", "door.example:80", "8080", ""] {
            assert!(
                parse(wrong).expect_err(wrong).contains("127.0.0.1:8080"),
                "{wrong}"
            );
        }
    }
}
