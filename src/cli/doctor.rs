//! `sockstep doctor`

use std::io::Write as _;

use super::Exit;
use crate::lab::examine;
use crate::model::Rung;

/// Prints what this machine allows; 3 if it can't run a lab with a wire.
pub(super) fn doctor() -> anyhow::Result<Exit> {
    let examination = examine();
    let mut out = std::io::stdout().lock();
    for finding in &examination.findings {
        let mark = if finding.fine { "ok     " } else { "MISSING" };
        writeln!(out, "{mark}  {:<16}  {}", finding.part, finding.seen)?;
        if let Some(remedy) = &finding.remedy {
            writeln!(out, "{:27}{remedy}", "")?;
        }
    }
    let (verdict, exit) = match examination.rung {
        Some(Rung::Wire) => {
            ("this machine gives the whole lab: hosts, and the wire in your hands", Exit::Fine)
        }
        Some(Rung::Loopback) => (
            "this machine gives the loopback lab: real sockets and states, no packets",
            Exit::Unable,
        ),
        None => ("this machine gives no lab", Exit::Unable),
    };
    writeln!(out, "\n{verdict}")?;
    Ok(exit)
}
