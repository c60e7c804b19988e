//! What this machine allows, and what to do where it does not.
//!
//! Each part is tried, not guessed: a lab is made and asked.

use std::fs;
use std::path::Path;

use nix::errno::Errno;

use super::birth::{Lineage, give_birth};
use super::failure::Failure;
use super::finding::{Finding, Remedy, Seen};
use super::order::{Answer, HostPlan, Order};
use super::preset::settings;
use crate::model::{LabSpec, Preset, Rung};

/// All that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Part by part.
    pub findings: Vec<Finding>,
    /// The best kind of lab that this machine gives.
    pub rung: Option<Rung>,
}

/// Tries every part of a lab.
pub fn examine() -> Examination {
    let mut findings = vec![kernel(), tun_device(), user_namespaces()];
    let mut rung = None;
    match make_hosts(Rung::Loopback, &[Vec::new(), Vec::new()]) {
        Ok(_) => {
            rung = Some(Rung::Loopback);
            findings.push(fine("loopback", Seen::LoopbackMade));
        }
        Err(failure) => findings.push(missing("loopback", &failure)),
    }
    match try_lab() {
        Ok(refused) => {
            rung = Some(Rung::Wire);
            findings.push(fine("lab", Seen::HostsMade));
            findings.push(settings_found(&refused));
        }
        Err(failure) => findings.push(missing("lab", &failure)),
    }
    Examination { findings, rung }
}

fn fine(part: &'static str, seen: Seen) -> Finding {
    Finding { part, fine: true, seen, remedy: None }
}

fn missing(part: &'static str, failure: &Failure) -> Finding {
    let seen = Seen::Failed { attempt: failure.attempt.clone(), reason: failure.reason() };
    Finding { part, fine: false, seen, remedy: Some(remedy(failure)) }
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn kernel() -> Finding {
    let release = read("/proc/sys/kernel/osrelease").unwrap_or_else(|| "not reported".into());
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let version: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let new_enough = version >= (5, 9);
    Finding {
        part: "kernel",
        fine: new_enough,
        seen: Seen::Release(release),
        remedy: (!new_enough).then_some(Remedy::NewerKernel),
    }
}

fn tun_device() -> Finding {
    let part = "/dev/net/tun";
    if !Path::new(part).exists() {
        let remedy = if in_container() { Remedy::ContainerDevice } else { Remedy::LoadDriver };
        return Finding { part, fine: false, seen: Seen::NoDevice, remedy: Some(remedy) };
    }
    match fs::OpenOptions::new().read(true).write(true).open(part) {
        Ok(_) => fine(part, Seen::Opens),
        Err(error) => {
            let errno = crate::model::Errno(error.raw_os_error().unwrap_or(0));
            let (seen, remedy) = (Seen::CantOpen(errno), Some(Remedy::OpenDevice));
            Finding { part, fine: false, seen, remedy }
        }
    }
}

/// The knobs with which distributions forbid user namespaces to ordinary users.
fn user_namespaces() -> Finding {
    let part = "user namespaces";
    let root = nix::unistd::geteuid().is_root();
    let knobs = [
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "1"),
        ("/proc/sys/user/max_user_namespaces", "0", "15000"),
    ];
    for (path, forbids, allows) in knobs {
        let only_others = root && !path.contains("max_user");
        if read(path).as_deref() == Some(forbids) && !only_others {
            let key = path.trim_start_matches("/proc/sys/").replace('/', ".");
            return Finding {
                part,
                fine: false,
                seen: Seen::Setting { key: key.clone(), value: forbids },
                remedy: Some(Remedy::Set { key, value: allows }),
            };
        }
    }
    fine(part, Seen::NoSetting)
}

fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|path| Path::new(path).exists())
}

/// Whether a lab with a wire can be had here; found out by making a host. Settings do not matter
/// for that, and the start of the program waits for it.
pub fn wire_is_possible() -> bool {
    make_hosts(Rung::Wire, &[Vec::new()]).is_ok()
}

/// Makes a lab with one host of each preset's settings, and gives back those that were refused.
fn try_lab() -> Result<Vec<(String, i32)>, Failure> {
    make_hosts(Rung::Wire, &[Preset::Calm, Preset::Quick].map(settings))
}

/// Makes a lab with a host for each of these settings, takes it down, and gives back those that
/// were refused.
fn make_hosts(
    rung: Rung,
    settings: &[Vec<(String, String)>],
) -> Result<Vec<(String, i32)>, Failure> {
    let mut lineage = give_birth(Path::new("/proc/self/exe"), rung)?;
    let made = ask_for_hosts(&mut lineage, settings);
    drop((lineage.life, lineage.first));
    let _ = lineage.keeper.wait();
    let mut refused = made?;
    refused.sort();
    refused.dedup();
    Ok(refused)
}

fn ask_for_hosts(
    lineage: &mut Lineage,
    settings: &[Vec<(String, String)>],
) -> Result<Vec<(String, i32)>, Failure> {
    let mut refused = Vec::new();
    for (spec, settings) in LabSpec::two_hosts().hosts.iter().zip(settings) {
        let plan = HostPlan {
            name: spec.name.clone(),
            v4: spec.v4,
            v6: spec.v6,
            quickack: true,
            settings: settings.clone(),
        };
        if let (Answer::Host { refused: some }, _) =
            lineage.first.order(&Order::MakeHost(plan), &[])?
        {
            refused.extend(some);
        }
    }
    Ok(refused)
}

fn settings_found(refused: &[(String, i32)]) -> Finding {
    if refused.is_empty() {
        return fine("sysctls", Seen::AllSet);
    }
    let named = refused.iter().map(|(key, errno)| format!("{key} {}", crate::model::Errno(*errno)));
    let remedy = if in_container() { Remedy::ContainerPaths } else { Remedy::LessonsSay };
    Finding {
        part: "sysctls",
        fine: false,
        seen: Seen::Refused(named.collect::<Vec<_>>().join(", ")),
        remedy: Some(remedy),
    }
}

/// What to do about a lab that could not be made.
pub(super) fn remedy(failure: &Failure) -> Remedy {
    let attempt = failure.attempt.as_str();
    let blocked = [user_namespaces(), tun_device()].into_iter().find(|finding| !finding.fine);
    if let Some(remedy) = blocked.and_then(|finding| finding.remedy) {
        return remedy;
    }
    match failure.errno {
        Errno::EPERM | Errno::EACCES if attempt.contains("namespace") && in_container() => {
            Remedy::ContainerNamespaces
        }
        Errno::ENOSPC | Errno::EUSERS if attempt.contains("namespace") => Remedy::MoreNamespaces,
        _ => Remedy::Doctor,
    }
}
