//! What `doctor` finds, as things that can be said in any language.

use crate::model::{Errno, Said, said};

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

impl Seen {
    /// What was seen, in words.
    pub fn said(&self) -> Said {
        match self {
            Seen::Release(release) => said!("Linux {release}", release),
            Seen::NoDevice => said!("there is no such device"),
            Seen::Opens => said!("can be opened"),
            Seen::CantOpen(errno) => said!("open: {errno}", errno),
            Seen::Setting { key, value } => said!("{key} is {value}", key, value),
            Seen::NoSetting => said!("no setting forbids them"),
            Seen::LoopbackMade => said!("a lab without a wire was made and taken down"),
            Seen::HostsMade => said!("two hosts were made and taken down"),
            Seen::Failed { attempt, reason } => said!("{attempt}: {reason}", attempt, reason),
            Seen::AllSet => said!("all settings of both presets can be set"),
            Seen::Refused(settings) => said!("can't be set: {settings}", settings),
        }
    }
}

impl Remedy {
    /// What to do, in words.
    pub fn said(&self) -> Said {
        match self {
            Remedy::NewerKernel => said!("sockstep needs Linux 5.9 or newer (close_range)"),
            Remedy::ContainerDevice => said!("start the container with --device /dev/net/tun"),
            Remedy::LoadDriver => said!("load the driver: sudo modprobe tun"),
            Remedy::OpenDevice => said!("open it to everyone: sudo chmod 0666 /dev/net/tun"),
            Remedy::Set { key, value } => {
                said!("sudo sysctl -w {key}={value}, or run sockstep with sudo", key, value)
            }
            Remedy::ContainerPaths => {
                said!("start the container with --security-opt systempaths=unconfined")
            }
            Remedy::LessonsSay => {
                said!("a newer kernel knows more of them; lessons that need one say so")
            }
            Remedy::ContainerNamespaces => said!(
                "start the container with --security-opt seccomp=unconfined, or run outside of it"
            ),
            Remedy::MoreNamespaces => {
                said!("raise the limit: sudo sysctl -w user.max_user_namespaces=15000")
            }
            Remedy::Doctor => said!("`sockstep doctor` tries each part that a lab needs"),
        }
    }
}
