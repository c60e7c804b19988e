//! Addresses as text and as bytes.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::arena::{ERRNO_ADDRESS, HOSTENT, NTOA};
use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::Args;

const EAFNOSUPPORT: i64 = 97;
const ENOSPC: i64 = 28;
const AF_INET: i64 = 2;
const AF_INET6: i64 = 10;

/// What is done with addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Network {
    InetAddr, InetAton, InetPton, InetNtop, InetNtoa, IsV4Mapped, Gethostbyname,
}

pub(super) fn run(which: Network, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    match which {
        Network::InetAddr => {
            let text = reach.text(a.address(0))?;
            // INADDR_NONE, which is also 255.255.255.255: an old flaw of the function.
            Ok(aton(&text).map_or(0xffff_ffff, |ip| i64::from(u32::from(ip).swap_bytes())))
        }
        Network::InetAton => {
            let text = reach.text(a.address(0))?;
            let Some(ip) = aton(&text) else { return Ok(0) };
            reach.write(a.address(1), &ip.octets())?;
            Ok(1)
        }
        Network::InetPton => pton(a, reach),
        Network::InetNtop => ntop(a, reach),
        Network::InetNtoa => {
            // A struct's value is its address.
            let bytes = reach.read(a.address(0), 4)?;
            let ip = Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]);
            reach.write(NTOA, format!("{ip}\0").as_bytes())?;
            Ok(NTOA as i64)
        }
        Network::Gethostbyname => host(a, reach),
        Network::IsV4Mapped => {
            let bytes = reach.read(a.address(0), 16)?;
            Ok(i64::from(bytes[..10].iter().all(|b| *b == 0) && bytes[10..12] == [0xff, 0xff]))
        }
    }
}

/// A `struct hostent` for an address in dots, or `localhost`. A lab asks no DNS: every other name
/// is unknown, and NULL.
fn host(a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    const NAME: u64 = HOSTENT + 64;
    let mut text = reach.text(a.address(0))?;
    let ip = if text == b"localhost" { Some(Ipv4Addr::LOCALHOST) } else { aton(&text) };
    let Some(ip) = ip else { return Ok(0) };
    text.truncate(63);
    text.push(0);
    reach.write(NAME, &text)?;
    // h_name, h_aliases, h_addrtype and h_length, h_addr_list; behind them both lists, the address.
    let parts = [NAME, HOSTENT + 32, AF_INET as u64 | 4 << 32, HOSTENT + 40, 0, HOSTENT + 56, 0];
    for (at, part) in (0..).zip(parts) {
        reach.store(HOSTENT + 8 * at, Int::LONG, part as i64)?;
    }
    reach.write(HOSTENT + 56, &ip.octets())?;
    Ok(HOSTENT as i64)
}

fn pton(a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    let bytes = match a.int(0) {
        AF_INET => {
            let text = reach.text(a.address(1))?;
            text_of(&text).and_then(|t| t.parse::<Ipv4Addr>().ok()).map(|ip| ip.octets().to_vec())
        }
        AF_INET6 => {
            let text = reach.text(a.address(1))?;
            text_of(&text).and_then(|t| t.parse::<Ipv6Addr>().ok()).map(|ip| ip.octets().to_vec())
        }
        _ => {
            reach.store(ERRNO_ADDRESS, Int::INT, EAFNOSUPPORT)?;
            return Ok(-1);
        }
    };
    let Some(bytes) = bytes else { return Ok(0) };
    reach.write(a.address(2), &bytes)?;
    Ok(1)
}

fn ntop(a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    let text = match a.int(0) {
        AF_INET => {
            let b = reach.read(a.address(1), 4)?;
            Ipv4Addr::new(b[0], b[1], b[2], b[3]).to_string()
        }
        AF_INET6 => {
            let bytes = reach.read(a.address(1), 16)?;
            let octets: [u8; 16] = bytes.try_into().map_err(|_| Fault::Misused)?;
            ipv6_text(Ipv6Addr::from(octets))
        }
        _ => {
            reach.store(ERRNO_ADDRESS, Int::INT, EAFNOSUPPORT)?;
            return Ok(0);
        }
    };
    if text.len() as i64 >= a.int(3) {
        reach.store(ERRNO_ADDRESS, Int::INT, ENOSPC)?;
        return Ok(0);
    }
    reach.write(a.address(2), format!("{text}\0").as_bytes())?;
    Ok(a.int(2))
}

/// As glibc writes it: like Rust, and old IPv4-compatible addresses with dots too.
pub(crate) fn ipv6_text(ip: Ipv6Addr) -> String {
    let segments = ip.segments();
    let compatible = segments[..6].iter().all(|part| *part == 0) && segments[6] != 0;
    match ip.octets()[12..] {
        [a, b, c, d] if compatible => format!("::{a}.{b}.{c}.{d}"),
        _ => ip.to_string(),
    }
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// `inet_aton`: one to four numbers, decimal, octal (0…) or hexadecimal (0x…); the last fills
/// what is left. White space ends it.
fn aton(bytes: &[u8]) -> Option<Ipv4Addr> {
    let text = text_of(bytes)?;
    let text = text.split(|c: char| c.is_ascii_whitespace()).next()?;
    let parts: Vec<u32> = text.split('.').map(part).collect::<Option<_>>()?;
    let (last, front) = parts.split_last()?;
    if front.len() > 3 || front.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * front.len() as u32;
    if u64::from(*last) >= 1u64 << room {
        return None;
    }
    let shifts = [24, 16, 8];
    let value = front.iter().zip(shifts).fold(*last, |value, (part, shift)| value | part << shift);
    Some(Ipv4Addr::from(value))
}

fn part(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.as_str() {
        hex if hex.starts_with("0x") => (16, &lower[2..]),
        octal if octal.len() > 1 && octal.starts_with('0') => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inet_aton_reads_the_old_forms_too() {
        let ip = |text: &str| aton(text.as_bytes()).map(|ip| ip.to_string());
        assert_eq!(ip("198.51.100.1").as_deref(), Some("198.51.100.1"));
        assert_eq!(ip("127.1").as_deref(), Some("127.0.0.1"));
        assert_eq!(ip("0x7f.0.0.010").as_deref(), Some("127.0.0.8"));
        assert_eq!(ip("1").as_deref(), Some("0.0.0.1"));
        assert_eq!(ip("1.2.3.4 and more").as_deref(), Some("1.2.3.4"));
        for wrong in ["", "256.1.1.1", "1.2.3.256", "1.2.3.4.5", "a", "1..2", "4294967296", "09"] {
            assert_eq!(ip(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn ipv6_is_written_as_glibc_does() {
        let text = |t: &str| ipv6_text(t.parse().expect("an address"));
        assert_eq!(text("2001:db8:0:0:0:0:0:1"), "2001:db8::1");
        assert_eq!(text("::ffff:198.51.100.1"), "::ffff:198.51.100.1");
        assert_eq!(text("::1"), "::1");
        assert_eq!(text("::1.2.3.4"), "::1.2.3.4");
    }
}
