//! What a lesson needs of the machine besides a lab.

use std::fmt;

/// Something that not every Linux machine has. A lesson names what it needs, so that it is skipped
/// with a reason where that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// A program that is found by `PATH`; a `run` line starts it.
    Program(String),
    /// Linux of this version at least: major and minor number.
    Linux(u32, u32),
    /// A part of the kernel.
    Part(KernelPart),
}

/// A part of the kernel that can be left out when it is built, by its option in `Kconfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KernelPart {
    /// CONFIG_INET_DIAG_DESTROY: an administrator may abort sockets (`ss -K`).
    InetDiagDestroy,
    /// CONFIG_IP_MROUTE: IPv4 multicast routing.
    IpMroute,
    /// CONFIG_KALLSYMS: the kernel's functions by name, in `/proc/kallsyms`.
    Kallsyms,
}

impl KernelPart {
    /// Every part.
    pub const ALL: [KernelPart; 3] =
        [KernelPart::InetDiagDestroy, KernelPart::IpMroute, KernelPart::Kallsyms];

    /// The name of its option.
    pub fn option(self) -> &'static str {
        match self {
            KernelPart::InetDiagDestroy => "CONFIG_INET_DIAG_DESTROY",
            KernelPart::IpMroute => "CONFIG_IP_MROUTE",
            KernelPart::Kallsyms => "CONFIG_KALLSYMS",
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Need::Program(name) => f.write_str(name),
            Need::Linux(major, minor) => write!(f, "Linux {major}.{minor}"),
            Need::Part(part) => f.write_str(part.option()),
        }
    }
}
