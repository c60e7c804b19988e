//! The few requests of rtnetlink(7) that set up a host: a link, its addresses, its routes.
//!
//! Each is answered by an acknowledgment or an errno ([`super::Sense`]).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{ACK, CREATE, REPLACE, REQUEST, Writer};

const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_DELROUTE: u16 = 25;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

const IFF_UP: u32 = 1;
const IFLA_MTU: u16 = 4;
const IFLA_TXQLEN: u16 = 13;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;
const IFA_F_NODAD: u8 = 0x02;
const IFA_F_PERMANENT: u8 = 0x80;

const RT_TABLE_MAIN: u8 = 254;
const RT_TABLE_LOCAL: u8 = 255;
/// Who made the route: the kernel itself, as for the connected route that is replaced.
const RTPROT_KERNEL: u8 = 2;
const RT_SCOPE_UNIVERSE: u8 = 0;
const RT_SCOPE_LINK: u8 = 253;
const RT_SCOPE_HOST: u8 = 254;
const RTN_UNICAST: u8 = 1;
const RTN_LOCAL: u8 = 2;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
const RTAX_QUICKACK: u16 = 15;
/// The priority that the kernel gives the IPv6 routes it makes itself (`IP6_RT_PRIO_ADDRCONF`).
const IPV6_KERNEL_PRIORITY: u32 = 256;

/// `RTM_NEWLINK`: switches interface `index` on and, if given, sets its MTU in bytes.
pub fn link_up(index: u32, mtu: Option<u32>, sequence: u32) -> Vec<u8> {
    let mut writer = Writer::new(RTM_NEWLINK, REQUEST | ACK, sequence);
    // struct ifinfomsg: family, padding, type, index, flags, mask of the flags that count.
    writer.bytes(&[0; 4]);
    writer.bytes(&index.to_ne_bytes());
    writer.bytes(&IFF_UP.to_ne_bytes());
    writer.bytes(&IFF_UP.to_ne_bytes());
    if let Some(mtu) = mtu {
        writer.attribute_u32(IFLA_MTU, mtu);
    }
    writer.finish()
}

/// `RTM_NEWLINK`: how many packets may wait on interface `index` until somebody takes them.
pub fn queue_length(index: u32, packets: u32, sequence: u32) -> Vec<u8> {
    let mut writer = Writer::new(RTM_NEWLINK, REQUEST | ACK, sequence);
    // struct ifinfomsg as in `link_up`; no flag counts.
    writer.bytes(&[0; 4]);
    writer.bytes(&index.to_ne_bytes());
    writer.bytes(&[0; 8]);
    writer.attribute_u32(IFLA_TXQLEN, packets);
    writer.finish()
}

/// `RTM_NEWADDR`: gives interface `index` an address. An IPv6 address can be used at once: nobody
/// is asked first whether it is taken (`IFA_F_NODAD`).
pub fn address(index: u32, address: IpAddr, prefix: u8, sequence: u32) -> Vec<u8> {
    let mut writer = Writer::new(RTM_NEWADDR, REQUEST | ACK | CREATE | REPLACE, sequence);
    let flags = if address.is_ipv6() { IFA_F_NODAD | IFA_F_PERMANENT } else { IFA_F_PERMANENT };
    // struct ifaddrmsg: family, prefix, flags, scope, index.
    writer.bytes(&[family(address), prefix, flags, 0]);
    writer.bytes(&index.to_ne_bytes());
    with_octets(address, |octets| {
        writer.attribute(IFA_LOCAL, octets);
        writer.attribute(IFA_ADDRESS, octets);
    });
    writer.attribute_u32(IFA_FLAGS, u32::from(flags));
    writer.finish()
}

