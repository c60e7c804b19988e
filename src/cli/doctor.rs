//! `sockstep doctor`

use std::io::Write as _;

use super::args::Options;
use super::{Exit, column};
use crate::explain::Words;
use crate::lab::examine;
use crate::model::Rung;

/// Prints what this machine allows; 3 if it can't run a lab with a wire.
pub(super) fn doctor(options: &Options) -> anyhow::Result<Exit> {
    let words = Words::new(options.lang());
    let examination = examine();
    let mut out = std::io::stdout().lock();
    for finding in &examination.findings {
        let mark = words.ui(if finding.fine { "doctor-ok" } else { "doctor-missing" });
        let (mark, part) = (column(mark, 7), column(part(finding.part, &words), 16));
        writeln!(out, "{mark}  {part}  {}", words.said(&finding.seen.said()))?;
        if let Some(found) = &finding.remedy {
            writeln!(out, "{:27}{}", "", words.said(&found.said()))?;
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
