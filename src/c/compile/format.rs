//! Formats of `printf` and its kin that stand there as strings: known conversions, as many arguments.

use super::super::ast::{Expr, ExprKind};
use super::super::builtins::{Builtin, Format, conversions, needed};
use super::super::calls::{CallHelp, Does};
use super::super::error::Error;
use crate::model::said;

/// Checks a format that stands there as a string: known conversions, as many arguments.
pub(super) fn check_format(call: &CallHelp, arguments: &[Expr]) -> Result<(), Error> {
    let at = match call.does {
        Does::Here(Builtin::Format(Format::Printf)) => 0,
        Does::Here(Builtin::Format(Format::Fprintf | Format::Sprintf)) => 1,
        Does::Here(Builtin::Format(Format::Snprintf)) => 2,
        Does::Here(_) | Does::Ask(..) => return Ok(()),
    };
    let Some(expr) = arguments.get(at) else { return Ok(()) };
    let Some(text) = literal_text(expr) else { return Ok(()) };
    let needed =
        needed(text).map_err(|reason| Error::new(expr.span.clone(), reason).help(conversions()))?;
    let found = arguments.len() - at - 1;
    if found == needed {
        return Ok(());
    }
    let message = said!(
        "this format needs {needed|more argument|more arguments}, found {found}",
        needed,
        found
    );
    Err(Error::new(expr.span.clone(), message))
}

/// Whether an argument is a string that stands there itself.
fn literal_text(argument: &Expr) -> Option<&[u8]> {
    let ExprKind::Text(bytes) = &argument.kind else { return None };
    bytes.split_last().map(|(_, text)| text)
}
