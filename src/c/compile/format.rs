//! Formats of `printf` and its kin that stand there as strings: known conversions, as many arguments.

use super::super::arena::MOST_ARGUMENTS;
use super::super::ast::{Expr, ExprKind};
use super::super::builtins::{Builtin, Format, conversions, needed};
use super::super::calls::{CallHelp, Does, Lowering};
use super::super::error::Error;
use crate::model::{Said, said};

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

/// The list of arguments of `execl` and `execlp` ends with NULL, and has room.
pub(super) fn check_list(call: &CallHelp, arguments: &[Expr]) -> Result<(), Error> {
    let Does::Ask(_, Lowering::Exec { list: true, .. }) = call.does else { return Ok(()) };
    let Some(last) = arguments.last() else { return Ok(()) };
    if arguments.len() > MOST_ARGUMENTS {
        let most = MOST_ARGUMENTS;
        let message = said!("{call}() has room for {most} arguments here", call = call.name, most);
        return Err(Error::new(last.span.clone(), message));
    }
    if is_null(last) {
        return Ok(());
    }
    let message = said!("the list of {call}() ends with (char *) NULL", call = call.name);
    Err(Error::new(last.span.clone(), message).help(Said::same(call.to_string())))
}

/// Whether it is NULL, as it stands there.
fn is_null(mut argument: &Expr) -> bool {
    while let ExprKind::Cast(_, inner) = &argument.kind {
        argument = inner;
    }
    let zero = matches!(argument.kind, ExprKind::Number(0, _));
    zero || matches!(&argument.kind, ExprKind::Name(name) if name == "NULL")
}

/// Whether an argument is a string that stands there itself.
fn literal_text(argument: &Expr) -> Option<&[u8]> {
    let ExprKind::Text(bytes) = &argument.kind else { return None };
    bytes.split_last().map(|(_, text)| text)
}
