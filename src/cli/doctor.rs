//! `sockstep doctor`

use std::fmt::Display;
use std::io::Write as _;

use super::args::Options;
use super::{Exit, column};
use crate::explain::Words;
use crate::lab::{Remedy, Seen, examine};
use crate::model::Rung;

/// Prints what this machine allows; 3 if it can't run a lab with a wire.
pub(super) fn doctor(options: &Options) -> anyhow::Result<Exit> {
    let words = Words::new(options.lang());
    let examination = examine();
    let mut out = std::io::stdout().lock();
    for finding in &examination.findings {
        let mark = words.ui(if finding.fine { "doctor-ok" } else { "doctor-missing" });
        let (mark, part) = (column(mark, 7), column(part(finding.part, &words), 16));
        writeln!(out, "{mark}  {part}  {}", seen(&finding.seen, &words))?;
        if let Some(found) = &finding.remedy {
            writeln!(out, "{:27}{}", "", remedy(found, &words))?;
        }
    }
    let (verdict, exit) = match examination.rung {
        Some(Rung::Wire) => ("doctor-wire", Exit::Fine),
        Some(Rung::Loopback) => ("doctor-loopback", Exit::Unable),
        None => ("doctor-none", Exit::Unable),
    };
    writeln!(out, "\n{}", words.ui(verdict))?;
    Ok(exit)
}

/// The name of a part; paths and the like are the same in every language.
fn part<'a>(part: &'a str, words: &'a Words) -> &'a str {
    match part {
        "kernel" => words.ui("part-kernel"),
        "user namespaces" => words.ui("part-namespaces"),
        "loopback" => words.ui("part-loopback"),
        "lab" => words.ui("part-lab"),
        other => other,
    }
}

fn seen(seen: &Seen, words: &Words) -> String {
    let (key, values): (_, Vec<(&str, &dyn Display)>) = match seen {
        Seen::Release(release) => ("seen-release", vec![("release", release)]),
        Seen::NoDevice => ("seen-no-device", vec![]),
        Seen::Opens => ("seen-opens", vec![]),
        Seen::CantOpen(errno) => ("seen-cant-open", vec![("errno", errno)]),
        Seen::Setting { key, value } => ("seen-setting", vec![("key", key), ("value", value)]),
        Seen::NoSetting => ("seen-no-setting", vec![]),
        Seen::LoopbackMade => ("seen-loopback-made", vec![]),
        Seen::HostsMade => ("seen-hosts-made", vec![]),
        Seen::Failed { attempt, reason } => {
            ("seen-failed", vec![("attempt", attempt), ("reason", reason)])
        }
        Seen::AllSet => ("seen-all-set", vec![]),
        Seen::Refused(settings) => ("seen-refused", vec![("settings", settings)]),
    };
    words.ui_with(key, &values)
}

fn remedy(remedy: &Remedy, words: &Words) -> String {
    let key = match remedy {
        Remedy::NewerKernel => "remedy-newer-kernel",
        Remedy::ContainerDevice => "remedy-container-device",
        Remedy::LoadDriver => "remedy-load-driver",
        Remedy::OpenDevice => "remedy-open-device",
        Remedy::Set { key, value } => {
            return words.ui_with("remedy-set", &[("key", key), ("value", value)]);
        }
        Remedy::ContainerPaths => "remedy-container-paths",
        Remedy::LessonsSay => "remedy-lessons-say",
        Remedy::ContainerNamespaces => "remedy-container-namespaces",
        Remedy::MoreNamespaces => "remedy-more-namespaces",
        Remedy::Doctor => "remedy-doctor",
    };
    words.ui(key).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Errno, Lang};

    #[test]
    fn the_english_of_the_catalogue_is_what_the_lab_says_and_the_chinese_is_not() {
        let [english, chinese] = Lang::ALL.map(Words::new);
        let key = || "net.key".to_owned();
        let all = [
            Seen::NoDevice,
            Seen::Opens,
            Seen::CantOpen(Errno(13)),
            Seen::Setting { key: key(), value: "1" },
            Seen::NoSetting,
            Seen::LoopbackMade,
            Seen::HostsMade,
            Seen::Failed { attempt: "try".to_owned(), reason: "EPERM".to_owned() },
            Seen::AllSet,
            Seen::Refused("net.key EACCES".to_owned()),
        ];
        for found in all {
            assert_eq!(seen(&found, &english), found.to_string());
            assert_ne!(seen(&found, &chinese), found.to_string());
        }
        let all = [
            Remedy::NewerKernel,
            Remedy::ContainerDevice,
            Remedy::LoadDriver,
            Remedy::OpenDevice,
            Remedy::Set { key: key(), value: "0" },
            Remedy::ContainerPaths,
            Remedy::LessonsSay,
            Remedy::ContainerNamespaces,
            Remedy::MoreNamespaces,
            Remedy::Doctor,
        ];
        for found in all {
            assert_eq!(remedy(&found, &english), found.to_string());
            assert_ne!(remedy(&found, &chinese), found.to_string());
        }
    }
}
