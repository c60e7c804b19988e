//! Whether something done by hand brings about what the next step of the script would.

use std::sync::Arc;

use crate::model::{Action, Filter, Held, ProcessName, Wire, WireAction};

/// Whether two actions do the very same to a lab in this state. `deliver any` is the same as
/// `deliver SYN` if both take the same packet.
pub fn same_effect(
    a: &Action,
    b: &Action,
    wire: &Wire,
    ports: &dyn Fn(&ProcessName) -> Vec<u16>,
) -> bool {
    let (Action::Wire(first), Action::Wire(second)) = (a, b) else { return a == b };
    match (takes(first), takes(second)) {
        (Some((how, x)), Some((same, y))) if how == same => {
            let oldest = |filter: &Filter| {
                let matching = |held: &&Arc<Held>| filter.matches(&held.packet, ports);
                wire.held.iter().find(matching)
            };
            match (oldest(x), oldest(y)) {
                (Some(x), Some(y)) => Arc::ptr_eq(x, y),
                (None, _) | (_, None) => x == y,
            }
        }
        (Some((How::Deliver, filter)), None) if *second == WireAction::DeliverAll => {
            is_only(wire, filter, ports)
        }
        (None, Some((How::Deliver, filter))) if *first == WireAction::DeliverAll => {
            is_only(wire, filter, ports)
        }
        (Some(_), _) | (_, Some(_)) => false,
        (None, None) => first == second,
    }
}

/// What is done to the oldest packet that a filter means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Deliver,
    Drop,
    Duplicate,
}

fn takes(action: &WireAction) -> Option<(How, &Filter)> {
    match action {
        WireAction::Deliver(filter) => Some((How::Deliver, filter)),
        WireAction::Drop(filter) => Some((How::Drop, filter)),
        WireAction::Duplicate(filter) => Some((How::Duplicate, filter)),
        WireAction::Hold(_)
        | WireAction::Auto
        | WireAction::DeliverAll
        | WireAction::Swap
        | WireAction::Cut
        | WireAction::Mend
        | WireAction::Unreachable(_) => None,
    }
}

/// Whether the filter means the only packet in flight.
fn is_only(wire: &Wire, filter: &Filter, ports: &dyn Fn(&ProcessName) -> Vec<u16>) -> bool {
    match &wire.held[..] {
        [held] => filter.matches(&held.packet, ports),
        [] | [_, ..] => false,
    }
}

/// Whether two pieces of C are the same but for spaces: `close(fd);` and `close( fd ) ;`.
pub fn same_code(a: &str, b: &str) -> bool {
    words(a) == words(b)
}

/// The text with single spaces, and only between two characters of names; inside quotes as it is.
fn words(code: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut escaped = false;
    let mut gap = false;
    for c in code.trim().trim_end_matches(';').chars() {
        if let Some(end) = quote {
            text.push(c);
            if !escaped && c == end {
                quote = None;
            }
            escaped = !escaped && c == '\\';
            continue;
        }
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        let name = |c: char| c.is_alphanumeric() || c == '_';
        // `a - -b` and `a--b` differ: a space between two equal signs counts too.
        let joins = text.chars().last().is_some_and(|last| (name(last) && name(c)) || last == c);
        if gap && joins {
            text.push(' ');
        }
        gap = false;
        if c == '"' || c == '\'' {
            quote = Some(c);
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_make_no_other_code_but_inside_quotes_they_do() {
        assert!(same_code("close(fd);", " close ( fd ) ;"));
        assert!(same_code(
            "int fd = socket(AF_INET, SOCK_STREAM, 0);",
            "int  fd=socket(AF_INET,SOCK_STREAM,0)"
        ));
        assert!(!same_code("int fd;", "intfd;"));
        assert!(!same_code("a - -b", "a--b"));
        assert!(!same_code("write(fd, \"a b\", 3)", "write(fd, \"ab\", 3)"));
        assert!(!same_code("write(fd, \"a\\\" b\", 3)", "write(fd, \"a\\\"b\", 3)"));
    }
}