/// `RTM_NEWROUTE`: replaces the connected route that the kernel made for `address`/`prefix` on
/// interface `index` by an equal one on which every ACK is sent at once (`RTAX_QUICKACK`).
pub fn quickack(index: u32, address: IpAddr, prefix: u8, sequence: u32) -> Vec<u8> {
    let mut writer = Writer::new(RTM_NEWROUTE, REQUEST | ACK | CREATE | REPLACE, sequence);
    let scope = if address.is_ipv6() { RT_SCOPE_UNIVERSE } else { RT_SCOPE_LINK };
    // struct rtmsg: family, destination's and source's prefix, tos, table, protocol, scope, type,
    // flags.
    writer.bytes(&[family(address), prefix, 0, 0, RT_TABLE_MAIN, RTPROT_KERNEL, scope]);
    writer.bytes(&[RTN_UNICAST, 0, 0, 0, 0]);
    with_octets(network(address, prefix), |octets| writer.attribute(RTA_DST, octets));
    writer.attribute_u32(RTA_OIF, index);
    match address {
        IpAddr::V4(own) => writer.attribute(RTA_PREFSRC, &own.octets()),
        // Another priority would be a second route beside the kernel's.
        IpAddr::V6(_) => writer.attribute_u32(RTA_PRIORITY, IPV6_KERNEL_PRIORITY),
    }
    writer.nested(RTA_METRICS, |metrics| metrics.attribute_u32(RTAX_QUICKACK, 1));
    writer.finish()
}

/// `RTM_NEWROUTE`: the same for the route by which a host reaches its own `address` (for all of
/// 127.0.0.0/8 with the prefix 8). Over IPv6 it is a second route beside the kernel's, which
/// [`forget_local`] takes away first.
pub fn local_quickack(index: u32, address: IpAddr, prefix: u8, sequence: u32) -> Vec<u8> {
    let mut writer = local(RTM_NEWROUTE, CREATE | REPLACE, address, prefix, sequence);
    writer.attribute_u32(RTA_OIF, index);
    if let IpAddr::V4(own) = address {
        writer.attribute(RTA_PREFSRC, &own.octets());
    }
    writer.nested(RTA_METRICS, |metrics| metrics.attribute_u32(RTAX_QUICKACK, 1));
    writer.finish()
}

/// `RTM_DELROUTE`: takes away the route that the kernel made for a host's own IPv6 address.
pub fn forget_local(index: u32, address: Ipv6Addr, sequence: u32) -> Vec<u8> {
    let mut writer = local(RTM_DELROUTE, 0, address.into(), 128, sequence);
    writer.attribute_u32(RTA_OIF, index);
    writer.finish()
}

fn local(kind: u16, flags: u16, address: IpAddr, prefix: u8, sequence: u32) -> Writer {
    let mut writer = Writer::new(kind, REQUEST | ACK | flags, sequence);
    let scope = if address.is_ipv6() { RT_SCOPE_UNIVERSE } else { RT_SCOPE_HOST };
    // struct rtmsg as in `quickack`.
    writer.bytes(&[family(address), prefix, 0, 0, RT_TABLE_LOCAL, RTPROT_KERNEL, scope]);
    writer.bytes(&[RTN_LOCAL, 0, 0, 0, 0]);
    with_octets(network(address, prefix), |octets| writer.attribute(RTA_DST, octets));
    writer
}

fn family(address: IpAddr) -> u8 {
    if address.is_ipv6() { AF_INET6 } else { AF_INET }
}

fn with_octets(address: IpAddr, use_them: impl FnOnce(&[u8])) {
    match address {
        IpAddr::V4(v4) => use_them(&v4.octets()),
        IpAddr::V6(v6) => use_them(&v6.octets()),
    }
}

/// `address` with all bits behind the prefix cleared.
fn network(address: IpAddr, prefix: u8) -> IpAddr {
    let bits = u32::from(prefix);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32u32.saturating_sub(bits)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128u32.saturating_sub(bits)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_without_its_host_part() {
        let cut =
            |text: &str, prefix| network(text.parse().expect("an address"), prefix).to_string();
        assert_eq!(cut("198.51.100.2", 24), "198.51.100.0");
        assert_eq!(cut("198.51.100.2", 32), "198.51.100.2");
        assert_eq!(cut("198.51.100.2", 0), "0.0.0.0");
        assert_eq!(cut("198.51.100.2", 200), "198.51.100.2");
        assert_eq!(cut("2001:db8::2", 64), "2001:db8::");
        assert_eq!(cut("2001:db8::2", 0), "::");
    }
}
