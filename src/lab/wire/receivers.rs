//! Who receives a packet: the host that has the address, or every host of the network.
//!
//! A wire does not know groups: nobody hears a multicast packet.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::model::HostName;

/// How many bits of an IPv4 address name the network. Every host of a lab has this prefix.
const PREFIX: u32 = 24;

/// The hosts on the wire by their addresses.
#[derive(Debug, Default)]
pub(super) struct Receivers(BTreeMap<IpAddr, HostName>);

impl Receivers {
    /// These hosts.
    pub fn new(addresses: impl IntoIterator<Item = (IpAddr, HostName)>) -> Self {
        Self(addresses.into_iter().collect())
    }

    /// The host that has this address.
    pub fn of(&self, address: IpAddr) -> Option<&HostName> {
        self.0.get(&address)
    }

    /// All that a packet from this host to this address is for, if it is a broadcast address: of
    /// 255.255.255.255 every other host, of a network's last address every other host in it
    /// (RFC 919). Of any other address nobody.
    pub fn everybody(&self, from: &HostName, address: IpAddr) -> Vec<HostName> {
        let IpAddr::V4(to) = address else { return Vec::new() };
        if self.0.contains_key(&address) || !(to.is_broadcast() || is_last(to)) {
            return Vec::new();
        }
        let meant = |own: &IpAddr| match own {
            IpAddr::V4(own) => to.is_broadcast() || last(*own) == to,
            IpAddr::V6(_) => false,
        };
        let others = self.0.iter().filter(|(own, name)| meant(own) && *name != from);
        others.map(|(_, name)| name.clone()).collect()
    }
}

/// The last address of the network to which this one belongs.
fn last(address: Ipv4Addr) -> Ipv4Addr {
    Ipv4Addr::from_bits(address.to_bits() | (u32::MAX >> PREFIX))
}

fn is_last(address: Ipv4Addr) -> bool {
    last(address) == address && !address.is_multicast()
}
