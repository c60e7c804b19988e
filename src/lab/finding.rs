//! What `doctor` finds, as things that can be said in any language; here in English.

use std::fmt;

use crate::model::Errno;

/// One part that a lab needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part.
    pub part: &'static str,
    /// Whether it is there.
    pub fine: bool,
    /// What was seen.
    pub seen: Seen,
    /// What to do if it is not there.
    pub remedy: Option<Remedy>,
}

/// What was seen of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The kernel's release.
    Release(String),
    /// There is no such device.
    NoDevice,
    /// The device can be opened.
    Opens,
    /// It can't, with this error.
    CantOpen(Errno),
    /// A setting that forbids user namespaces has this value.
    Setting {
        /// Its name.
        key: String,
        /// Its value.
        value: &'static str,
    },
    /// No setting forbids them.
    NoSetting,
    /// A lab without a wire was made and taken down.
    LoopbackMade,
    /// Two hosts were made and taken down.
    HostsMade,
    /// An attempt failed.
    Failed {
        /// What was tried.
        attempt: String,
        /// The errno's name and the system's words for it.
        reason: String,
    },
    /// Every setting of the presets can be set.
    AllSet,
    /// These can't, each with its error.
    Refused(String),
}

/// What to do about a part that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Take a newer kernel.
    NewerKernel,
    /// Give the container the device.
    ContainerDevice,
    /// Load the driver.
    LoadDriver,
    /// Let everyone open the device.
    OpenDevice,
    /// Set this setting so.
    Set {
        /// Its name.
        key: String,
        /// The value that allows it.
        value: &'static str,
    },
    /// Let the container write settings.
    ContainerPaths,
    /// Nothing: a newer kernel would know more settings.
    LessonsSay,
    /// Let the container make namespaces.
    ContainerNamespaces,
    /// Allow more namespaces.
    MoreNamespaces,
    /// Ask the doctor.
    Doctor,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seen::Release(release) => write!(f, "Linux {release}"),
            Seen::NoDevice => f.write_str("there is no such device"),
            Seen::Opens => f.write_str("can be opened"),
            Seen::CantOpen(errno) => write!(f, "open: {errno}"),
            Seen::Setting { key, value } => write!(f, "{key} is {value}"),
            Seen::NoSetting => f.write_str("no setting forbids them"),
            Seen::LoopbackMade => f.write_str("a lab without a wire was made and taken down"),
            Seen::HostsMade => f.write_str("two hosts were made and taken down"),
            Seen::Failed { attempt, reason } => write!(f, "{attempt}: {reason}"),
            Seen::AllSet => f.write_str("all settings of both presets can be set"),
            Seen::Refused(settings) => write!(f, "can't be set: {settings}"),
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Remedy::NewerKernel => "sockstep needs Linux 5.9 or newer (close_range)",
            Remedy::ContainerDevice => "start the container with --device /dev/net/tun",
            Remedy::LoadDriver => "load the driver: sudo modprobe tun",
            Remedy::OpenDevice => "open it to everyone: sudo chmod 0666 /dev/net/tun",
            Remedy::Set { key, value } => {
                return write!(f, "sudo sysctl -w {key}={value}, or run sockstep with sudo");
            }
            Remedy::ContainerPaths => {
                "start the container with --security-opt systempaths=unconfined"
            }
            Remedy::LessonsSay => "a newer kernel knows more of them; lessons that need one say so",
            Remedy::ContainerNamespaces => {
                "start the container with --security-opt seccomp=unconfined, or run outside of it"
            }
            Remedy::MoreNamespaces => {
                "raise the limit: sudo sysctl -w user.max_user_namespaces=15000"
            }
            Remedy::Doctor => "`sockstep doctor` tries each part that a lab needs",
        })
    }
}
